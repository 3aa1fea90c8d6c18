// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What hearing a client costs from Lua: the filter that sees every read of a stream.
//
// Prints nanoseconds a call beside those of an empty Lua function called the same way, in one run. `--short`
// runs few calls and only checks that they do what they should.

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <lua.hpp>

#include "bench/counted_allocations.h"

namespace {

// Counted on both sides of the border: by Lua's allocator too, which the Lua state below is given.
using liveness::bench::allocations;

void* countingAllocator(void*, void* block, std::size_t, std::size_t wanted) {
  if (wanted == 0) {
    std::free(block);
    return nullptr;
  }
  ++allocations;
  return std::realloc(block, wanted);
}

constexpr char kChunk[] = R"(
  local calls, now = ...
  local open = assert(package.loadlib(os.getenv('LIVENESS_SO'), 'luaopen_liveness'))
  local plugin = assert(open().new('example.org', {}, 'sqlite3:///nonexistent/never/opened'))
  local hear = plugin:hearing(plugin:open('juliet', 'balcony', 'tcp', false))
  local data, session = '<presence/>', {}
  assert(hear(data, session) == data)

  local function empty(d) return d end
  local function time(f)
    for _ = 1, calls // 10 do f(data, session) end
    local best = math.huge
    for _ = 1, 5 do
      collectgarbage() collectgarbage('stop')
      local before = count()
      local t = now()
      for _ = 1, calls do f(data, session) end
      t = now() - t
      assert(count() == before, 'a call allocated')
      collectgarbage('restart')
      best = math.min(best, t / calls)
    end
    return best * 1e9
  end
  local heard, nothing = time(hear), time(empty)
  return heard, nothing
)";

int now(lua_State* L) {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  lua_pushnumber(L, static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9);
  return 1;
}

int count(lua_State* L) {
  lua_pushinteger(L, static_cast<lua_Integer>(allocations));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  lua_State* L = lua_newstate(countingAllocator, nullptr);
  luaL_openlibs(L);
  lua_register(L, "count", count);
  if (luaL_loadstring(L, kChunk) != LUA_OK) return 1;
  lua_pushinteger(L, quick ? 10000 : 5000000);
  lua_pushcfunction(L, now);
  if (lua_pcall(L, 2, 2, 0) != LUA_OK) {
    std::fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 1;
  }
  std::printf("hearing a client, from Lua: %6.1f ns a call, no allocation\n", lua_tonumber(L, -2));
  std::printf("an empty Lua function:      %6.1f ns a call\n", lua_tonumber(L, -1));
  lua_close(L);
  return 0;
}
