// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts see of a user, and who is told what of a held session.

#include "hosts/clock.h"
#include "hosts/prosody/border.h"
#include "report/whereabouts.h"

namespace liveness::hosts::prosody {

namespace {

/// In the fields of a record (pushFound), and `words`, where nothing but a status is kept.
void pushAway(lua_State* L, const HeldAway& away, const std::string& bare_jid) {
  lua_createtable(L, 0, 5);
  setField(L, "jid", bare_jid);
  setField(L, "last_heard", toSeconds(away.last_heard));
  setField(L, "logged_out_at", toSeconds(away.said_at));
  setField(L, "offline_presence", away.offline_presence);
  if (!away.status.empty()) setField(L, "words", away.status);
}

/// plugin:user(bare_jid) -> { available =, held =, hidden =, where = a sentence for an operator }, and
/// besides `state` ("available", "chat", "away", "xa", "dnd") and `status` where a resource is available, or
/// `away` where there is what HeldAway tells
int user(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  luaL_checkstack(L, 6, nullptr);
  self.document = jid.str();
  self.user = self.plugin->user(readClocks(), self.document);
  self.texts.assign(1, report::whereabouts(self.document, self.user));
  lua_createtable(L, 0, 6);
  setField(L, "available", std::uint64_t{self.user.available});
  setField(L, "held", std::uint64_t{self.user.held});
  setField(L, "hidden", std::uint64_t{self.user.hidden});
  setField(L, "where", self.texts.front());
  if (self.user.presence) {
    const Show show = self.user.presence->show;
    lua_pushstring(L, show == Show::online ? "available" : toString(show));
    lua_setfield(L, -2, "state");
    setField(L, "status", self.user.presence->status);
  }
  if (self.user.away) {
    pushAway(L, *self.user.away, self.document);
    lua_setfield(L, -2, "away");
  }
  return 1;
}

/// plugin:find_last_activity(bare_jid) -> true: is available | false, last_heard, status: what is at hand,
/// without a table, which would be the larger part of what an answer to a client costs | as find_last_seen
int findLastActivity(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  luaL_checkstack(L, 3, nullptr);
  self.user = self.plugin->user(readClocks(), jid.str());
  if (self.user.available > 0) {
    lua_pushboolean(L, 1);
    return 1;
  }
  if (self.user.away) {
    lua_pushboolean(L, 0);
    lua_pushnumber(L, toSeconds(self.user.away->last_heard));
    lua_pushlstring(L, self.user.away->status.data(), self.user.away->status.size());
    return 3;
  }
  const std::uint64_t token = ++self.last_token;
  if (!self.findLastSeen(jid.str(), token)) {
    lua_pushinteger(L, static_cast<lua_Integer>(token));
    return 1;
  }
  lua_pushboolean(L, 0);
  const auto& seen = std::get<std::optional<LastSeen>>(self.answer.found);
  if (!seen) return 1;
  lua_pushnumber(L, toSeconds(seen->last_heard));
  lua_pushlstring(L, seen->status.data(), seen->status.size());
  return 3;
}

/// plugin:tell(session, to, occasion) -> "nothing", "held_view", "presence" or "departure"; and the client's
/// own stanza to `to`, where that counts (Plugin::tell())
int tell(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const TextArgument to = checkText(L, 3);
  static const char* const kOccasions[] = {"hold", "asked", "resumption", "end", "end_of_away", nullptr};
  static const char* const kWhats[] = {"nothing", "held_view", "presence", "departure"};
  const auto occasion = static_cast<Occasion>(luaL_checkoption(L, 4, nullptr, kOccasions));
  luaL_checkstack(L, 3, nullptr);
  self.telling = self.plugin->tell(id, to.str(), occasion);
  lua_pushstring(L, kWhats[static_cast<std::size_t>(self.telling.what)]);
  if (self.telling.xml.empty()) return 1;
  lua_pushlstring(L, self.telling.xml.data(), self.telling.xml.size());
  return 2;
}

}  // namespace

void registerUserMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"user", guarded<user>},
      {"find_last_activity", guarded<findLastActivity>},
      {"tell", guarded<tell>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
