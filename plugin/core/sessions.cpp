// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the host tells of its sessions.

#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Phase;
using core::Session;
using core::Tick;
using core::User;

SessionId Plugin::Impl::handleStreamOpened(const Now& now, const StreamOpened& opened) {
  const Tick tick = toTicks(now.monotonic);
  // A host that binds a full JID again without having told the end of the session that had it: that one's end
  // was missed, and nothing more will come of it.
  const std::uint32_t known = users_.find(opened.username);
  if (known != kNone) {
    const std::uint32_t old = findSession(known, opened.resource);
    if (old != kNone) endSession(now, old, Cause::replaced);
  }

  const SessionId id = table_.open(tick);
  Session& session = table_.at(id.slot);
  session.resource.assign(opened.resource.data(), opened.resource.size());
  session.transport = opened.transport;
  session.resumable = opened.resumable;
  session.settled = opened.resumable;
  session.user = users_.findOrAdd(opened.username);
  User& user = users_.at(session.user);
  session.next = user.first;
  user.first = id.slot;
  ++counted_.sessions_opened;
  // Back before its departure was told: that is told out of its turn, and never after the new presence.
  if (!unsent_broadcasts_.empty()) catchUpBroadcasts(fullJid(session));
  listen(tick, id.slot);
  return id;
}

void Plugin::Impl::handleStanzaReceived(const Now& now, SessionId id, const Stanza& stanza) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  Session& session = table_.at(slot);

  if (const auto* presence = std::get_if<Presence>(&stanza)) {
    settle(toTicks(now.monotonic), slot);
    if (presence->available)
      becomeAvailable(now, slot, *presence);
    else
      becomeUnavailable(now, slot, Cause::logged_out, *presence);
  } else if (std::holds_alternative<ResumptionEnabled>(stanza)) {
    settle(toTicks(now.monotonic), slot);
    session.resumable = true;
  } else if (const auto* answer = std::get_if<ProbeAnswered>(&stanza)) {
    // Only the number of the probe that is out measures a round trip; what else a client sends under this id
    // is life, which was heard already, and no more.
    if (answer->number == 0 || answer->number != session.probe_number) return;
    const auto trip = std::chrono::duration_cast<std::chrono::microseconds>(now.monotonic - session.asked_at);
    session.round_trip_us = trip.count() < 1            ? 1
                            : trip.count() > UINT32_MAX ? UINT32_MAX
                                                        : static_cast<std::uint32_t>(trip.count());
    session.probe_number = 0;
    ++counted_.probes_answered;
  }
}

void Plugin::Impl::handleStreamHeld(const Now& now, SessionId id) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  table_.phase(slot) = Phase::held;
  table_.renewStream(slot);
  table_.checkAt(slot) = toTicks(now.monotonic) + core::kFarTicks;
}

void Plugin::Impl::handleStreamResumed(const Now& now, SessionId id) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  const Tick tick = toTicks(now.monotonic);
  table_.renewStream(slot);
  table_.setLastHeard(slot, tick);
  table_.at(slot).settled = true;
  listen(tick, slot);
}

void Plugin::Impl::handleStreamClosed(const Now& now, SessionId id, const StreamClosed& closed) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  Cause cause = closed.cause;
  if (table_.phase(slot) == Phase::closing) {
    cause = Cause::timed_out;  // ours, whatever the host calls it
  } else if (table_.phase(slot) == Phase::held && cause == Cause::connection_lost) {
    cause = Cause::hold_expired;  // the connection was lost when the hold began
  }
  endSession(now, slot, cause);
}

std::uint32_t Plugin::Impl::findSession(std::uint32_t user, std::string_view resource) const {
  std::uint32_t slot = users_.at(user).first;
  while (slot != kNone) {
    const auto& r = table_.at(slot).resource;
    if (std::string_view{r.data(), r.size()} == resource) break;
    slot = table_.at(slot).next;
  }
  return slot;
}

void Plugin::Impl::settle(Tick now, std::uint32_t slot) {
  if (table_.at(slot).settled) return;
  table_.at(slot).settled = true;
  if (table_.phase(slot) == Phase::listening) listen(now, slot);  // its check may have been put off until now
}

void Plugin::Impl::listen(Tick now, std::uint32_t slot) {
  table_.phase(slot) = Phase::listening;
  table_.probesOut(slot) = 0;
  table_.at(slot).probe_number = 0;
  const Tick check_at = heartbeat_.firstCheck(table_.lastHeard(slot), now);
  table_.checkAt(slot) = check_at;
  // Only a timeout of a second or two makes a check fall before the tick that is coming anyway.
  if (ticked_ && core::after(expected_tick_, check_at) > 0) wantTick(now, core::between(now, check_at));
}

std::string Plugin::Impl::bareJid(const User& user) const {
  std::string jid{user.name.data(), user.name.size()};
  return jid.append("@").append(host_.domain());
}

std::string Plugin::Impl::fullJid(const Session& session) const {
  return bareJid(users_.at(session.user))
      .append("/")
      .append(session.resource.data(), session.resource.size());
}

}  // namespace liveness
