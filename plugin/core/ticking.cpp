// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is due, and when the next tick is.

#include <algorithm>
#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::Phase;
using core::Tick;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLongestWait{1000};
constexpr milliseconds kWhileReading{20};
constexpr milliseconds kAtOnce{0};

// After a stall: time for the host to read what clients sent meanwhile, before anybody is judged.
constexpr milliseconds kCatchUp{250};

// A timer under load is this late without anything being wrong; what is later is a server that did not
// listen.
constexpr std::int32_t kTimerNoise = core::ceilTicks(milliseconds{250});

// Stalls are remembered until the server has listened for so long at least: a reload may bring deadlines that
// are longer than those of now.
constexpr std::uint32_t kRememberedStalls = core::ceilTicks(std::chrono::hours{1});

}  // namespace

milliseconds Plugin::Impl::tick(const Now& now) {
  const Tick tick = ticked_ ? core::later(toTicks(now.monotonic), last_tick_) : toTicks(now.monotonic);
  const bool late = noteLateness(tick);
  // Once in a row at most: a server that is late each time would never judge anybody.
  skipped_ = late && !skipped_;
  for (const std::uint32_t ended : std::exchange(directed_of_ended_, {})) directed_.erase(ended);
  ++counted_.ticks;
  last_tick_ = tick;
  if (!ticked_) {
    pass_.began_at = tick;
    planCheckpoints();
  }
  ticked_ = true;

  work_left_ = kWorkPerTick;
  ticking_ = true;
  milliseconds wait = skipped_ ? kCatchUp : work(now);
  wait = std::min(wait, keepStoreInformed(now));
  store_.poll();
  ticking_ = false;

  if (store_.reading()) wait = std::min(wait, kWhileReading);
  expected_tick_ = toTicks(now.monotonic + wait);
  return wait;
}

milliseconds Plugin::Impl::work(const Now& now) {
  commands_left_ = host_.capabilities().commands_per_tick;
  heartbeat_.age(last_tick_);
  allowProbes();
  while (!unsent_broadcasts_.empty() && commands_left_ > 0) {
    Departure departure = std::move(unsent_broadcasts_.front());
    unsent_broadcasts_.pop_front();
    broadcastUnavailable(std::move(departure));
  }

  auto next = static_cast<std::int32_t>(core::ceilTicks(kLongestWait));
  const bool resumed = cursor_ > 0;
  cursor_ = table_.scan(cursor_, last_tick_, next,
                        [&](std::uint32_t slot) { return takeWork(kWorkForStore) && handleDue(now, slot); });
  const bool finished = cursor_ >= table_.slots();
  if (finished) cursor_ = 0;
  // A pass that began in the middle has not seen what is due before it.
  if (!finished || resumed || !unsent_broadcasts_.empty()) return kAtOnce;

  // To the very start of the tick in which the earliest check is due.
  using Wide = std::chrono::duration<std::int64_t, Ticks::period>;
  const auto since_epoch = now.monotonic.time_since_epoch();
  const auto into_tick = since_epoch - std::chrono::floor<Wide>(since_epoch);
  return std::clamp(std::chrono::ceil<milliseconds>(Wide{next} - into_tick), milliseconds{1}, kLongestWait);
}

bool Plugin::Impl::takeWork(std::uint32_t to_be_left) {
  if (work_left_ <= to_be_left) return false;
  --work_left_;
  ++counted_.work;
  return true;
}

bool Plugin::Impl::noteLateness(Tick now) {
  const bool late = ticked_ && core::after(now, expected_tick_) > kTimerNoise;
  if (late) {
    stalls_.add(expected_tick_, now);
    ++counted_.late_ticks;
  }
  stalls_.forget(now);  // and not before: the server did not listen until now
  return late;
}

void Plugin::Impl::keepStalls() {
  stalls_.keepFor(std::max({heartbeat_.longestTimeout(), held_grace_, kRememberedStalls}));
}

bool Plugin::Impl::handleDue(const Now& now, std::uint32_t slot) {
  if (!table_.live(slot)) {
    table_.checkAt(slot) = last_tick_ + core::kFarTicks;
    return true;
  }
  switch (table_.phase(slot)) {
    case Phase::held:
      return handleHeldDue(now, slot);
    case Phase::closing:
      return handleClosingDue(now, slot);
    case Phase::listening:
    case Phase::probed:
      break;
  }
  return handleSilence(now, slot);
}

void Plugin::Impl::wantTick(Tick now, milliseconds delay) {
  if (ticking_) return;  // the tick's own return says it
  host_.requestTick(delay);
  const Tick wanted = now + core::ceilTicks(delay);
  if (core::after(expected_tick_, wanted) > 0) expected_tick_ = wanted;
}

}  // namespace liveness
