// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the store is asked, and what it answers: now where that is at hand, else with an action "answer".

#include <utility>

#include "hosts/clock.h"
#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

// What one answer may hold: what is pushed into Lua at once, on the server's thread.
constexpr lua_Integer kMaxRows = 10000;

/// The callback that puts an answer in line, under a new token.
auto inLine(Instance& self, std::uint64_t token) {
  return [&self, token](auto found) { self.answers.push_back({token, std::move(found)}); };
}

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
  pushFound(L, self.answer.found);
  return 2;
}

/// plugin:find_history(bare_jid, limit) -> token; the answer is a list of records, newest first
int findHistory(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  const std::size_t limit = checkLimit(L, 3, kMaxRows);
  const std::uint64_t token = ++self.last_token;
  self.store->findHistory(jid.str(), limit, inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:find_inactive(before, limit) -> token; the answer is { total =, users = list of records }
int findInactive(lua_State* L) {
  Instance& self = checkOpen(L);
  const UtcTime before = checkTime(L, 2);
  const std::size_t limit = checkLimit(L, 3, kMaxRows);
  const std::uint64_t token = ++self.last_token;
  self.store->findInactive(before, limit, inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:count_active(list of moments) -> token; the answer is a list of counts
int countActive(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTimes(L, 2, self.times);
  const std::uint64_t token = ++self.last_token;
  self.store->countActive(std::exchange(self.times, {}), inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:find_unknown(list of bare JIDs) -> token; the answer is a list of those
int findUnknown(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTexts(L, 2, self.texts);
  const std::uint64_t token = ++self.last_token;
  self.store->findUnknown(std::exchange(self.texts, {}), inLine(self, token));
  return pushToken(L, self, token);
}

/// plugin:find_users { text =, cause =, sort =, descending =, offset =, limit = } -> token; the answer is
/// { matched =, users = list of records }
int findUsers(lua_State* L) {
  Instance& self = checkOpen(L);
  checkUsersQuestion(L, 2, kMaxRows, self.question);
  const std::uint64_t token = ++self.last_token;
  self.store->findUsers(std::exchange(self.question, {}), inLine(self, token));
  return pushToken(L, self, token);
}

}  // namespace

void registerQuestionMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"find_last_seen", guarded<findLastSeen>},
      {"find_history", guarded<findHistory>},
      {"find_inactive", guarded<findInactive>},
      {"count_active", guarded<countActive>},
      {"find_unknown", guarded<findUnknown>},
      {"find_users", guarded<findUsers>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
