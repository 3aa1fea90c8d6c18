// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What somebody wants to look at.

#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Phase;
using core::Session;
using core::Tick;

namespace {

// Another server may have seen the user since.
constexpr std::uint32_t kMaxAgeShared = core::ceilTicks(std::chrono::seconds{10});

}  // namespace

SessionState Plugin::Impl::stateOf(std::uint32_t slot) const {
  switch (table_.phase(slot)) {
    case Phase::held:
      return SessionState::held;
    case Phase::closing:
      return SessionState::suspect;
    case Phase::probed:
      return table_.lastHeard(slot) == table_.at(slot).heard_before_probe ? SessionState::suspect
                                                                          : SessionState::reachable;
    case Phase::listening:
      break;
  }
  return SessionState::reachable;
}

SessionInfo Plugin::Impl::describe(const Now& now, std::uint32_t slot) const {
  const Session& session = table_.at(slot);
  const core::Tick tick = toTicks(now.monotonic);
  SessionInfo info;
  info.id = table_.idOf(slot);
  info.full_jid = fullJid(session);
  info.state = stateOf(slot);
  info.transport = session.transport;
  if (session.available) {
    info.presence.emplace();
    info.presence->available = true;
    info.presence->show = session.show;
    info.presence->priority = session.priority;
    info.presence->status.assign(session.status.data(), session.status.size());
  }
  info.managed = session.managed;
  info.resumable = session.resumable;
  info.inactive = session.inactive;
  info.doubted = session.doubted && info.state == SessionState::suspect;
  info.idle_timeout = core::between(0, heartbeat_.timeout(session));
  info.opened_at = now.utc - core::between(session.opened_at, tick);
  info.silence = core::between(table_.lastHeard(slot), tick);
  info.last_heard = now.utc - info.silence;
  info.probes_unanswered = info.state == SessionState::suspect ? table_.probesOut(slot) : 0;
  info.probes_sent = session.probes_sent;
  if (session.round_trip_us != 0) info.round_trip = std::chrono::microseconds{session.round_trip_us};
  const bool heard_since = table_.phase(slot) == Phase::probed && info.state == SessionState::reachable;
  info.state_since = heard_since ? info.last_heard : now.utc - core::between(session.state_since, tick);
  if (info.state == SessionState::held) {
    info.held_because = session.lost_because;
    if (session.shown != core::Shown::itself)
      info.shown = HeldView{session.shown == core::Shown::away, info.last_heard};
  }
  foresee(tick, slot, info);
  return info;
}

void Plugin::Impl::foresee(Tick now, std::uint32_t slot, SessionInfo& info) const {
  const Session& session = table_.at(slot);
  const auto expect = [&](Next next, Tick at) {
    info.next = next;
    info.next_in = core::between(now, at);
  };
  if (table_.phase(slot) == Phase::held) {
    const Tick at = heldCheck(session, now);
    if (at != now + core::kFarTicks) expect(Next::show_held, at);
    return;
  }
  if (table_.phase(slot) == Phase::closing) {
    const Tick asked = toTicks(session.asked_at);
    return expect(Next::end, asked + stalls_.since(asked) + core::kCloseConfirmation);
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
    if (table_.live(slot)) all.push_back(describe(now, slot));
  return all;
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
  if (slot == kNone) return std::nullopt;
  return describe(now, slot);
}

void Plugin::Impl::findLastSeen(const Now& now, std::string bare_jid, Store::Found found) {
  const Tick tick = toTicks(now.monotonic);
  if (const auto* known = cache_->find(bare_jid, tick, store_.shared() ? kMaxAgeShared : core::kFarTicks)) {
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
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot)
    if (table_.live(slot)) ++stats.sessions[static_cast<std::size_t>(stateOf(slot))];
  stats.store = store_.stats();
  return stats;
}

}  // namespace liveness
