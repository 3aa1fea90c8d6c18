// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// When many fall silent together.

#include <algorithm>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;

namespace {
// The plugin counts at most once in a second.
constexpr Duration kCount = 1s;
}  // namespace

void Oracle::watchMasses() {
  if (!policy_.ping) return;
  const Duration to_answer = std::min<Duration>(5s, policy_.idle_timeout / 4 / policy_.ping_attempts);
  watch(possible_mass_, Duration{0});
  watch(certain_mass_, to_answer + 4 * kRounding);
}

void Oracle::watch(Mass& mass, Duration asked_before) {
  std::size_t silent = 0, all = 0;
  for (const auto& entry : seats_) {
    const Seat& seat = entry.second;
    if (&mass == &certain_mass_ || !isGivenUp(seat)) ++all;
    if (!seat.held && !seat.told_to_close && seat.probes_out >= policy_.ping_attempts &&
        listenedSince(seat.probed_at) >= asked_before)
      ++silent;
  }
  const bool so_many = silent >= policy_.mass_minimum &&
                       static_cast<double>(silent) >= policy_.mass_share * static_cast<double>(all);
  if (so_many && !mass.since) mass.since = now();
  if (!so_many && mass.since) {
    mass.since.reset();
    mass.until = now();
  }
}

void Oracle::checkDoubt(Seat& seat) {
  if (seat.doubted) complain(seat.full_jid + " was doubted twice");
  seat.doubted = true;
  if (silenceOf(seat) < idleOf(seat) - slackOfStalls(seat.last_heard))
    complain(seat.full_jid + " was probed once too often");
  const bool mass =
      possible_mass_.since || (possible_mass_.until && now() - *possible_mass_.until <= kCount + kRounding);
  if (!mass) complain(seat.full_jid + " was doubted, and is not one of many");
}

void Oracle::checkNoDoubt(const Seat& seat) {
  if (certain_mass_.since && listenedSince(*certain_mass_.since) > kCount + kRounding)
    complain(seat.full_jid + " fell silent together with many, and was not asked once more");
}

void Oracle::checkRate() {
  closings_.push_back(now());
  while (listenedSince(closings_.front()) > 60s) closings_.pop_front();
  const auto in_a_second =
      std::count_if(closings_.begin(), closings_.end(), [&](MonotonicTime at) { return now() - at < 1s; });
  if (in_a_second > static_cast<std::int64_t>(policy_.logout_rate))
    complain(std::to_string(in_a_second) + " were logged out in a second");
}

Duration Oracle::slackOfMasses(const Seat& seat) const {
  // One more probe with its spacing, and a turn among those that are due with it.
  const Duration doubt = seat.doubted ? idleOf(seat) / 2 / policy_.ping_attempts + kCount : Duration{0};
  const auto closings = static_cast<std::int64_t>(seats_.size() + closings_.size() + 1);
  // And one among the commands of all others, where a tick gives few of them.
  const auto commands = static_cast<std::int64_t>(seats_.size()) * (2 + policy_.ping_attempts);
  const auto ticks = 1 + commands / static_cast<std::int64_t>(world_.host.capabilities().commands_per_tick);
  return doubt + Duration(1s) * closings / policy_.logout_rate + (world_.ticks_late_by + 2 * 1ms) * ticks;
}

}  // namespace liveness::simulation
