// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the host tells of its sessions.

#include <algorithm>
#include <utility>

#include "core/buckets.h"
#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Phase;
using core::Session;
using core::Shown;
using core::Tick;
using core::User;
using Kind = SessionEvent::Kind;

SessionId Plugin::Impl::handleStreamOpened(const Now& now, const StreamOpened& opened) {
  const Tick tick = toTicks(now.monotonic);
  // A host that binds a full JID again without having told the end of the session that had it: that one's end
  // was missed, and nothing more will come of it.
  const std::uint32_t known = users_.find(opened.username);
  if (known != kNone) {
    const std::uint32_t old = findSession(known, opened.resource);
    if (old != kNone) endSession(now, old, causeOfEnd(old, Cause::replaced));
  }

  const SessionId id = table_.open(tick);
  events_.makeRoomFor(table_.capacity());
  note(tick, id.slot, Kind::opened);
  Session& session = table_.at(id.slot);
  session.resource.assign(opened.resource.data(), opened.resource.size());
  session.transport = opened.transport;
  session.managed = opened.managed || opened.resumable;
  session.resumable = opened.resumable;
  session.settled = session.managed;
  session.state_since = tick;
  if (opened.last_heard) table_.setLastHeard(id.slot, tickOf(now, *opened.last_heard));
  joinUser(id.slot, opened.username);
  users_.at(session.user).anonymous = opened.anonymous;
  users_.at(session.user).account = opened.account;
  ++counted_.sessions_opened;
  // Back before its departure was told: that is told out of its turn, and never after the new presence.
  if (!unsent_broadcasts_.empty()) catchUpBroadcasts(fullJid(session));
  new_connections_.mark(id.slot);
  listen(tick, id.slot);
  return id;
}

void Plugin::Impl::handleStanzaReceived(const Now& now, SessionId id, const Stanza& stanza) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  Session& session = table_.at(slot);

  if (const auto* presence = std::get_if<Presence>(&stanza)) {
    settle(toTicks(now.monotonic), slot);
    noteBroadcast(id, presence->available);
    if (presence->available) {
      becomeAvailable(now, slot, *presence);
    } else {
      if (session.available) note(toTicks(now.monotonic), slot, Kind::unavailable);
      becomeUnavailable(now, slot, Cause::logged_out, *presence);
    }
  } else if (const auto* enabled = std::get_if<ManagementEnabled>(&stanza)) {
    settle(toTicks(now.monotonic), slot);
    session.managed = true;
    session.resumable = enabled->resumable;
  } else if (const auto* state = std::get_if<ClientState>(&stanza)) {
    if (session.inactive == state->active) {
      note(toTicks(now.monotonic), slot, state->active ? Kind::active : Kind::inactive);
      census_.drop(session);
    }
    session.inactive = !state->active;
    const Phase phase = table_.phase(slot);
    if (phase == Phase::listening || phase == Phase::probed) listen(toTicks(now.monotonic), slot);
  } else if (const auto* answer = std::get_if<ProbeAnswered>(&stanza)) {
    measure(now, slot, answer->number);
  } else if (const auto* directed = std::get_if<DirectedPresence>(&stanza)) {
    settle(toTicks(now.monotonic), slot);
    noteDirected(id, *directed);
  }
}

void Plugin::Impl::measure(const Now& now, std::uint32_t slot, std::uint32_t probe_number) {
  Session& session = table_.at(slot);
  // Only the number of the probe that is out measures a round trip; what else a client sends under this id
  // is life, which was heard already, and no more.
  if (probe_number == 0 || probe_number != session.probe_number) return;
  ++counted_.probes_answered;

  using std::chrono::microseconds;
  const auto trip = std::clamp(std::chrono::duration_cast<microseconds>(now.monotonic - session.asked_at),
                               microseconds{1}, microseconds{UINT32_MAX});
  const std::int64_t smoothed = session.round_trip_us;
  session.round_trip_us =
      static_cast<std::uint32_t>(smoothed == 0 ? trip.count() : smoothed + (trip.count() - smoothed) / 8);
  ++counted_.round_trips[core::bucketOf(kRoundTripBounds, trip)];
  counted_.round_trips_sum += trip;

  // Now, and not when its check comes: where the probe went out right after a byte, no later time of the last
  // byte tells the two apart.
  const Tick tick = toTicks(now.monotonic);
  note(tick, slot, Kind::answered, static_cast<std::uint32_t>(trip.count()));
  endProbing(tick, slot);
}

