// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What a crash right now would leave in the store.

#include <algorithm>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;

void Oracle::checkStore() {
  const fakes::FakeStore& store = world_.store;
  if (!store.mistake().empty()) complain(store.mistake());
  if (store.logins_lost) return;  // the plugin hears of it in its next tick

  std::size_t missing = 0;
  for (const auto& entry : users_)
    if (entry.second.here && !entry.second.forgotten) ++missing;
  for (const auto& entry : store.online) {
    const Store::Online& online = entry.second;
    const auto user = users_.find(online.bare_jid);
    if (user == users_.end() || !user->second.here)
      return complain(online.bare_jid + " has gone, and is here in the store");
    if (user->second.forgotten) return complain(online.bare_jid + " is forgotten, and is here in the store");
    --missing;
    checkLastHeard(online, user->second);
  }
  if (missing > 0) complain("somebody is here, and not in the store");
}

void Oracle::checkLastHeard(const Store::Online& online, const User& user) {
  if (date_was_set_) return;
  MonotonicTime heard = user.last_heard;
  for (const auto& entry : seats_)
    if (entry.second.available && !entry.second.hidden() && entry.second.bare_jid == online.bare_jid)
      heard = std::max(heard, entry.second.last_heard);
  const Duration late = (world_.now().utc - online.last_heard) - (now() - heard);
  if (late < -2 * kRounding) complain(online.bare_jid + " was heard in the store before it was");
  if (late <= 2 * kRounding) return;

  if (!world_.store.has_room) had_no_room_at_ = now();
  const Duration patience = policy_.checkpoint_interval + 500ms + 2 * world_.ticks_late_by;
  if (now() <= world_.host.wake &&
      listenedSince(std::max({heard, user.joined_at, had_no_room_at_, rules_since_})) > patience)
    complain(online.bare_jid + " was heard a checkpoint ago, and the store has not heard of it");
}

}  // namespace liveness::simulation
