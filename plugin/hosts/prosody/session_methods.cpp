// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What happens to sessions, from Lua to the host's signals.

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstring>
#include <new>

#include "hosts/clock.h"
#include "hosts/prosody/border.h"
#include "liveness/account.h"
#include "stanza/offline_presence.h"

namespace liveness::hosts::prosody {

namespace {

Transport transportFromName(const char* name) {
  if (std::strcmp(name, "websocket") == 0) return Transport::websocket;
  if (std::strcmp(name, "bosh") == 0) return Transport::bosh;
  return Transport::tcp;
}

/// plugin:open(username, resource, transport, managed, resumable, last_heard, anonymous, account) -> session;
/// last_heard of one that was there before the plugin, or nil where that is not known
int open(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument username = checkText(L, 2);
  const TextArgument resource = checkText(L, 3);
  static const char* const kNames[] = {"tcp", "websocket", "bosh", nullptr};
  const Transport transport = transportFromName(kNames[luaL_checkoption(L, 4, "tcp", kNames)]);
  const bool managed = lua_toboolean(L, 5) != 0;
  const bool resumable = lua_toboolean(L, 6) != 0;
  const std::optional<UtcTime> last_heard = optionalTime(L, 7);
  const bool anonymous = lua_toboolean(L, 8) != 0;
  const auto account = static_cast<std::uint64_t>(luaL_optinteger(L, 9, 0));
  SessionId id;
  {
    const StreamOpened opened{username.str(), resource.str(), transport, managed,
                              resumable,      last_heard,     anonymous, account};
    id = self.host->onStreamOpened(readClocks(), opened).value_or(SessionId{});
  }
  lua_pushinteger(L, static_cast<lua_Integer>(id.toInteger()));
  return 1;
}

/// The function that plugin:hearing() gives out. Called as a filter (data, session) it passes the data on;
/// its upvalues are the plugin, which it keeps from being collected, and the Heard.
int hear(lua_State* L) {
  const auto* self = *static_cast<Instance**>(lua_touserdata(L, lua_upvalueindex(1)));
  if (self != nullptr && self->plugin != nullptr)
    static_cast<const Heard*>(lua_touserdata(L, lua_upvalueindex(2)))->at(readMonotonic());
  lua_settop(L, 1);
  return 1;
}

/// plugin:hearing(session) -> function to call for every byte that arrives
int hearing(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  lua_pushvalue(L, 1);
  void* place = lua_newuserdatauv(L, sizeof(Heard), 0);  // Heard is trivially destructible: no finalizer
  static_assert(std::is_trivially_destructible_v<Heard>);
  new (place) Heard(self.plugin->heard(id));
  lua_pushcclosure(L, hear, 2);
  return 1;
}

/// plugin:presence(session, available, show, status, priority, xml)
int presence(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  luaL_checktype(L, 3, LUA_TBOOLEAN);
  const bool available = lua_toboolean(L, 3) != 0;
  const TextArgument show = optionalText(L, 4);
  const TextArgument status = optionalText(L, 5);
  const lua_Number priority = luaL_optnumber(L, 6, 0);
  const TextArgument xml = optionalText(L, 7);

  Presence given;
  given.available = available;
  given.show = showFromString(show.str());
  // RFC 6121 section 4.7.2.3: from -128 to 127; what else a client sends is cut, and what is no number is 0.
  given.priority = static_cast<std::int8_t>(priority >= 127    ? 127
                                            : priority > -128  ? priority
                                            : priority <= -128 ? -128
                                                               : 0);
  given.status = status.str();
  if (!available) given.xml = stanza::offlinePresence(xml.str());
  self.host->onStanzaReceived(readClocks(), id, given);
  return 0;
}

/// plugin:directed(session, to, available, xml): a presence that the client sent to somebody; without the xml
/// where nobody knows it
int directed(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const TextArgument to = checkText(L, 3);
  luaL_checktype(L, 4, LUA_TBOOLEAN);
  const bool available = lua_toboolean(L, 4) != 0;
  const TextArgument xml = optionalText(L, 5);
  self.host->onStanzaReceived(readClocks(), id, DirectedPresence{to.str(), available, xml.str()});
  return 0;
}

/// plugin:management_enabled(session, resumable)
int managementEnabled(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const bool resumable = lua_toboolean(L, 3) != 0;
  self.host->onStanzaReceived(readClocks(), id, ManagementEnabled{resumable});
  return 0;
}

/// plugin:client_state(session, active)
int clientState(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  luaL_checktype(L, 3, LUA_TBOOLEAN);
  const bool active = lua_toboolean(L, 3) != 0;
  self.host->onStanzaReceived(readClocks(), id, ClientState{active});
  return 0;
}

/// plugin:answered(session, number): a reply of whatever type to a probe
int answered(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const lua_Integer number = luaL_checkinteger(L, 3);
  if (number > 0 && number <= UINT32_MAX)
    self.host->onStanzaReceived(readClocks(), id, ProbeAnswered{static_cast<std::uint32_t>(number)});
  return 0;
}

/// plugin:socket(session, fd): the stream's descriptor, or -1 where it has none
int socket(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const lua_Integer fd = luaL_checkinteger(L, 3);
  self.host->setSocket(id, fd >= 0 && fd <= INT_MAX ? static_cast<int>(fd) : -1);
  return 0;
}

/// plugin:held(session, since): the latter of one that was held before the plugin was there, else nil
int held(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const std::optional<UtcTime> since = optionalTime(L, 3);
  self.host->setSocket(id, -1);
  self.host->onStreamHeld(readClocks(), id, StreamHeld{since});
  return 0;
}

/// plugin:resumed(session): ask for a new hearing() after it
int resumed(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  self.host->onStreamResumed(readClocks(), id);
  return 0;
}

/// plugin:closed(session, cause)
int closed(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  const TextArgument name = checkText(L, 3);
  const std::optional<Cause> cause = causeFromString(name.str());
  if (!cause) return luaL_argerror(L, 3, "not a cause of a logout");
  self.host->setSocket(id, -1);
  self.host->onStreamClosed(readClocks(), id, StreamClosed{*cause});
  return 0;
}

/// plugin:last_heard(session) -> seconds since the Unix epoch, or nil where it is gone
int lastHeard(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  std::optional<UtcTime> at;
  if (const auto info = self.plugin->session(readClocks(), id)) at = info->last_heard;
  if (!at) return 0;
  lua_pushnumber(L, toSeconds(*at));
  return 1;
}

/// Seconds since the Unix epoch, to the millisecond; what no calendar has is cut, and what is no number is 0.
UtcTime checkMoment(lua_State* L, int index) {
  constexpr lua_Number kFar = 1e11;
  const lua_Number seconds = luaL_checknumber(L, index);
  if (!(seconds >= -kFar)) return UtcTime{};
  return UtcTime{std::chrono::milliseconds{std::llround(std::min(seconds, kFar) * 1000)}};
}

AccountMark checkMark(lua_State* L, int first) {
  const lua_Integer book = luaL_checkinteger(L, first), number = luaL_checkinteger(L, first + 1);
  luaL_argcheck(L, book > 0 && book <= UINT32_MAX, first, "out of range");
  luaL_argcheck(L, number > 0 && number <= UINT32_MAX, first + 1, "out of range");
  return {static_cast<std::uint32_t>(book), static_cast<std::uint32_t>(number), checkMoment(L, first + 2)};
}

/// plugin:account(book, number, made_at) -> what plugin:open() takes, and a record has: its mark as one
/// number
int account(lua_State* L) {
  checkAny(L);
  lua_pushinteger(L, static_cast<lua_Integer>(checkMark(L, 2).toInteger()));
  return 1;
}

/// plugin:is_of_earlier_account(account, last_heard, book, number, made_at): of a record, and a mark
int isOfEarlier(lua_State* L) {
  checkAny(L);
  const lua_Integer of_record = luaL_checkinteger(L, 2);
  const UtcTime last_heard = checkMoment(L, 3);
  const AccountMark mark = checkMark(L, 4);
  bool earlier = false;
  {
    LastSeen record;
    record.account = static_cast<std::uint64_t>(of_record);
    record.last_heard = last_heard;
    earlier = isOfEarlierAccount(record, mark);
  }
  lua_pushboolean(L, earlier ? 1 : 0);
  return 1;
}

/// plugin:forget(bare_jid): the account was deleted
int forget(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  self.plugin->forgetUser(readClocks(), jid.str());
  return 0;
}

}  // namespace

void registerSessionMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"open", guarded<open>},
      {"hearing", guarded<hearing>},
      {"presence", guarded<presence>},
      {"directed", guarded<directed>},
      {"management_enabled", guarded<managementEnabled>},
      {"client_state", guarded<clientState>},
      {"answered", guarded<answered>},
      {"socket", guarded<socket>},
      {"held", guarded<held>},
      {"resumed", guarded<resumed>},
      {"closed", guarded<closed>},
      {"last_heard", guarded<lastHeard>},
      {"account", guarded<account>},
      {"is_of_earlier_account", guarded<isOfEarlier>},
      {"forget", guarded<forget>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
