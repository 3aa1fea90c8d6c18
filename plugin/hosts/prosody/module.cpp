// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The shared object's one door: luaopen_liveness, and the life of a plugin object.

#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

/// liveness.new(domain, options, default_store, default_node, spool_path) -> plugin | nil, message
/// Without the last two: of a store that nobody shares, and that is always there.
int create(lua_State* L) {
  const TextArgument domain = checkText(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  const TextArgument default_store = checkText(L, 3);
  const TextArgument default_node = optionalText(L, 4);
  const TextArgument spool_path = optionalText(L, 5);
  luaL_checkstack(L, 8, nullptr);
  auto** place = static_cast<Instance**>(lua_newuserdatauv(L, sizeof(Instance*), 0));
  *place = nullptr;
  luaL_setmetatable(L, kMetatable);
  *place = new Instance;
  readOptions(L, 2, (*place)->options);
  (*place)->defaults = {default_store.str(), default_node.str(), spool_path.str()};
  (*place)->create(domain.str());
  return 1;
}

/// plugin:configure(options) -> true | false: another store or node, make a new plugin | nil, message
int configure(lua_State* L) {
  Instance& self = checkOpen(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checkstack(L, 8, nullptr);
  readOptions(L, 2, self.options);
  lua_pushboolean(L, self.configure() ? 1 : 0);
  return 1;
}

/// plugin:judge(options) -> true | nil, message: what configure() would say of them; none is taken
int judge(lua_State* L) {
  Instance& self = checkOpen(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checkstack(L, 8, nullptr);
  readOptions(L, 2, self.options);
  self.judge();
  lua_pushboolean(L, 1);
  return 1;
}

int collect(lua_State* L) {
  auto** place = static_cast<Instance**>(luaL_checkudata(L, 1, kMetatable));
  Instance* self = *place;
  *place = nullptr;
  if (self == nullptr) return 0;
  self->close(false);
  delete self;
  return 0;
}

int openLibrary(lua_State* L) {
  luaL_checkstack(L, 8, nullptr);
  if (luaL_newmetatable(L, kMetatable) != 0) {
    lua_pushcfunction(L, guarded<collect>);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, "liveness plugin");  // no one gets at the metatable from Lua
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    registerSessionMethods(L);
    registerActionMethods(L);
    registerUserMethods(L);
    registerQuestionMethods(L);
    registerDocumentMethods(L);
    registerGateMethods(L);
    registerViewMethods(L);
    registerStatsMethods(L);
    registerOperatorMethods(L);
    lua_pushcfunction(L, guarded<configure>);
    lua_setfield(L, -2, "configure");
    lua_pushcfunction(L, guarded<judge>);
    lua_setfield(L, -2, "judge");
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
  makeReaderMetatable(L);

  lua_newtable(L);
  lua_pushcfunction(L, guarded<create>);
  lua_setfield(L, -2, "new");
  lua_pushcfunction(L, guarded<openReader>);
  lua_setfield(L, -2, "open_reader");
  lua_pushliteral(L, LIVENESS_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}

}  // namespace

}  // namespace liveness::hosts::prosody

extern "C" __attribute__((visibility("default"))) int luaopen_liveness(lua_State* L) {
  return liveness::hosts::prosody::guarded<liveness::hosts::prosody::openLibrary>(L);
}
