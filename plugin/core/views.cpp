// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What somebody wants to look at.

#include <algorithm>
#include <array>
#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Phase;
using core::Session;
using core::Tick;

namespace {

// Another server may have seen the user since; and a store that could not read a record says that there is
// none.
constexpr std::uint32_t kMaxAgeDoubtful = core::ceilTicks(std::chrono::seconds{10});

}  // namespace

bool Plugin::Impl::isUnanswered(std::uint32_t slot) const {
  const Session& session = table_.at(slot);
  return table_.probesOut(slot) + session.uncounted_probes > 0 &&
         table_.lastHeard(slot) == session.heard_before_probe;
}

SessionState Plugin::Impl::stateOf(std::uint32_t slot) const {
  switch (table_.phase(slot)) {
    case Phase::held:
      return SessionState::held;
    case Phase::closing:
      if (!table_.at(slot).kicked) return SessionState::suspect;
      [[fallthrough]];
    case Phase::probed:
      return isUnanswered(slot) ? SessionState::suspect : SessionState::reachable;
    case Phase::listening:
      break;
  }
  return SessionState::reachable;
}

// Keeps the memory that the texts of `info` have: nothing is allocated for one session after the other.
void Plugin::Impl::describe(const Now& now, std::uint32_t slot, SessionInfo& info) const {
  const Session& session = table_.at(slot);
  const core::Tick tick = toTicks(now.monotonic);
  info.id = table_.idOf(slot);
  const core::User& user = users_.at(session.user);
  info.full_jid.assign(user.name.data(), user.name.size());
  info.full_jid.append("@").append(host_.domain());
  info.full_jid.append("/").append(session.resource.data(), session.resource.size());
  info.state = stateOf(slot);
  info.transport = session.transport;
  if (session.available) {
    Presence& presence = info.presence ? *info.presence : info.presence.emplace();
    presence.available = true;
    presence.show = session.show;
    presence.priority = session.priority;
    presence.status.assign(session.status.data(), session.status.size());
  } else {
    info.presence.reset();
  }
  info.managed = session.managed;
  info.resumable = session.resumable;
  info.inactive = session.inactive;
  info.doubted = session.doubted && info.state == SessionState::suspect;
  info.idle_timeout = core::between(0, heartbeat_.timeout(session));
  info.opened_at = now.utc - core::between(session.opened_at, tick);
  info.silence = core::between(table_.lastHeard(slot), tick);
  info.last_heard = now.utc - info.silence;
  info.probes_unanswered = 0;
  if (info.state == SessionState::suspect)
    info.probes_unanswered = table_.probesOut(slot) + std::uint32_t{session.uncounted_probes};
  info.probes_sent = session.probes_sent;
  info.round_trip.reset();
  if (session.round_trip_us != 0) info.round_trip = std::chrono::microseconds{session.round_trip_us};
  const bool heard_since = table_.phase(slot) == Phase::probed && info.state == SessionState::reachable;
  info.state_since = heard_since ? info.last_heard : now.utc - core::between(session.state_since, tick);
  info.held_because.reset();
  info.shown.reset();
  if (info.state == SessionState::held) {
    info.held_because = session.lost_because;
    if (session.shown != core::Shown::itself)
      info.shown = HeldView{session.shown == core::Shown::away, info.last_heard};
  }
  info.next = Next::nothing;
  info.next_in = std::chrono::milliseconds{0};
  foresee(tick, slot, info);
}

void Plugin::Impl::foresee(Tick now, std::uint32_t slot, SessionInfo& info) const {
  const Session& session = table_.at(slot);
  const auto expect = [&](Next next, Tick at) {
    info.next = next;
    info.next_in = core::between(now, at);
  };
  if (session.kicked || table_.phase(slot) == Phase::closing) return expect(Next::end, closingCheck(session));
  if (table_.phase(slot) == Phase::held) {
    const Tick at = heldCheck(session, now);
    if (at != now + core::kFarTicks) expect(Next::show_held, at);
    return;
  }
  if (heartbeat_.timeout(session) == 0) return;
  const std::uint32_t out = info.state == SessionState::suspect ? table_.probesOut(slot) : 0;
  const core::Verdict verdict = heartbeat_.judge(session, table_.lastHeard(slot), out, stalls_, now);
  const Tick at = verdict.action == core::Verdict::Action::wait ? verdict.check_at : now;
  expect(out < heartbeat_.attempts() ? Next::probe : Next::time_out, at);
}

std::vector<SessionInfo> Plugin::Impl::sessions(const Now& now) const {
  std::vector<SessionInfo> all;
  all.reserve(table_.size());
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot)
    if (table_.live(slot)) describe(now, slot, all.emplace_back());
  return all;
}

std::uint32_t Plugin::Impl::visitSessions(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                                          const std::function<void(const SessionInfo&)>& visit) const {
  if (cursor >= table_.slots()) return 0;
  const std::uint32_t end = slots < table_.slots() - cursor ? cursor + slots : table_.slots();
  std::array<SessionInfo, 2> infos;  // with and without a presence, which has memory of its own
  for (std::uint32_t slot = cursor; slot < end; ++slot) {
    if (!table_.live(slot)) continue;
    SessionInfo& info = infos[table_.at(slot).available ? 1 : 0];
    describe(now, slot, info);
    visit(info);
  }
  return end == table_.slots() ? 0 : end;
}

