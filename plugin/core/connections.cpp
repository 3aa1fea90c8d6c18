// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who is connected without an available resource: nobody sees them, but they are here (Store::Connected).
//
// Nearly everybody who connects becomes available within a second, and ends the connection right after the
// logout. So a connection is looked at in a tick, and the end of one that no tick saw is told only where its
// user was never available in it.

#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::Session;
using core::User;

namespace {

// Of each kind in one tick.
constexpr std::size_t kConnectionsPerTick = 1024;

}  // namespace

bool Plugin::Impl::hearConnection(std::uint32_t slot) {
  User& user = users_.at(table_.at(slot).user);
  if (user.available > 0 || user.anonymous || user.deleted) return false;
  const core::Tick heard = table_.lastHeard(slot);
  user.connection_heard = user.connection_heard ? core::later(*user.connection_heard, heard) : heard;
  return true;
}

Store::Connected& Plugin::Impl::connectionOf(const Now& now, std::uint32_t slot) {
  const Session& session = table_.at(slot);
  const User& user = users_.at(session.user);
  std::string bare_jid = bareJid(user);
  Store::Connected& connection = untold_connections_[bare_jid];
  connection.bare_jid = std::move(bare_jid);
  connection.resource.assign(session.resource.data(), session.resource.size());
  connection.last_heard = now.utc - core::between(*user.connection_heard, toTicks(now.monotonic));
  connection.ended_at = now.utc;
  connection.cause = Cause::server_crashed;  // where nothing else is said of it
  return connection;
}

void Plugin::Impl::noteConnected(const Now& now, std::uint32_t slot) {
  if (!hearConnection(slot)) return;
  users_.at(table_.at(slot).user).connected = true;
  connectionOf(now, slot).here = true;
}

void Plugin::Impl::noteConnectionEnd(const Now& now, std::uint32_t slot, Cause cause) {
  if (!hearConnection(slot)) return;
  User& user = users_.at(table_.at(slot).user);
  if (!user.connected && user.was_available) return;  // the logout is on record, from just now
  Store::Connected& connection = connectionOf(now, slot);
  connection.here = false;
  connection.cause = cause;
}

/// Before the user counts as available.
void Plugin::Impl::endConnection(const Now& now, std::uint32_t slot) {
  User& user = users_.at(table_.at(slot).user);
  user.was_available = true;
  if (user.connected && hearConnection(slot)) connectionOf(now, slot).here = false;
  user.connected = false;
  user.connection_heard.reset();
}

void Plugin::Impl::tellConnections(const Now& now) {
  for (std::size_t left = kConnectionsPerTick; left > 0 && !new_connections_.empty() && takeWork(); --left) {
    const std::uint32_t slot = new_connections_.take();
    if (table_.live(slot)) noteConnected(now, slot);
  }
  if (untold_connections_.empty()) return;
  std::vector<Store::Connected> some;
  for (auto it = untold_connections_.begin();
       it != untold_connections_.end() && some.size() < kConnectionsPerTick;) {
    some.push_back(std::move(it->second));
    it = untold_connections_.erase(it);
  }
  if (store_.recordConnected(some)) return;
  for (Store::Connected& one : some) {  // no room: again in the next tick
    std::string bare_jid = one.bare_jid;
    untold_connections_.emplace(std::move(bare_jid), std::move(one));
  }
}

void Plugin::Impl::stopConnections(const Now& now) {
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot)
    if (table_.live(slot)) noteConnectionEnd(now, slot, causeOfEnd(slot, Cause::server_stopped));
  std::vector<Store::Connected> all;
  for (auto& [bare_jid, connection] : untold_connections_) all.push_back(std::move(connection));
  untold_connections_.clear();
  if (!all.empty()) store_.recordConnected(std::move(all));
}

}  // namespace liveness
