// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the store is told of those who are here, so that a crash does not take it along.

#include <algorithm>
#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::Session;
using core::Tick;
using core::User;
using std::chrono::milliseconds;

namespace {

// What one tick looks at: some tens of microseconds, however many sessions there are.
constexpr std::uint32_t kSlotsPerTick = 4096;
constexpr std::uint32_t kLoginsPerTick = 1024;
constexpr milliseconds kBetweenSlices{50};

}  // namespace

void Plugin::Impl::planCheckpoints() {
  // Before the interval is over: what is heard right after its slot was looked at waits for the next pass.
  pass_.due_at = pass_.began_at + std::max(1u, core::ceilTicks(checkpoint_interval_) * 3 / 4);
}

milliseconds Plugin::Impl::keepStoreInformed(const Now& now) {
  if (store_.takeLoginsLost()) announced_ = 0;
  announceLogins(now);

  const Tick tick = last_tick_;
  if (!pass_.running && core::after(tick, pass_.due_at) >= 0) {
    pass_.running = true;
    pass_.cursor = 0;
    pass_.heard_since = std::exchange(pass_.began_at, tick);
    planCheckpoints();
  }
  if (pass_.running && !pass_.changed.empty()) checkpointChanged(now);
  if (pass_.running) checkpointSlice(now);

  if (pass_.running || announced_ != core::kNone) return kBetweenSlices;
  return core::between(tick, pass_.due_at);
}

void Plugin::Impl::checkpointSlice(const Now& now) {
  const std::uint32_t end = std::min(table_.slots(), pass_.cursor + kSlotsPerTick);
  std::vector<Store::LastHeard> heard;
  for (std::uint32_t slot = pass_.cursor; slot < end; ++slot) {
    if (core::after(table_.lastHeard(slot), pass_.heard_since) < 0 || !table_.live(slot)) continue;
    const Session& session = table_.at(slot);
    const User& user = users_.at(session.user);
    if (!session.available || user.login == 0) continue;
    heard.push_back(lastHeardOf(now, user));
  }
  if (!heard.empty() && !store_.checkpoint(std::move(heard))) return;  // no room: again in the next tick
  pass_.cursor = end;
  if (end == table_.slots()) pass_.running = false;
}

void Plugin::Impl::checkpointChanged(const Now& now) {
  std::vector<Store::LastHeard> heard;
  for (const auto& [index, login] : pass_.changed) {
    const User& user = users_.at(index);  // by now perhaps another one's place
    if (login != 0 && user.login == login) heard.push_back(lastHeardOf(now, user));
  }
  if (heard.empty() || store_.checkpoint(std::move(heard))) pass_.changed.clear();
}

Store::LastHeard Plugin::Impl::lastHeardOf(const Now& now, const User& user) const {
  return {user.login, now.utc - core::between(lastHeardOf(user), last_tick_)};
}

void Plugin::Impl::announceLogins(const Now& now) {
  for (std::uint32_t left = kLoginsPerTick; left > 0 && announced_ < table_.slots(); ++announced_) {
    if (!table_.live(announced_) || !table_.at(announced_).available) continue;
    // Of several sessions of a user, the one that stands first in their list.
    const User& user = users_.at(table_.at(announced_).user);
    std::uint32_t first = user.first;
    while (!table_.at(first).available) first = table_.at(first).next;
    if (first != announced_ || user.login == 0) continue;
    recordLogin(now, announced_);
    --left;
  }
  if (announced_ >= table_.slots()) announced_ = core::kNone;
}

void Plugin::Impl::recordLogin(const Now& now, std::uint32_t slot) {
  const Session& session = table_.at(slot);
  const User& user = users_.at(session.user);
  const Tick tick = toTicks(now.monotonic);
  Store::Online online;
  online.login = user.login;
  online.bare_jid = bareJid(user);
  online.resource.assign(session.resource.data(), session.resource.size());
  online.available_since = now.utc - core::between(user.available_since, tick);
  online.last_heard = now.utc - core::between(lastHeardOf(user), tick);
  store_.recordLogin(std::move(online));
}

Tick Plugin::Impl::lastHeardOf(const User& user) const {
  Tick latest = user.heard;
  for (std::uint32_t slot = user.first; slot != core::kNone; slot = table_.at(slot).next)
    if (table_.at(slot).available) latest = core::later(latest, table_.lastHeard(slot));
  return latest;
}

}  // namespace liveness