void Plugin::Impl::handleStreamHeld(const Now& now, SessionId id, const StreamHeld& held) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone || table_.phase(slot) == Phase::held) return;
  Session& session = table_.at(slot);
  const Tick tick = toTicks(now.monotonic);
  const bool timed_out = table_.phase(slot) == Phase::closing && !session.kicked;
  session.lost_because = timed_out ? Cause::timed_out : Cause::connection_lost;
  noteLife(slot, table_.lastHeard(slot));
  endProbing(held.since ? tickOf(now, *held.since) : tick, slot);
  note(tick, slot, Kind::held, static_cast<std::uint32_t>(session.lost_because));
  census_.drop(session);
  table_.phase(slot) = Phase::held;
  table_.renewStream(slot);
  ++counted_.holds;
  checkAt(tick, slot, heldCheck(session, tick));
}

void Plugin::Impl::handleStreamResumed(const Now& now, SessionId id) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  Session& session = table_.at(slot);
  const Tick tick = toTicks(now.monotonic);
  noteLife(slot, table_.lastHeard(slot));
  endProbing(tick, slot);
  note(tick, slot, Kind::resumed);
  table_.renewStream(slot);
  table_.setLastHeard(slot, tick);
  census_.drop(session);
  session.inactive = false;  // XEP-0352 section 5: a resumed stream begins as active
  session.evidence = Evidence::none;
  ++counted_.resumptions;
  if (session.kicked) {  // and the host will find that it was told so: what contacts see stays as it is
    table_.phase(slot) = Phase::closing;
    return checkAt(tick, slot, closingCheck(session));
  }
  listen(tick, slot);
  if (session.shown == Shown::itself) return;
  show(now, slot, Shown::itself);
  note(tick, slot, Kind::shown_again);
  host_.showAgain(id);  // last, because a command may emit signals before it returns
}

void Plugin::Impl::handleStreamClosed(const Now& now, SessionId id, const StreamClosed& closed) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return;
  endSession(now, slot, causeOfEnd(slot, closed.cause));
}

Cause Plugin::Impl::causeOfEnd(std::uint32_t slot, Cause told) const {
  if (table_.at(slot).kicked) return Cause::kicked;
  switch (table_.phase(slot)) {
    case Phase::closing:
      return Cause::timed_out;  // ours, whatever the host calls it
    case Phase::held:           // the connection was lost when the hold began
      return told == Cause::connection_lost ? Cause::hold_expired : told;
    case Phase::listening:
    case Phase::probed:
      break;
  }
  return told;
}

void Plugin::Impl::settle(Tick now, std::uint32_t slot) {
  if (table_.at(slot).settled) return;
  table_.at(slot).settled = true;
  if (table_.phase(slot) == Phase::listening) listen(now, slot);  // its check may have been put off until now
}

void Plugin::Impl::listen(Tick now, std::uint32_t slot) {
  noteLife(slot, table_.lastHeard(slot));
  const Tick since = table_.phase(slot) == Phase::probed ? now : table_.at(slot).state_since;
  endProbing(since, slot);
  checkAt(now, slot, heartbeat_.firstCheck(table_.at(slot), table_.lastHeard(slot), now));
}

void Plugin::Impl::checkAt(Tick now, std::uint32_t slot, Tick check_at) {
  table_.checkAt(slot) = check_at;
  // Only a timeout of a second or two makes a check fall before the tick that is coming anyway.
  if (ticked_ && core::after(expected_tick_, check_at) > 0) wantTick(now, core::between(now, check_at));
}

void Plugin::Impl::note(Tick at, std::uint32_t slot, Kind kind, std::uint32_t value) {
  events_.note(at, table_.at(slot).generation, kind, value);
}

Tick Plugin::Impl::tickOf(const Now& now, UtcTime time) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLongest{core::between(0, core::kFarTicks)};
  const milliseconds ago = std::clamp<milliseconds>(now.utc - time, milliseconds{0}, kLongest);
  return toTicks(now.monotonic - ago);
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
