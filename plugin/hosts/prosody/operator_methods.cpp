// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of one session, and what became of it so far.

#include "hosts/clock.h"
#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

/// What names a session to an operator, as it lies in Lua.
struct SessionArgument {
  SessionId id;
  TextArgument full_jid;  ///< null: the id counts
};

/// An id as a number or in decimal digits, or a full JID; raises a Lua error for anything else.
SessionArgument checkNamed(lua_State* L, int index) {
  int is_integer = 0;
  const lua_Integer id = lua_tointegerx(L, index, &is_integer);  // takes digits, too
  if (is_integer != 0) return {SessionId::fromInteger(static_cast<std::uint64_t>(id)), {nullptr, 0}};
  return {SessionId{}, checkText(L, index)};
}

SessionId find(const Instance& self, const Now& now, const SessionArgument& named) {
  if (named.full_jid.data == nullptr) return named.id;
  const auto info = self.plugin->session(now, named.full_jid.str());
  return info ? info->id : SessionId{};
}

/// plugin:probe(id or full JID) -> true: a probe is among the next actions | false: see Plugin::probe()
int probe(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionArgument named = checkNamed(L, 2);
  const Now now = readClocks();
  lua_pushboolean(L, self.plugin->probe(now, find(self, now, named)) ? 1 : 0);
  return 1;
}

/// plugin:disconnect(id or full JID) -> true: its end is among the next actions, or was | false: it is gone
int disconnect(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionArgument named = checkNamed(L, 2);
  const Now now = readClocks();
  lua_pushboolean(L, self.plugin->disconnect(now, find(self, now, named)) ? 1 : 0);
  return 1;
}

/// plugin:timeline(id or full JID) -> list of { at =, event =, round_trip = or cause = where it has one }; by
/// its id also of a session that has gone
int timeline(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionArgument named = checkNamed(L, 2);
  const Now now = readClocks();
  luaL_checkstack(L, 6, nullptr);
  self.timeline = self.plugin->timeline(now, find(self, now, named));
  lua_createtable(L, static_cast<int>(self.timeline.size()), 0);
  lua_Integer i = 0;
  for (const SessionEvent& event : self.timeline) {
    lua_createtable(L, 0, 3);
    setField(L, "at", toSeconds(event.at));
    lua_pushstring(L, toString(event.kind));
    lua_setfield(L, -2, "event");
    if (event.kind == SessionEvent::Kind::answered && event.value > 0)
      setField(L, "round_trip", static_cast<double>(event.value) / 1e6);
    if (event.kind == SessionEvent::Kind::held || event.kind == SessionEvent::Kind::closed) {
      lua_pushstring(L, toString(static_cast<Cause>(event.value)));
      lua_setfield(L, -2, "cause");
    }
    lua_rawseti(L, -2, ++i);
  }
  self.timeline = {};
  return 1;
}

}  // namespace

void registerOperatorMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"probe", guarded<probe>},
      {"disconnect", guarded<disconnect>},
      {"timeline", guarded<timeline>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