std::vector<SessionEvent> Plugin::Impl::timeline(const Now& now, SessionId id) const {
  if (!id) return {};
  const Tick tick = toTicks(now.monotonic);
  std::vector<core::EventLog::Entry> entries = events_.of(id.generation);
  const std::uint32_t slot = table_.find(id);
  if (slot != kNone && table_.phase(slot) == Phase::probed && !isUnanswered(slot)) {
    // Heard with a probe out, and nobody has looked since.
    const core::EventLog::Entry answered{table_.lastHeard(slot), SessionEvent::Kind::answered, 0};
    const auto comes_after = [](const auto& a, const auto& b) { return core::after(b.at, a.at) > 0; };
    entries.insert(std::upper_bound(entries.begin(), entries.end(), answered, comes_after), answered);
  }
  std::vector<SessionEvent> events;
  events.reserve(entries.size());
  for (const core::EventLog::Entry& entry : entries)
    events.push_back({now.utc - core::between(entry.at, tick), entry.kind, entry.value});
  return events;
}

std::optional<SessionInfo> Plugin::Impl::session(const Now& now, SessionId id) const {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return std::nullopt;
  std::optional<SessionInfo> info{std::in_place};
  describe(now, slot, *info);
  return info;
}

std::optional<SessionInfo> Plugin::Impl::session(const Now& now, const std::string& full_jid) const {
  // node@domain/resource; neither node nor domain can hold a slash or the node an at-sign (RFC 7622).
  const std::size_t at = full_jid.find('@');
  const std::size_t slash = full_jid.find('/');
  if (at == std::string::npos || slash == std::string::npos || slash < at) return std::nullopt;
  if (full_jid.compare(at + 1, slash - at - 1, host_.domain()) != 0) return std::nullopt;
  const std::uint32_t user = users_.find(std::string_view{full_jid}.substr(0, at));
  if (user == kNone) return std::nullopt;
  const std::uint32_t slot = findSession(user, std::string_view{full_jid}.substr(slash + 1));
  return slot == kNone ? std::nullopt : session(now, table_.idOf(slot));
}

UserInfo Plugin::Impl::user(const Now& now, const std::string& bare_jid) const {
  UserInfo info;
  const std::size_t at = bare_jid.find('@');
  if (at == std::string::npos || bare_jid.compare(at + 1, std::string::npos, host_.domain()) != 0)
    return info;
  const std::uint32_t index = users_.find(std::string_view{bare_jid}.substr(0, at));
  if (index == kNone) return info;
  const core::User& user = users_.at(index);
  info.available = user.seen();
  info.hidden = user.hidden;
  const Session* best = nullptr;
  const auto showOf = [](const Session& s) { return s.shown == core::Shown::away ? Show::xa : s.show; };
  for (std::uint32_t slot = user.first; slot != kNone; slot = table_.at(slot).next) {
    const Session& session = table_.at(slot);
    if (!session.available) continue;
    if (table_.phase(slot) == Phase::held) ++info.held;
    if (session.shown == core::Shown::unavailable) continue;
    const auto rank = [&](const Session& s) { return std::pair(-int{s.priority}, rankOf(showOf(s))); };
    if (best == nullptr || rank(session) < rank(*best)) best = &session;
  }
  if (best != nullptr) {
    Presence& presence = info.presence.emplace();
    presence.available = true;
    presence.show = showOf(*best);
    presence.priority = best->priority;
    presence.status.assign(best->status.data(), best->status.size());
  } else if (user.here && user.login != 0) {
    HeldAway& away = info.away.emplace();
    away.said_at = away.last_heard = now.utc - core::between(user.heard, toTicks(now.monotonic));
    if (user.words) {
      away.status = user.words->status;
      away.offline_presence = user.words->offline_presence;
      away.said_at = user.words->said_at;
    }
  }
  return info;
}

void Plugin::Impl::findLastSeen(const Now& now, std::string bare_jid, Store::Found found) {
  const Tick tick = toTicks(now.monotonic);
  const auto* known = cache_->find(bare_jid, tick, store_.shared() ? kMaxAgeDoubtful : core::kFarTicks);
  if (known != nullptr && !known->has_value()) known = cache_->find(bare_jid, tick, kMaxAgeDoubtful);
  if (known != nullptr) {
    core::LastSeenCache::Known answer = *known;  // a copy: whoever is called may ask again
    return found(std::move(answer));
  }
  auto learn = [cache = std::weak_ptr(cache_), bare_jid, tick, found = std::move(found)](auto answer) {
    if (const auto alive = cache.lock()) alive->learn(bare_jid, answer, tick);
    found(std::move(answer));
  };
  store_.findLastSeen(std::move(bare_jid), std::move(learn));
  wantTick(tick, std::chrono::milliseconds{5});
}

Plugin::Stats Plugin::Impl::stats(const Now& /*now*/) const {
  Stats stats = counted_;
  std::uint64_t& reachable = stats.sessions[static_cast<std::size_t>(SessionState::reachable)];
  reachable = table_.size();
  table_.visitUnlistened([&](std::uint32_t slot) {
    --reachable;
    ++stats.sessions[static_cast<std::size_t>(stateOf(slot))];
  });
  stats.store = store_.stats();
  return stats;
}

}  // namespace liveness
