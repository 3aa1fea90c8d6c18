// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/prosody/values.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

constexpr lua_Integer kLongestList = 10000;

lua_Integer checkListLength(lua_State* L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  const auto length = static_cast<lua_Integer>(lua_rawlen(L, index));
  luaL_argcheck(L, length <= kLongestList, index, "the list is too long");
  return length;
}

void pushRecord(lua_State* L, const LastSeen& seen) {
  lua_createtable(L, 0, 9);
  setField(L, "jid", seen.bare_jid);
  setField(L, "account", seen.account);
  setField(L, "last_heard", toSeconds(seen.last_heard));
  setField(L, "logged_out_at", toSeconds(seen.logged_out_at));
  lua_pushstring(L, toString(seen.cause));
  lua_setfield(L, -2, "cause");
  lua_pushstring(L, toString(seen.evidence));
  lua_setfield(L, -2, "evidence");
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
  void operator()(const FoundUsers& found) const {
    lua_createtable(L, 0, 2);
    setField(L, "matched", found.matched);
    (*this)(found.users);
    lua_setfield(L, -2, "users");
  }
  void operator()(const std::vector<std::uint64_t>& counts) const {
    pushList(counts, [this](std::uint64_t n) { lua_pushinteger(L, static_cast<lua_Integer>(n)); });
  }
  void operator()(const std::vector<std::string>& texts) const {
    pushList(texts, [this](const std::string& text) { lua_pushlstring(L, text.data(), text.size()); });
  }
  void operator()(const std::string& document) const { lua_pushlstring(L, document.data(), document.size()); }

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

std::string topText(lua_State* L) {
  std::size_t size = 0;
  const char* data = lua_tolstring(L, -1, &size);
  return {data, size};
}

/// The table on the top of the stack, where it is a list of texts and nothing else.
bool readTexts(lua_State* L, TextList& texts) {
  constexpr std::size_t kLongest = 1000;
  const std::size_t length = lua_rawlen(L, -1);
  if (length > kLongest) return false;
  for (std::size_t i = 1; i <= length; ++i) {
    const bool is_text = lua_rawgeti(L, -1, static_cast<lua_Integer>(i)) == LUA_TSTRING;
    if (is_text) texts.push_back(topText(L));
    lua_pop(L, 1);
    if (!is_text) return false;
  }
  std::size_t entries = 0;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_pop(L, 1);
    ++entries;
  }
  return entries == length;
}

/// The value on the top of the stack.
void readOption(lua_State* L, OptionValue& value) {
  switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
      value = lua_toboolean(L, -1) != 0;
      return;
    case LUA_TNUMBER:
      value = static_cast<double>(lua_tonumber(L, -1));
      return;
    case LUA_TSTRING:
      value = topText(L);
      return;
    case LUA_TTABLE:
      if (TextList texts; readTexts(L, texts)) {
        value = std::move(texts);
        return;
      }
      [[fallthrough]];
    default:
      value = UnsupportedValue{std::string{"a "} + lua_typename(L, lua_type(L, -1))};
  }
}

}  // namespace

void pushFound(lua_State* L, const Found& found) {
  std::visit(Push{L}, found);
}

UtcTime checkTime(lua_State* L, int index) {
  constexpr lua_Integer kFar = 250'000'000'000;  // the year 9892
  const lua_Integer seconds = std::clamp<lua_Integer>(luaL_checkinteger(L, index), 0, kFar);
  return UtcTime{std::chrono::seconds{seconds}};
}

std::size_t checkLimit(lua_State* L, int index, lua_Integer most) {
  return static_cast<std::size_t>(std::clamp<lua_Integer>(luaL_checkinteger(L, index), 0, most));
}

std::optional<UtcTime> optionalTime(lua_State* L, int index) {
  constexpr lua_Number kFar = 250'000'000'000;
  if (lua_isnoneornil(L, index)) return std::nullopt;
  const lua_Number seconds = luaL_checknumber(L, index);
  if (!(seconds > 0)) return UtcTime{};  // what is no number, too
  return UtcTime{std::chrono::milliseconds{static_cast<std::int64_t>(std::min(seconds, kFar) * 1000)}};
}

void checkTimes(lua_State* L, int index, std::vector<UtcTime>& times) {
  const lua_Integer length = checkListLength(L, index);
  times.clear();
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, index, i);
    times.push_back(checkTime(L, -1));
    lua_pop(L, 1);
  }
}

void checkTexts(lua_State* L, int index, std::vector<std::string>& texts) {
  const lua_Integer length = checkListLength(L, index);
  texts.clear();
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(L, index, i);
    texts.push_back(checkText(L, -1).str());
    lua_pop(L, 1);
  }
}

void checkUsersQuestion(lua_State* L, int index, lua_Integer most, UsersQuestion& question) {
  luaL_checktype(L, index, LUA_TTABLE);
  luaL_checkstack(L, 3, nullptr);
  question = {};
  if (lua_getfield(L, index, "text") != LUA_TNIL) question.text = checkText(L, -1).str();
  if (lua_getfield(L, index, "cause") != LUA_TNIL) {
    question.cause = causeFromString(checkText(L, -1).str());
    luaL_argcheck(L, question.cause.has_value(), index, "cause is none that there is");
  }
  if (lua_getfield(L, index, "sort") != LUA_TNIL) {
    const auto sort = usersSortFromString(checkText(L, -1).str());
    luaL_argcheck(L, sort.has_value(), index, "sort is not jid, last_heard, logged_out or cause");
    question.sort = *sort;
  }
  lua_getfield(L, index, "descending");
  question.descending = lua_toboolean(L, -1) != 0;
  lua_pop(L, 4);
  if (lua_getfield(L, index, "offset") != LUA_TNIL)
    question.offset = checkLimit(L, -1, std::numeric_limits<lua_Integer>::max());
  lua_getfield(L, index, "limit");
  question.limit = checkLimit(L, -1, most);
  lua_pop(L, 2);
}

void readOptions(lua_State* L, int index, Options& options) {
  options.clear();
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    if (lua_type(L, -2) == LUA_TSTRING) readOption(L, options[lua_tostring(L, -2)]);
    lua_pop(L, 1);
  }
}

}  // namespace liveness::hosts::prosody
