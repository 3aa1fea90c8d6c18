// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts see of a session whose stream is lost, while the host keeps it for resumption.

#include "core/plugin_impl.h"

namespace liveness {

using core::Session;
using core::Shown;
using core::Tick;
using core::User;

Tick Plugin::Impl::graceEnd(const Session& session) const {
  return session.state_since + stalls_.since(session.state_since) + held_grace_;
}

/// What the rules want contacts to see of a held session. They may be other ones than when it was shown.
Shown Plugin::Impl::viewOf(const Session& session, Tick now) const {
  if (core::after(graceEnd(session), now) > 0) return Shown::itself;
  switch (held_presence_) {
    case HeldPresence::unavailable:
      return Shown::unavailable;
    case HeldPresence::away:
      return Shown::away;
    case HeldPresence::keep:
      break;
  }
  return Shown::itself;
}

Tick Plugin::Impl::heldCheck(const Session& session, Tick now) const {
  if (session.kicked) return closingCheck(session);
  if (!session.available) return now + core::kFarTicks;
  if (session.shown != viewOf(session, now)) return now;
  if (session.shown != Shown::itself || held_presence_ == HeldPresence::keep) return now + core::kFarTicks;
  return graceEnd(session);
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
  show(now, slot, viewOf(session, last_tick_));
  table_.checkAt(slot) = heldCheck(session, last_tick_);
  if (session.shown == Shown::itself) {
    note(last_tick_, slot, SessionEvent::Kind::shown_again);
    host_.showAgain(table_.idOf(slot));
    return true;
  }
  note(last_tick_, slot, SessionEvent::Kind::shown_held);
  host_.showHeld(table_.idOf(slot), HeldView{session.shown == Shown::away,
                                             now.utc - core::between(table_.lastHeard(slot), last_tick_)});
  return true;
}

void Plugin::Impl::show(const Now& now, std::uint32_t slot, Shown shown) {
  Session& session = table_.at(slot);
  const bool was_hidden = session.shown == Shown::unavailable;
  const bool is_hidden = shown == Shown::unavailable;
  if (session.available && is_hidden && !was_hidden)
    countHeard(slot);  // the last time: it hears nothing more
  session.shown = shown;
  if (!session.available || was_hidden == is_hidden) return;
  User& user = users_.at(session.user);
  if (is_hidden) {
    ++user.hidden;
    return;
  }
  --user.hidden;
  if (user.seen() == 1) user.words.reset();  // they were away for contacts, and are back
  becomeSeen(now, slot);
}

Telling Plugin::Impl::tell(SessionId id, const std::string& to, Occasion occasion) const {
  const auto directed = directed_.find(id.generation);
  return directed == directed_.end() ? core::tellUnlessDirected(to, occasion)
                                     : directed->second.tell(to, occasion);
}

void Plugin::Impl::noteDirected(SessionId id, const DirectedPresence& presence) {
  directed_[id.generation].sent(presence);
}

void Plugin::Impl::noteBroadcast(SessionId id, bool available) {
  const auto directed = directed_.find(id.generation);
  if (directed == directed_.end()) return;
  directed->second.broadcast(available);
  if (directed->second.empty()) directed_.erase(directed);
}

}  // namespace liveness
