// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// When many fall silent together.

#include <algorithm>
#include <array>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;

namespace {
// The plugin counts at most once in a second.
constexpr Duration kCount = 1s;
}  // namespace

void Oracle::watchMasses() {
  if (!policy_.ping) return;
  watch(possible_masses_, false);
  watch(certain_masses_, true);
}

void Oracle::watch(Masses& masses, bool certainly) {
  std::array<std::size_t, 2> silent{}, all{};
  for (const auto& entry : seats_) {
    const Seat& seat = entry.second;
    if (mayFallSilent(seat, !certainly)) ++all[seat.inactive ? 1 : 0];
    if (isSilent(seat, certainly)) ++silent[seat.inactive ? 1 : 0];
  }
  const auto so_many = [&](std::size_t n, std::size_t of) {
    return n >= policy_.mass_minimum &&
           static_cast<double>(n) >= policy_.mass_share * static_cast<double>(of);
  };
  const bool everywhere = so_many(silent[0] + silent[1], all[0] + all[1]);
  for (const std::size_t kind : {0, 1}) {
    const bool is_mass = everywhere || so_many(silent[kind], all[kind]);
    Mass& mass = masses[kind];
    if (is_mass && !mass.since) mass.since = now();
    if (!is_mass && mass.since) {
      mass.since.reset();
      mass.until = now();
    }
  }
}

bool Oracle::isSilent(const Seat& seat, bool certainly) const {
  if (seat.held || seat.told_to_close || seat.probes_out < policy_.ping_attempts) return false;
  if (idleOf(seat) == Duration{0} || (certainly && seat.unsure)) return false;
  const Duration to_answer = std::min<Duration>(5s, idleOf(seat) / 4 / policy_.ping_attempts);
  return !certainly || seat.doubted || listenedSince(seat.probed_at) >= to_answer + 4 * kRounding;
}

bool Oracle::mayFallSilent(const Seat& seat, bool certainly) const {
  // From the plugin's first look at it on, which comes at half of its timeout: at the end where none is
  // probed.
  if (seat.held || seat.told_to_close || idleOf(seat) == Duration{0}) return false;
  if (!certainly) return seat.maybe_counted || now() - seat.began_at >= idleOf(seat) / 2 - 2 * kRounding;
  if (seat.surely_counted) return true;
  const auto last = std::max({seat.began_at, seat.put_off_at, rules_since_});
  const Duration first_look = attempts() > 0 ? idleOf(seat) / 2 : idleOf(seat);
  return isSilent(seat, false) || listenedSince(last) >= first_look + slackOfTicks(last);
}

void Oracle::checkDoubt(Seat& seat) {
  if (seat.doubted) complain(seat.full_jid + " was doubted twice");
  seat.doubted = true;
  if (silenceOf(seat) < idleOf(seat) - slackOfStalls(seat.last_heard))
    complain(seat.full_jid + " was probed once too often");
  const Mass& mass = possible_masses_[seat.inactive ? 1 : 0];
  const bool is_mass = mass.since || (mass.until && now() - *mass.until <= kCount + kRounding);
  if (!is_mass) complain(seat.full_jid + " was doubted, and is not one of many");
}

void Oracle::checkNoDoubt(const Seat& seat) {
  const Mass& mass = certain_masses_[seat.inactive ? 1 : 0];
  if (mass.since && listenedSince(*mass.since) > kCount + kRounding)
    complain(seat.full_jid + " fell silent together with many, and was not asked once more");
}

void Oracle::checkRate() {
  closings_.push_back(now());
  while (listenedSince(closings_.front()) > 600s) closings_.pop_front();
  const auto in_a_second =
      std::count_if(closings_.begin(), closings_.end(), [&](MonotonicTime at) { return now() - at < 1s; });
  if (in_a_second > static_cast<std::int64_t>(policy_.logout_rate))
    complain(std::to_string(in_a_second) + " were logged out in a second");
}

Duration Oracle::slackOfMasses(const Seat& seat) const {
  // One more probe with its spacing, and a turn among those that are due with it.
  const Duration doubt = seat.doubted ? idleOf(seat) / 2 / policy_.ping_attempts + kCount : Duration{0};
  // The plugin counts the seventeen sixteenths that a second may touch.
  const std::int64_t closings = countOfOthers(seat.last_heard) + 1;
  return doubt + Duration(1s) * 17 / 16 * closings / policy_.logout_rate + slackOfCommands(seat.last_heard);
}

Duration Oracle::slackOfCommands(MonotonicTime since) const {
  // Each has its probes, one more in doubt, a close, an end that nobody confirms, and is told to contacts.
  const std::int64_t commands = countOfOthers(since) * (4 + policy_.ping_attempts);
  const auto ticks = 1 + commands / static_cast<std::int64_t>(world_.host.capabilities().commands_per_tick);
  return (world_.ticks_late_by + 2 * 1ms) * ticks;
}

/// Those who are here, and those who were told to close since then.
std::int64_t Oracle::countOfOthers(MonotonicTime since) const {
  return static_cast<std::int64_t>(seats_.size()) +
         std::count_if(closings_.begin(), closings_.end(), [&](MonotonicTime at) { return at >= since; });
}

}  // namespace liveness::simulation
