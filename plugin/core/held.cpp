// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts see of a session whose stream is lost, while the host keeps it for resumption.

#include "core/plugin_impl.h"

namespace liveness {

using core::Session;
using core::Shown;
using core::Tick;

Tick Plugin::Impl::heldCheck(const Session& session, Tick now) const {
  if (session.kicked) return closingCheck(session);
  if (!session.available || session.shown != Shown::itself || held_presence_ == HeldPresence::keep)
    return now + core::kFarTicks;
  return session.state_since + stalls_.since(session.state_since) + held_grace_;
}

bool Plugin::Impl::handleHeldDue(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  if (session.kicked) return handleClosingDue(now, slot);
  const Tick due = heldCheck(session, last_tick_);
  if (core::after(due, last_tick_) > 0) {
    table_.checkAt(slot) = due;
    return true;
  }
  if (commands_left_ == 0) return false;
  --commands_left_;
  const bool away = held_presence_ == HeldPresence::away;
  session.shown = away ? Shown::away : Shown::unavailable;
  table_.checkAt(slot) = last_tick_ + core::kFarTicks;
  note(last_tick_, slot, SessionEvent::Kind::shown_held);
  host_.showHeld(table_.idOf(slot),
                 HeldView{away, now.utc - core::between(table_.lastHeard(slot), last_tick_)});
  return true;
}

}  // namespace liveness
