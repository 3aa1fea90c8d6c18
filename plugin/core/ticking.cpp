// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is due, and when the next tick is.

#include <algorithm>

#include "core/plugin_impl.h"

namespace liveness {

using core::Phase;
using core::Session;
using core::Tick;
using core::Verdict;
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

// How long a host may take to say that a stream which we asked to be closed is closed, before its session is
// ended on record without it.
constexpr std::uint32_t kCloseConfirmation = core::ceilTicks(std::chrono::seconds{10});

// Sessions that one tick may find heard in the meantime: some tenths of a millisecond.
constexpr std::uint32_t kRearmsPerTick = 16384;

}  // namespace

milliseconds Plugin::Impl::tick(const Now& now) {
  const Tick tick = ticked_ ? core::later(toTicks(now.monotonic), last_tick_) : toTicks(now.monotonic);
  const bool late = noteLateness(tick);
  ++counted_.ticks;
  last_tick_ = tick;
  if (!ticked_) {
    pass_.began_at = tick;
    planCheckpoints();
  }
  ticked_ = true;

  ticking_ = true;
  milliseconds wait = late ? kCatchUp : work(now);
  wait = std::min(wait, keepStoreInformed(now));
  store_.poll();
  ticking_ = false;

  if (store_.reading()) wait = std::min(wait, kWhileReading);
  expected_tick_ = toTicks(now.monotonic + wait);
  return wait;
}

milliseconds Plugin::Impl::work(const Now& now) {
  commands_left_ = host_.capabilities().commands_per_tick;
  rearms_left_ = kRearmsPerTick;
  while (!unsent_broadcasts_.empty() && commands_left_ > 0) {
    const std::string full_jid = std::move(unsent_broadcasts_.front());
    unsent_broadcasts_.pop_front();
    broadcastUnavailable(full_jid);
  }

  auto next = static_cast<std::int32_t>(core::ceilTicks(kLongestWait));
  const bool resumed = cursor_ > 0;
  cursor_ = table_.scan(cursor_, last_tick_, next, [&](std::uint32_t slot) { return handleDue(now, slot); });
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

bool Plugin::Impl::noteLateness(Tick now) {
  if (!ticked_ || core::after(now, expected_tick_) <= kTimerNoise) return false;
  stalls_.add(expected_tick_, now);
  ++counted_.late_ticks;
  return true;
}

bool Plugin::Impl::handleDue(const Now& now, std::uint32_t slot) {
  const Tick tick = last_tick_;
  if (!table_.live(slot) || table_.phase(slot) == Phase::held) {
    table_.checkAt(slot) = tick + core::kFarTicks;
    return true;
  }
  if (table_.phase(slot) == Phase::closing) {
    const Tick asked = toTicks(table_.at(slot).asked_at);
    const Tick waited_for = asked + stalls_.since(asked) + kCloseConfirmation;
    if (core::after(waited_for, tick) > 0) {
      table_.checkAt(slot) = waited_for;
      return true;
    }
    if (commands_left_ == 0) return false;
    --commands_left_;
    endSession(now, slot, Cause::timed_out);
    return true;
  }

  Session& session = table_.at(slot);
  const Tick heard = table_.lastHeard(slot);
  if (table_.phase(slot) == Phase::probed && heard != session.heard_before_probe) {
    table_.phase(slot) = Phase::listening;
    table_.probesOut(slot) = 0;
  }
  const Verdict verdict = heartbeat_.judge(session, heard, table_.probesOut(slot), stalls_, tick);
  if (verdict.action == Verdict::Action::wait) {
    if (rearms_left_ == 0) return false;
    --rearms_left_;
    ++counted_.probes_saved;
    table_.checkAt(slot) = verdict.check_at;
    return true;
  }

  if (commands_left_ == 0) return false;
  --commands_left_;
  if (verdict.action == Verdict::Action::probe) {
    table_.checkAt(slot) = verdict.check_at;
    probe(now, slot);
  } else {
    timeOut(now, slot);
  }
  return true;
}

void Plugin::Impl::probe(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  if (table_.phase(slot) != Phase::probed) session.heard_before_probe = table_.lastHeard(slot);
  table_.phase(slot) = Phase::probed;
  ++table_.probesOut(slot);
  if (++last_probe_ == 0) ++last_probe_;  // 0 stands for none
  session.probe_number = last_probe_;
  session.asked_at = now.monotonic;
  ++session.probes_sent;
  ++counted_.probes_sent;
  host_.probe(table_.idOf(slot), Probe{last_probe_});
}

void Plugin::Impl::timeOut(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  session.asked_at = now.monotonic;
  session.probe_number = 0;  // no answer to it measures anything now
  table_.phase(slot) = Phase::closing;
  table_.checkAt(slot) = last_tick_ + kCloseConfirmation;
  host_.closeStream(table_.idOf(slot), StreamError::connection_timeout);
}

void Plugin::Impl::wantTick(Tick now, milliseconds delay) {
  if (ticking_) return;  // the tick's own return says it
  host_.requestTick(delay);
  const Tick wanted = now + core::ceilTicks(delay);
  if (core::after(expected_tick_, wanted) > 0) expected_tick_ = wanted;
}

void Plugin::Impl::setPolicy(const Policy& policy) {
  heartbeat_ = core::Heartbeat{policy};
  checkpoint_interval_ = policy.checkpoint_interval;
  if (ticked_) planCheckpoints();
  store_.keepHistory(policy.history);
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot) {
    const Phase phase = table_.phase(slot);
    if (table_.live(slot) && (phase == Phase::listening || phase == Phase::probed))
      table_.checkAt(slot) = heartbeat_.firstCheck(table_.lastHeard(slot), last_tick_);
  }
}

}  // namespace liveness
