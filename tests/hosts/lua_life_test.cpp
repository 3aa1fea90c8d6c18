// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// One life of Prosody's module, and what is done in it again and again.

#include "hosts/lua_module.h"

namespace liveness::tests {

TEST_SUITE("hosts/prosody/life") {
  TEST_CASE("what is asked after the end is nil, and why") {
    LuaWorld world;
    world.run(luaModule() + R"(
      local life = module:require 'life'.begin()
      local asked = 0
      local ask = life.lasting(function (...) asked = asked + 1 return ... end)
      same(select('#', ask(1, nil)), 2)
      same(life.ended(), nil)
      life.finish('it is over')
      life.finish('again')
      local answer, why = ask(1)
      same(answer, nil) same(why, 'it is over') same(asked, 1) same(life.ended(), 'it is over')
    )");
  }

  TEST_CASE(
      "whoever waits for the end is told once and in order, but who took that back, whatever others do") {
    LuaWorld world;
    world.run(luaModule() + R"(
      local life = module:require 'life'.begin()
      local told = {}
      local function tell(name) return function (why) told[#told + 1] = name .. ' ' .. why end end
      life.at_end(tell 'first')
      local take_back = life.at_end(tell 'nobody')
      life.at_end(function () error('trouble', 0) end)
      life.at_end(tell 'last')
      take_back()
      life.finish('over')
      same(table.concat(told, ', '), 'first over, last over')
      same(table.concat(lines, ', '), 'error at the end of the module: trouble')
      life.at_end(tell 'late')()
      life.finish('over')
      same(table.concat(told, ', '), 'first over, last over, late over')
    )");
  }

  TEST_CASE("a timer goes on as it wants to, and not after the end") {
    LuaWorld world;
    world.run(luaModule() + R"(
      local life = module:require 'life'.begin()
      local at = {}
      life.add_timer(1, function (now, what) at[#at + 1] = now .. what return 2 end, '!')
      pass(4)
      same(table.concat(at, ' '), '1001! 1003!')
      life.finish('over')
      pass(100)
      same(#at, 2) same(#timers, 0)
    )");
  }
}

TEST_SUITE("hosts/prosody/alarm") {
  const std::string kAlarm = luaModule() + R"(
      life = module:require 'life'.begin()
      at, wait = {}, 60
      alarm = module:require 'alarm'.alarm(life, function ()
        at[#at + 1] = clock - 1000
        if when_it_rings then when_it_rings() end
        return wait
      end)
    )";

  TEST_CASE("an alarm goes off at the earliest of the times that were asked for, and is not put off") {
    LuaWorld world;
    world.run(kAlarm + R"(
      alarm.set(5)
      for _ = 1, 4 do pass(1) alarm.set(5) end
      pass(1)
      same(table.concat(at, ' '), '5')
      alarm.set(3)
      pass(59)
      same(table.concat(at, ' '), '5 8')
      pass(4)
      same(table.concat(at, ' '), '5 8 68')
    )");
  }

  TEST_CASE("timers that were stopped and go off all the same do nothing, and do not come again") {
    LuaWorld world;
    world.run(kAlarm + R"(
      wait = 10
      for delay = 9, 1, -1 do alarm.set(delay) end
      pass(41)
      same(table.concat(at, ' '), '1 11 21 31 41') same(#timers, 1)
    )");
  }

  TEST_CASE("what is asked for while it goes off holds for once") {
    LuaWorld world;
    world.run(kAlarm + R"(
      function when_it_rings()
        alarm.set(2)
        alarm.set(4)
        when_it_rings = nil
      end
      alarm.set(0)
      pass(100)
      same(table.concat(at, ' '), '0 2 62') same(#timers, 1)
    )");
  }

  TEST_CASE("an error is a line in the log, and the next time comes a second later") {
    LuaWorld world;
    world.run(kAlarm + R"(
      function when_it_rings()
        if #at == 1 then error('trouble', 0) end
      end
      alarm.set(0)
      pass(30)
      same(table.concat(at, ' '), '0 1')
      same(#lines, 1) assert(lines[1]:find('^error Error in timer: trouble'), lines[1])
    )");
  }

  TEST_CASE("nothing is in line after the end") {
    LuaWorld world;
    world.run(kAlarm + R"(
      alarm.set(5)
      life.finish('over')
      alarm.set(1)
      same(#timers, 1)
      pass(100)
      same(#at, 0) same(#timers, 0)
    )");
  }
}

TEST_SUITE("hosts/prosody/page work") {
  const std::string kWork = luaModule() + R"(
      life = module:require 'life'.begin()
      line = module:require 'page_work'.line(life)
      did = {}
      function job(name, steps)
        return function ()
          did[#did + 1] = name
          steps = steps - 1
          return steps == 0
        end
      end
    )";

  TEST_CASE("jobs have a step each in turn, one for each turn of the server's loop") {
    LuaWorld world;
    world.run(kWork + R"(
      line.add(job('a', 3)) line.add(job('b', 1)) line.add(job('c', 2))
      same(#did, 0) same(#timers, 1)
      pass(0)
      same(table.concat(did), 'abcaca') same(#timers, 0)
      line.add(job('d', 1))
      pass(0)
      same(table.concat(did), 'abcacad') same(#timers, 0)
    )");
  }

  TEST_CASE("a job that fails is a line in the log, and keeps no other from its turn") {
    LuaWorld world;
    world.run(kWork + R"(
      line.add(function () error('trouble', 0) end) line.add(job('a', 2))
      pass(0)
      same(table.concat(did), 'aa') same(#timers, 0)
      same(table.concat(lines, ', '), 'error while putting an answer together: trouble')
    )");
  }
}

}  // namespace liveness::tests
