// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <lua.hpp>

#include <chrono>
#include <cstdio>
#include <exception>

#include "hosts/prosody/instance.h"

namespace liveness::hosts::prosody {

constexpr char kMetatable[] = "liveness.plugin";

/// An entry point from Lua. `F` keeps this order: first the checks of arguments, which may raise Lua errors
/// while no object stands on the stack; then the work, which may throw; last the results, pushed from what
/// the Instance owns. An exception becomes `nil, message`.
template <int (*F)(lua_State*)>
int guarded(lua_State* L) {
  char message[512];
  try {
    return F(L);
  } catch (const std::exception& e) {
    std::snprintf(message, sizeof message, "%s", e.what());
  } catch (...) {
    std::snprintf(message, sizeof message, "unknown error");
  }
  lua_settop(L, 0);
  lua_pushnil(L);
  lua_pushstring(L, message);
  return 2;
}

/// The first argument, which must be a plugin object; raises a Lua error otherwise, or when it was closed.
inline Instance& checkOpen(lua_State* L) {
  auto* self = *static_cast<Instance**>(luaL_checkudata(L, 1, kMetatable));
  if (self == nullptr || self->plugin == nullptr) luaL_error(L, "this liveness plugin is closed");
  return *self;
}

/// Like checkOpen(), but after close() too: for what is still to be taken then.
inline Instance& checkAny(lua_State* L) {
  auto* self = *static_cast<Instance**>(luaL_checkudata(L, 1, kMetatable));
  if (self == nullptr) luaL_error(L, "this liveness plugin is closed");
  return *self;
}

inline SessionId checkSession(lua_State* L, int index) {
  return SessionId::fromInteger(static_cast<std::uint64_t>(luaL_checkinteger(L, index)));
}

/// A string argument as it lies in Lua, valid while it is on the stack; null and empty where it is nil.
struct TextArgument {
  const char* data;
  std::size_t size;

  std::string str() const { return data == nullptr ? std::string{} : std::string{data, size}; }
};

inline TextArgument checkText(lua_State* L, int index) {
  std::size_t size = 0;
  luaL_checktype(L, index, LUA_TSTRING);
  const char* data = lua_tolstring(L, index, &size);
  return {data, size};
}

inline TextArgument optionalText(lua_State* L, int index) {
  return lua_isnoneornil(L, index) ? TextArgument{nullptr, 0} : checkText(L, index);
}

inline void setField(lua_State* L, const char* key, const std::string& value) {
  lua_pushlstring(L, value.data(), value.size());
  lua_setfield(L, -2, key);
}
inline void setField(lua_State* L, const char* key, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}
inline void setField(lua_State* L, const char* key, std::uint64_t value) {
  lua_pushinteger(L, static_cast<lua_Integer>(value));
  lua_setfield(L, -2, key);
}

/// The result of a method whose answer comes later, among the actions.
inline int pushToken(lua_State* L, Instance& self, std::uint64_t token) {
  constexpr std::chrono::milliseconds kSoon{5};  // by then an idle database has answered
  lua_pushinteger(L, static_cast<lua_Integer>(token));
  self.host->requestTick(kSoon);
  return 1;
}

/// Seconds since the Unix epoch, as os.time() and os.date() have them.
inline double toSeconds(UtcTime t) {
  return static_cast<double>(t.time_since_epoch().count()) / 1000.0;
}

// The methods, by what they are about; each file registers its own into the table on the top of the stack.
void registerSessionMethods(lua_State* L);   // session_methods.cpp: what happens to sessions
void registerActionMethods(lua_State* L);    // action_methods.cpp: time, and what the plugin wants done
void registerUserMethods(lua_State* L);      // user_methods.cpp: what contacts see of a user
void registerQuestionMethods(lua_State* L);  // question_methods.cpp: what the store is asked
void registerOperatorMethods(lua_State* L);  // operator_methods.cpp: what an operator wants
void registerDocumentMethods(lua_State* L);  // document_methods.cpp: what a page or a script reads
void registerGateMethods(lua_State* L);      // gate_methods.cpp: from where the page may be asked for
void registerViewMethods(lua_State* L);      // view_methods.cpp: what somebody looks at
void registerStatsMethods(lua_State* L);     // stats_methods.cpp: what is counted

// reader_methods.cpp: a database that is read without a server.
void makeReaderMetatable(lua_State* L);
int openReader(lua_State* L);

}  // namespace liveness::hosts::prosody
