// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// When the operator changes the rules.

#include "simulation/oracle.h"

#include <algorithm>
#include <utility>

namespace liveness::simulation {

void Oracle::rulesChange(const Policy& policy) {
  reconcile();
  watchMasses();
  for (auto& entry : seats_) {
    Seat& seat = entry.second;
    seat.surely_counted = mayFallSilent(seat, true);
    seat.maybe_counted = mayFallSilent(seat, false);
  }
  const Policy before = std::exchange(policy_, policy);
  rules_since_ = now();
  const auto pace = [](const Policy& of, const Seat& seat) {
    const Duration idle = seat.inactive ? of.inactive_idle_timeout : of.idle_timeout;
    return std::pair(idle, of.ping && idle > Duration{0} ? of.ping_attempts : 0);
  };
  for (auto& entry : seats_) {
    Seat& seat = entry.second;
    if (seat.held || seat.told_to_close) continue;
    // Who waits for a turn among many has waited so long by the rules before.
    seat.end_by = std::max(seat.end_by, silenceOf(seat));
    if (pace(before, seat) != pace(policy_, seat)) takeNewPace(seat);
  }
  // What was a mass by other rules is none.
  possible_masses_ = certain_masses_ = {};
  watchMasses();
}

/// The silence at which the step that follows so many probes is due.
Duration Oracle::dueAfter(const Seat& seat, std::int64_t probes) const {
  const Duration idle = idleOf(seat);
  return probes >= attempts() ? idle : idle / 2 + probes * (idle / 2) / attempts();
}

/// Its probes are the new rules' where these would have sent them by then.
void Oracle::takeNewPace(Seat& seat) {
  if (idleOf(seat) == Duration{0}) seat.surely_counted = seat.maybe_counted = false;
  const bool promises = attempts() > 0 && idleOf(seat) > Duration{0};
  const auto most =
      promises ? std::min<std::int64_t>(seat.probes_out, attempts() + (seat.doubted ? 1 : 0)) : 0;
  const auto counting = [&](Duration sent) {
    std::int64_t n = 0;
    while (n < most && sent >= dueAfter(seat, n)) ++n;
    return n;
  };
  const Duration sent = silenceOf(seat) - listenedSince(seat.probed_at);
  const Duration slack = 3 * kRounding + slackOfStalls(seat.last_heard);
  const std::int64_t at_least = seat.unsure ? 0 : counting(sent - slack);
  const std::int64_t at_most = counting(sent + slack);
  seat.unsure = at_least != at_most;
  seat.operators_probes += seat.probes_out - static_cast<std::uint32_t>(at_most);
  seat.probes_out = static_cast<std::uint32_t>(at_most);
  seat.doubted = promises && at_most > attempts();
  seat.end_by = endOfSilence(seat, at_least);
}

/// If it stays silent: the first of its probes that are overdue is spread over half of a spacing where many
/// are, and each that comes late has a whole spacing.
Duration Oracle::endOfSilence(const Seat& seat, std::int64_t counting) const {
  const Duration silence = silenceOf(seat);
  if (attempts() == 0) return silence;
  const Duration spacing = idleOf(seat) / 2 / attempts();
  const Duration room = seats_.size() > 16 ? spacing / 2 : Duration{0};
  Duration at = counting > 0 ? silence - listenedSince(seat.probed_at) + spacing : Duration{0};
  for (std::int64_t n = counting; n < attempts(); ++n) {
    const bool overdue = std::max(at, dueAfter(seat, n)) <= silence;
    at = (overdue ? silence + room : std::max(at, dueAfter(seat, n))) + spacing;
  }
  return std::max({at, dueAfter(seat, attempts()), silence});
}

}  // namespace liveness::simulation
