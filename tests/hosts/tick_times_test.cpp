// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What a tick costs the server, as the border measures it.

#include "hosts/lua_world.h"

namespace liveness::tests {

TEST_SUITE("hosts/prosody/tick_times") {
  TEST_CASE("a tick takes until all that it wanted done is done") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local plugin = assert(liveness.new('example.org', { idle_timeout = 60 }, store))
      local function total(name)
        local histogram, sum = plugin:stats()[name], 0
        assert(#histogram.counts == #histogram.bounds + 1)
        for _, n in ipairs(histogram.counts) do sum = sum + n end
        return sum, histogram.sum
      end
      local function act_on_all() while plugin:next_action() do end end

      act_on_all()
      assert(total('tick') == 0)          -- nothing to do is no tick
      plugin:tick()
      assert(total('tick') == 0)          -- its actions are still to be taken
      local began = os.clock()
      while os.clock() - began < 0.02 do end  -- they are carried out
      act_on_all()
      local ticks, took = total('tick')
      assert(ticks == 1 and took >= 0.02, took)
      assert(total('tick_lateness') == 0)  -- nobody had wanted the first one at any time
      act_on_all()
      assert(total('tick') == 1)
      plugin:tick()
      act_on_all()
      local lates, lateness = total('tick_lateness')
      assert(total('tick') == 2 and lates == 1)
      assert(lateness == 0)                -- it came at once, before it was due
      plugin:close(true)
      act_on_all()
    )");
  }
}

}  // namespace liveness::tests
