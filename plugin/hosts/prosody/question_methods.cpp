// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the store is asked, and what it answers: now where that is at hand, else with an action "answer".

#include <algorithm>
#include <chrono>
#include <utility>

#include "hosts/clock.h"
#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

// What one answer may hold: what is pushed into Lua at once, on the server's thread.
constexpr lua_Integer kMaxRows = 10000;
constexpr lua_Integer kMaxMoments = 100;
constexpr lua_Integer kMaxUsers = 10000;

constexpr std::chrono::milliseconds kSoon{5};  // by then an idle database has answered

/// Seconds since the Unix epoch; what no calendar has is cut.
UtcTime checkTime(lua_State* L, int index) {
  constexpr lua_Integer kFar = 250'000'000'000;  // the year 9892
  const lua_Integer seconds = std::clamp<lua_Integer>(luaL_checkinteger(L, index), 0, kFar);
  return UtcTime{std::chrono::seconds{seconds}};
}

std::size_t checkLimit(lua_State* L, int index) {
  return static_cast<std::size_t>(std::clamp<lua_Integer>(luaL_checkinteger(L, index), 0, kMaxRows));
}

lua_Integer checkListLength(lua_State* L, int index, lua_Integer most) {
  luaL_checktype(L, index, LUA_TTABLE);
  const auto length = static_cast<lua_Integer>(lua_rawlen(L, index));
  luaL_argcheck(L, length <= most, index, "the list is too long");
  return length;
}

/// The callback that puts an answer in line, under a new token.
auto inLine(Instance& self, std::uint64_t token) {
  return [&self, token](auto found) { self.answers.push_back({token, std::move(found)}); };
}

int pushToken(lua_State* L, Instance& self, std::uint64_t token) {
  lua_pushinteger(L, static_cast<lua_Integer>(token));
  self.host->requestTick(kSoon);
  return 1;
}

void pushRecord(lua_State* L, const LastSeen& seen) {
  lua_createtable(L, 0, 7);
  setField(L, "jid", seen.bare_jid);
  setField(L, "last_heard", toSeconds(seen.last_heard));
  setField(L, "logged_out_at", toSeconds(seen.logged_out_at));
  lua_pushstring(L, toString(seen.cause));
  lua_setfield(L, -2, "cause");
  setField(L, "resource", seen.resource);
  setField(L, "status", seen.status);
  setField(L, "offline_presence", seen.offline_presence);
}

/// The values, as Lua gets them.
struct Push {
  lua_State* L;

  void operator()(const std::optional<LastSeen>& seen) const {
    if (seen)
      pushRecord(L, *seen);
    else
      lua_pushnil(L);
  }
  void operator()(const std::vector<LastSeen>& records) const {
    pushList(records, [this](const LastSeen& seen) { pushRecord(L, seen); });
  }
  void operator()(const Store::Inactive& inactive) const {
    lua_createtable(L, 0, 2);
    setField(L, "total", inactive.total);
    (*this)(inactive.users);
    lua_setfield(L, -2, "users");
  }
  void operator()(const std::vector<std::uint64_t>& counts) const {
    pushList(counts, [this](std::uint64_t n) { lua_pushinteger(L, static_cast<lua_Integer>(n)); });
  }
  void operator()(const std::vector<std::string>& texts) const {
    pushList(texts, [this](const std::string& text) { lua_pushlstring(L, text.data(), text.size()); });
  }

 private:
  template <class Values, class PushOne>
  void pushList(const Values& values, PushOne pushOne) const {
    lua_createtable(L, static_cast<int>(values.size()), 0);
    lua_Integer i = 0;
    for (const auto& value : values) {
      pushOne(value);
      lua_rawseti(L, -2, ++i);
    }
  }
};

/// plugin:find_last_seen(bare_jid) -> false, record or nil | token of the answer that will be among the
/// actions
int findLastSeen(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  const std::uint64_t token = ++self.last_token;
  luaL_checkstack(L, 8, nullptr);
  if (!self.findLastSeen(jid.str(), token)) {
    lua_pushinteger(L, static_cast<lua_Integer>(token));
    return 1;
  }
  lua_pushboolean(L, 0);
  pushFound(L, self);
  return 2;
}

/// plugin:find_last_activity(bare_jid) -> like find_last_seen, but what is at hand is false, last_heard,
/// status: without a table, which would be the larger part of what an answer to a client costs.
int findLastActivity(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  const std::uint64_t token = ++self.last_token;
  luaL_checkstack(L, 3, nullptr);
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

/// plugin:find_history(bare_jid, limit) -> token; the answer is a list of records, newest first
int findHistory(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  const std::size_t limit = checkLimit(L, 3);
  const std::uint64_t token = ++self.last_token;
  self.store->findHistory(jid.str(), limit, inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:find_inactive(before, limit) -> token; the answer is { total =, users = list of records }
int findInactive(lua_State* L) {
  Instance& self = checkOpen(L);
  const UtcTime before = checkTime(L, 2);
  const std::size_t limit = checkLimit(L, 3);
  const std::uint64_t token = ++self.last_token;
  self.store->findInactive(before, limit, inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:count_active(list of moments) -> token; the answer is a list of counts
int countActive(lua_State* L) {
  Instance& self = checkOpen(L);
  const lua_Integer length = checkListLength(L, 2, kMaxMoments);
  self.numbers.clear();
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, 2, i);
    self.numbers.push_back(static_cast<std::uint64_t>(checkTime(L, -1).time_since_epoch().count()));
    lua_pop(L, 1);
  }
  const std::uint64_t token = ++self.last_token;
  {
    std::vector<UtcTime> since;
    for (const std::uint64_t n : self.numbers)
      since.emplace_back(std::chrono::milliseconds{static_cast<std::int64_t>(n)});
    self.store->countActive(std::move(since), inLine(self, token));
  }
  return pushToken(L, self, token);
}

/// plugin:find_unknown(list of bare JIDs) -> token; the answer is a list of those
int findUnknown(lua_State* L) {
  Instance& self = checkOpen(L);
  const lua_Integer length = checkListLength(L, 2, kMaxUsers);
  self.texts.clear();
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, 2, i);
    self.texts.push_back(checkText(L, -1).str());
    lua_pop(L, 1);
  }
  const std::uint64_t token = ++self.last_token;
  self.store->findUnknown(std::exchange(self.texts, {}), inLine(self, token));
  return pushToken(L, self, token);
}

}  // namespace

void pushFound(lua_State* L, const Instance& self) {
  std::visit(Push{L}, self.answer.found);
}

void registerQuestionMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"find_last_seen", guarded<findLastSeen>},
      {"find_last_activity", guarded<findLastActivity>},
      {"find_history", guarded<findHistory>},
      {"find_inactive", guarded<findInactive>},
      {"count_active", guarded<countActive>},
      {"find_unknown", guarded<findUnknown>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
