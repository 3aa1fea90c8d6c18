// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts are to see of a session whose stream is lost.

#include <algorithm>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;

void Oracle::checkShowHeld(Seat& seat, const HeldView& view) {
  reconcile();  // the same tick may have given up another session of the user before this
  if (policy_.held_presence == HeldPresence::keep) complain(seat.full_jid + " is shown against the policy");
  if (!seat.held || !seat.available)
    complain(seat.full_jid + " is shown as held, and is not, or was not seen");
  if (seat.kicked) complain(seat.full_jid + " is shown as held, and is about to end");
  if (seat.shown && seat.shown->available == view.available)
    complain(seat.full_jid + " is shown as held a second time");
  if (listenedSince(seat.held_at) < policy_.held_grace - kRounding - slackOfStalls(seat.held_at))
    complain(seat.full_jid + " is shown as held within the grace");
  if (view.available != (policy_.held_presence == HeldPresence::away))
    complain(seat.full_jid + " is shown as held in the wrong way");
  const Duration off = world_.now().utc - view.last_heard - (now() - seat.last_heard);
  if (off > 2 * kRounding || off < -2 * kRounding) complain(seat.full_jid + " is shown with a wrong time");
  showAs(seat, view);
}

void Oracle::showAs(Seat& seat, const std::optional<HeldView>& view) {
  const bool was_hidden = seat.hidden();
  seat.shown = view;
  if (!seat.available || seat.hidden() == was_hidden) return;
  User& user = users_[seat.bare_jid];
  if (seat.hidden()) {
    ++user.hidden;
    if (user.here) user.last_heard = std::max(user.last_heard, seat.last_heard);
    return;
  }
  if (user.available == user.hidden--) user.words = {};
  appear(seat);
}

void Oracle::checkShowAgain(Seat& seat) {
  reconcile();
  if (!seat.shown) complain(seat.full_jid + " is shown again, and was never hidden");
  if (seat.kicked) complain(seat.full_jid + " is shown again, and is about to end");
  const bool rules_hide =
      policy_.held_presence != HeldPresence::keep &&
      listenedSince(seat.held_at) > policy_.held_grace + kRounding + slackOfStalls(seat.held_at);
  if (seat.held && rules_hide) complain(seat.full_jid + " is shown again while it is held");
  showAs(seat, std::nullopt);
}

void Oracle::checkBroadcast(const fakes::Command& command) {
  if (command.presence.available) complain("an available presence was broadcast");
  auto& owed = owed_[command.full_jid];
  if (owed.empty()) return;  // ended by the plugin itself: we hear of it later
  if (owed.front() != command.audience) complain(command.full_jid + " is seen to go by the wrong ones");
  owed.pop_front();
}

void Oracle::checkHeld() {
  if (now() > world_.host.wake) return;
  for (const auto& entry : seats_) {
    const Seat& seat = entry.second;
    if (seat.kicked) continue;  // about to end: contacts need not see it come back first
    if (seat.shown && !seat.held) complain(seat.full_jid + " goes on, and is still shown as held");
    if (!seat.held || !seat.available) continue;
    const Duration slack = 1500ms + kCatchUp + 2 * world_.ticks_late_by + slackOfStalls(seat.held_at);
    if (listenedSince(std::max(rules_since_, seat.opened_at)) <= slack) continue;
    if (policy_.held_presence == HeldPresence::keep) {
      if (seat.shown) complain(seat.full_jid + " is still hidden, against new rules");
    } else if (listenedSince(seat.held_at) > policy_.held_grace + slack) {
      if (!seat.shown) complain(seat.full_jid + " is held beyond the grace, and contacts do not see it");
      if (seat.shown && seat.shown->available != (policy_.held_presence == HeldPresence::away))
        complain(seat.full_jid + " is still shown as old rules had it");
    } else if (seat.shown && now() - seat.held_at < policy_.held_grace - slack) {
      complain(seat.full_jid + " is still hidden, within the grace of new rules");
    }
  }
}

}  // namespace liveness::simulation
