// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What somebody looks at: snapshots as Lua tables.

#include "hosts/clock.h"
#include "hosts/prosody/border.h"
#include "report/sorted_runs.h"
#include "report/why.h"

namespace liveness::hosts::prosody {

namespace {

double seconds(std::chrono::milliseconds d) {
  return static_cast<double>(d.count()) / 1000.0;
}

void setFlag(lua_State* L, const char* key, bool value) {
  lua_pushboolean(L, value ? 1 : 0);
  lua_setfield(L, -2, key);
}

void pushSession(lua_State* L, const SessionInfo& info) {
  lua_createtable(L, 0, 27);
  char id[24];
  std::snprintf(id, sizeof id, "%llu", static_cast<unsigned long long>(info.id.toInteger()));
  lua_pushstring(L, id);
  lua_setfield(L, -2, "id");
  setField(L, "jid", info.full_jid);
  lua_pushstring(L, toString(info.state));
  lua_setfield(L, -2, "state");
  lua_pushstring(L, toString(info.transport));
  lua_setfield(L, -2, "transport");
  setField(L, "state_since", toSeconds(info.state_since));
  setField(L, "opened_at", toSeconds(info.opened_at));
  setField(L, "last_heard", toSeconds(info.last_heard));
  setField(L, "silence", seconds(info.silence));
  setField(L, "probes_unanswered", std::uint64_t{info.probes_unanswered});
  setField(L, "probes_sent", std::uint64_t{info.probes_sent});
  if (info.round_trip) setField(L, "round_trip", static_cast<double>(info.round_trip->count()) / 1e6);
  setFlag(L, "available", info.presence.has_value());
  setFlag(L, "managed", info.managed);
  setFlag(L, "resumable", info.resumable);
  setFlag(L, "inactive", info.inactive);
  setFlag(L, "doubted", info.doubted);
  setField(L, "idle_timeout", seconds(info.idle_timeout));
  lua_pushstring(L, toString(info.next));
  lua_setfield(L, -2, "next");
  if (info.next != Next::nothing) setField(L, "next_in", seconds(info.next_in));
  if (info.held_because) {
    lua_pushstring(L, toString(*info.held_because));
    lua_setfield(L, -2, "held_because");
  }
  if (info.shown) {
    lua_pushstring(L, info.shown->available ? "away" : "unavailable");
    lua_setfield(L, -2, "shown");
  }
  lua_pushinteger(L, report::presenceRank(info));
  lua_setfield(L, -2, "show_rank");
  if (info.presence) {
    lua_pushstring(L, toString(info.presence->show));
    lua_setfield(L, -2, "show");
    lua_pushinteger(L, info.presence->priority);
    lua_setfield(L, -2, "priority");
    setField(L, "status", info.presence->status);
  }
}

/// Pushes the snapshot that was taken as a list of tables, and drops it.
void pushSnapshot(lua_State* L, Instance& self) {
  luaL_checkstack(L, 6, nullptr);
  lua_createtable(L, static_cast<int>(self.sessions.size()), 0);
  for (std::size_t i = 0; i < self.sessions.size(); ++i) {
    pushSession(L, self.sessions[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  self.sessions = {};
}

/// plugin:sessions() -> list of tables
int sessions(lua_State* L) {
  Instance& self = checkOpen(L);
  self.sessions = self.plugin->sessions(readClocks());
  pushSnapshot(L, self);
  return 1;
}

/// plugin:some_sessions(cursor, slots) -> list of tables, next cursor: for going over very many, see
/// Plugin::visitSessions()
int someSessions(lua_State* L) {
  Instance& self = checkOpen(L);
  const auto cursor = static_cast<std::uint32_t>(luaL_checkinteger(L, 2));
  const auto slots = static_cast<std::uint32_t>(luaL_checkinteger(L, 3));
  self.sessions.clear();
  const std::uint32_t next = self.plugin->visitSessions(
      readClocks(), cursor, slots, [&self](const SessionInfo& info) { self.sessions.push_back(info); });
  pushSnapshot(L, self);
  lua_pushinteger(L, next);
  return 2;
}

/// plugin:why(full_jid) -> list of lines | nil: there is no such session
int why(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  luaL_checkstack(L, 6, nullptr);
  self.texts.clear();
  if (const auto info = self.plugin->session(readClocks(), jid.str()))
    self.texts = report::explain(*info, self.policy);
  if (self.texts.empty()) return 0;
  lua_createtable(L, static_cast<int>(self.texts.size()), 0);
  for (std::size_t i = 0; i < self.texts.size(); ++i) {
    lua_pushlstring(L, self.texts[i].data(), self.texts[i].size());
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  return 1;
}

/// plugin:idle_timeout() -> seconds; 0: never
int idleTimeout(lua_State* L) {
  Instance& self = checkOpen(L);
  lua_pushnumber(L, seconds(self.policy.idle_timeout));
  return 1;
}

}  // namespace

void registerViewMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"sessions", guarded<sessions>},
      {"some_sessions", guarded<someSessions>},
      {"why", guarded<why>},
      {"idle_timeout", guarded<idleTimeout>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
