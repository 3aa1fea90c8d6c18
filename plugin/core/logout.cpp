// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// From available to not, and onto record: the rule that there is exactly one logout for each login (LastSeen
// says when that begins and ends).

#include <algorithm>
#include <utility>

#include "core/bounded_text.h"
#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Session;
using core::Shown;
using core::Tick;
using core::User;

void Plugin::Impl::becomeAvailable(const Now& now, std::uint32_t slot, const Presence& presence) {
  Session& session = table_.at(slot);
  session.show = presence.show;
  session.priority = presence.priority;
  const std::string status = core::boundedText(presence.status, kMaxStatusBytes);
  session.status.assign(status.data(), status.size());
  session.status.shrink_to_fit();
  const Tick tick = toTicks(now.monotonic);
  if (session.available) return note(tick, slot, SessionEvent::Kind::presence);
  events_.note(tick, session.generation, SessionEvent::Kind::available, 0,
               std::exchange(session.was_available, true));
  session.available = true;
  User& user = users_.at(session.user);
  if (user.available == 0) endConnection(now, slot);
  ++user.available;
  if (session.shown == Shown::unavailable) {
    ++user.hidden;
    return;
  }
  user.words.reset();
  becomeSeen(now, slot);
}

void Plugin::Impl::becomeSeen(const Now& now, std::uint32_t slot) {
  User& user = users_.at(table_.at(slot).user);
  // Of a further session, the last byte may be from long before it became available.
  if (user.here) return countHeard(slot);
  const Tick tick = toTicks(now.monotonic);
  user.here = true;
  ++counted_.users_available;
  if (user.forgotten) return;
  if (recent_timeouts_.take({user.name.data(), user.name.size()}, tick)) ++counted_.false_logouts;
  user.heard = table_.lastHeard(slot);
  user.available_since = tick;
  if (user.anonymous) return;
  user.login = ++last_login_;
  recordLogin(now, slot);
}

void Plugin::Impl::becomeUnavailable(const Now& now, std::uint32_t slot, Cause cause, const Presence& last) {
  Session& session = table_.at(slot);
  if (!session.available) return;
  session.available = false;
  session.show = Show::online;
  session.priority = 0;
  core::CompactString{}.swap(session.status);

  User& user = users_.at(session.user);
  const bool was_seen = session.shown != Shown::unavailable;
  countHeard(slot);
  if (--user.available == 0) {
    new_connections_.mark(slot);
    user.forgotten = false;
  }
  if (!was_seen) --user.hidden;
  keepWords(now, user, last);
  // A hold that ends is no logout while somebody else may be resumed or is there, or where one was on record.
  const bool gone = user.seen() == 0 && (was_seen || user.available == 0);
  if (!gone || !user.here) return;
  user.here = false;
  --counted_.users_available;
  ++counted_.logouts[static_cast<std::size_t>(cause)];
  const std::uint64_t login = std::exchange(user.login, 0);
  const auto words = std::exchange(user.words, nullptr);
  if (login == 0) return;  // there is no account, or it is no more
  if (cause == Cause::timed_out)
    recent_timeouts_.add({user.name.data(), user.name.size()}, toTicks(now.monotonic));

  LastSeen record;
  record.bare_jid = bareJid(user);
  record.logged_out_at = now.utc;
  record.last_heard = now.utc - core::between(user.heard, toTicks(now.monotonic));
  record.cause = cause;
  if (cause == Cause::timed_out || cause == Cause::hold_expired) record.evidence = session.evidence;
  record.resource.assign(session.resource.data(), session.resource.size());
  if (words) {
    record.status = std::move(words->status);
    record.offline_presence = std::move(words->offline_presence);
  }
  record.account = user.account;
  cache_->put(record.bare_jid, record, toTicks(now.monotonic));
  store_.recordLogout(login, std::move(record));
}

void Plugin::Impl::keepWords(const Now& now, User& user, const Presence& last) {
  if (last.status.empty() && last.xml.empty()) return;
  user.words = std::make_unique<core::LastWords>();
  user.words->status = core::boundedText(last.status, kMaxStatusBytes);
  if (last.xml.size() <= kMaxPresenceBytes) user.words->offline_presence = last.xml;
  user.words->said_at = now.utc;
}

void Plugin::Impl::endSession(const Now& now, std::uint32_t slot, Cause cause) {
  Session& session = table_.at(slot);
  const bool was_available = session.available;
  const std::string full_jid = was_available ? fullJid(session) : std::string{};
  if (directed_.count(session.generation) > 0) directed_of_ended_.push_back(session.generation);
  const Audience audience =
      session.shown == Shown::unavailable ? Audience::directed_only : Audience::everybody;
  becomeUnavailable(now, slot, cause, Presence{});
  noteLife(slot, table_.lastHeard(slot));
  note(toTicks(now.monotonic), slot, SessionEvent::Kind::closed, static_cast<std::uint32_t>(cause));
  census_.drop(session);
  User& user = users_.at(session.user);
  if (user.sessions == 1)
    noteConnectionEnd(now, slot, cause);
  else
    hearConnection(slot);
  leaveUser(slot);
  if (user.first != core::kNone && user.available == 0) new_connections_.mark(user.first);
  table_.close(slot, toTicks(now.monotonic));

  // Last, because a command may emit signals before it returns.
  if (was_available && !host_.capabilities().broadcasts_when_stream_closes)
    broadcastUnavailable({full_jid, audience});
}

void Plugin::Impl::catchUpBroadcasts(const std::string& full_jid) {
  const auto unsent = std::find_if(unsent_broadcasts_.begin(), unsent_broadcasts_.end(),
                                   [&](const Departure& d) { return d.full_jid == full_jid; });
  if (unsent == unsent_broadcasts_.end()) return;
  const Departure departure = std::move(*unsent);
  unsent_broadcasts_.erase(unsent);
  host_.broadcast(full_jid, Presence{}, departure.audience);
}

void Plugin::Impl::broadcastUnavailable(Departure departure) {
  if (ticking_) {
    if (commands_left_ == 0) {
      unsent_broadcasts_.push_back(std::move(departure));
      return;
    }
    --commands_left_;
  }
  host_.broadcast(departure.full_jid, Presence{}, departure.audience);
}

void Plugin::Impl::forgetUser(const Now& now, const std::string& bare_jid) {
  const std::size_t at = bare_jid.find('@');
  if (at != std::string::npos && bare_jid.compare(at + 1, std::string::npos, host_.domain()) == 0) {
    const std::uint32_t user = users_.find(std::string_view{bare_jid}.substr(0, at));
    if (user != kNone) users_.at(user).deleted = true;
    if (user != kNone && users_.at(user).available > 0) {
      users_.at(user).forgotten = true;
      users_.at(user).login = 0;
    }
  }
  untold_connections_.erase(bare_jid);
  cache_->put(bare_jid, std::nullopt, toTicks(now.monotonic));
  store_.forget(bare_jid);
}

void Plugin::Impl::stop(const Now& now) {
  // A session whose end was under way has gone before the server stops: where its user has another one, that
  // is the last to go.
  const auto is_ending = [this](std::uint32_t slot) {
    return table_.at(slot).kicked || table_.phase(slot) == core::Phase::closing;
  };
  for (const bool ending : {true, false})
    for (std::uint32_t slot = 0; slot < table_.slots(); ++slot)
      if (table_.live(slot) && is_ending(slot) == ending)
        becomeUnavailable(now, slot, causeOfEnd(slot, Cause::server_stopped), Presence{});
  stopConnections(now);
}

}  // namespace liveness
