// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <lua.hpp>
#include <stdexcept>
#include <string>

#include "support/temp_dir.h"

namespace liveness::tests {

/// A Lua of its own with liveness.so loaded as the global `liveness`, and `store` naming a database in
/// memory. Ends like a server does: with lua_close(), which collects every object and unloads the shared
/// object.
class LuaWorld {
 public:
  LuaWorld() : LuaWorld(allocate, nullptr) {}

  /// Allocations are counted down; from zero on each fails, as in a server that has run out of memory.
  explicit LuaWorld(long* allocations_left) : LuaWorld(allocateFailing, allocations_left) {}

  LuaWorld(const LuaWorld&) = delete;
  LuaWorld& operator=(const LuaWorld&) = delete;
  ~LuaWorld() { lua_close(lua_); }

  /// Runs a chunk; its error is the test's failure.
  void run(const std::string& chunk) {
    std::string error;
    if (!tryRun(chunk, error)) FAIL(error);
  }

  /// False where the chunk ended with an error.
  bool tryRun(const std::string& chunk, std::string& error) {
    const bool ok = luaL_dostring(lua_, chunk.c_str()) == LUA_OK;
    if (!ok) error = lua_tostring(lua_, -1) == nullptr ? "(no message)" : lua_tostring(lua_, -1);
    lua_settop(lua_, 0);
    return ok;
  }

  /// Sets the globals `liveness`, the shared object's table, and `store`, which names a database in a folder
  /// that is gone with the test.
  static std::string load() {
    static const support::TempDir folder;
    static int databases = 0;
    return "local open = assert(package.loadlib(os.getenv('LIVENESS_SO'), 'luaopen_liveness')) "
           "liveness = assert(open()) store = 'sqlite3://" +
           (folder.path() / std::to_string(++databases)).string() + "' ";
  }

 private:
  LuaWorld(lua_Alloc allocator, void* context) : lua_(lua_newstate(allocator, context)) {
    if (lua_ == nullptr) throw std::runtime_error("no memory for a Lua state");
    luaL_openlibs(lua_);
  }

  static void* allocate(void*, void* block, std::size_t, std::size_t wanted) {
    if (wanted == 0) {
      std::free(block);
      return nullptr;
    }
    return std::realloc(block, wanted);
  }

  static void* allocateFailing(void* context, void* block, std::size_t held, std::size_t wanted) {
    auto* left = static_cast<long*>(context);
    const bool grows = wanted > (block == nullptr ? 0 : held);
    if (grows && *left == 0) return nullptr;
    if (grows && *left > 0) --*left;
    return allocate(nullptr, block, held, wanted);
  }

  lua_State* lua_;
};

}  // namespace liveness::tests
