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

// Sessions that one tick looks at: some tens of microseconds, however many there are.
constexpr std::uint32_t kSlotsPerTick = 4096;
constexpr std::uint32_t kLoginsPerTick = 1024;
constexpr milliseconds kBetweenSlices{50};

}  // namespace

void Plugin::Impl::planCheckpoints() {
  // Before the interval is over: what is heard right after its slot was looked at waits for the next pass,
  // whose tick may be late.
  pass_.due_at = pass_.began_at + std::max(1u, core::ceilTicks(checkpoint_interval_) * 3 / 4);
}

milliseconds Plugin::Impl::keepStoreInformed(const Now& now) {
  if (store_.takeLoginsLost()) {
    announced_ = 0;
    ++announcing_;
  }
  announceLogins(now);

  const Tick tick = last_tick_;
  if (!pass_.running && core::after(tick, pass_.due_at) >= 0) {
    pass_.running = true;
    pass_.cursor = 0;
    pass_.heard_since = std::exchange(pass_.began_at, tick);
    planCheckpoints();
  }
  if (pass_.running && tellMarked(now)) {
    checkpointSlice(now);
    const bool all_told = tellMarked(now);
    pass_.running = !all_told || pass_.cursor < table_.slots();
  }
  tellConnections(now);

  const bool more = !new_connections_.empty() || !untold_connections_.empty();
  if (pass_.running || announced_ != core::kNone || more) return kBetweenSlices;
  return core::between(tick, pass_.due_at);
}

void Plugin::Impl::checkpointSlice(const Now& now) {
  for (std::uint32_t left = kSlotsPerTick; left > 0 && pass_.cursor < table_.slots();
       --left, ++pass_.cursor) {
    if (!takeWork()) return;
    const std::uint32_t slot = pass_.cursor;
    if (core::after(table_.lastHeard(slot), pass_.heard_since) < 0 || !table_.live(slot)) continue;
    if (table_.at(slot).available)
      countHeard(slot);
    else
      noteConnected(now, slot);
  }
}

/// What is heard of a session counts for its user, who may have very many: nowhere are they all gone through.
void Plugin::Impl::countHeard(std::uint32_t slot) {
  const std::uint32_t index = table_.at(slot).user;
  User& user = users_.at(index);
  if (table_.at(slot).shown == core::Shown::unavailable) return;  // counted when it was hidden
  if (core::after(table_.lastHeard(slot), user.heard) <= 0) return;
  user.heard = table_.lastHeard(slot);
  unsaid_.mark(index);
}

/// False: somebody is left of whom the store does not know yet.
bool Plugin::Impl::tellMarked(const Now& now) {
  std::vector<Store::LastHeard> heard;
  std::vector<std::uint32_t> told;
  while (!unsaid_.empty() && told.size() < kSlotsPerTick && takeWork()) {
    const std::uint32_t index = unsaid_.take();
    const User& user = users_.at(index);
    if (user.login == 0) continue;  // gone, and what was to be said is on record
    told.push_back(index);
    heard.push_back({user.login, now.utc - core::between(user.heard, last_tick_)});
  }
  if (!heard.empty() && !store_.checkpoint(std::move(heard)))  // no room: again in the next tick
    for (const std::uint32_t index : told) unsaid_.mark(index);
  return unsaid_.empty();
}

void Plugin::Impl::announceLogins(const Now& now) {
  for (std::uint32_t left = kLoginsPerTick; left > 0 && announced_ < table_.slots(); --left, ++announced_) {
    if (!takeWork()) return;
    const Session& session = table_.at(announced_);
    if (!table_.live(announced_)) continue;
    if (!session.available) {
      noteConnected(now, announced_);
      continue;
    }
    countHeard(announced_);
    const User& user = users_.at(session.user);
    if (user.login != 0 && user.announced != announcing_) recordLogin(now, announced_);
  }
  if (announced_ >= table_.slots()) announced_ = core::kNone;
}

void Plugin::Impl::recordLogin(const Now& now, std::uint32_t slot) {
  const Session& session = table_.at(slot);
  User& user = users_.at(session.user);
  user.announced = announcing_;
  const Tick tick = toTicks(now.monotonic);
  Store::Online online;
  online.login = user.login;
  online.bare_jid = bareJid(user);
  online.resource.assign(session.resource.data(), session.resource.size());
  online.available_since = now.utc - core::between(user.available_since, tick);
  online.last_heard = now.utc - core::between(user.heard, tick);
  store_.recordLogin(std::move(online));
}

}  // namespace liveness
