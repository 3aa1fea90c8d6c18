// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Questions of Prosody's users to the plugin, and who waits for their answers.

#include "hosts/lua_module.h"

namespace liveness::tests {

TEST_SUITE("hosts/prosody/desk") {
  const std::string kDesk = luaModule() + R"(
      life = module:require 'life'.begin()
      tokens, asked, heard, at_hand = 0, 0, {}, {}
      local plugin = {}
      function plugin:find_last_seen(bare_jid)
        if at_hand[bare_jid] then return false, at_hand[bare_jid] end
        if refused then return nil, refused end
        tokens = tokens + 1
        return tokens
      end
      function plugin:find_last_activity(bare_jid)
        if bare_jid == 'here' then return true end
        if at_hand[bare_jid] then return false, at_hand[bare_jid].last_heard, at_hand[bare_jid].status end
        return self:find_last_seen(bare_jid)
      end
      plugin.find_history = plugin.find_last_seen
      desk = module:require 'questions'.desk(life, plugin, function () asked = asked + 1 end)
      function hear(name)
        return function (found, why)
          heard[#heard + 1] = name .. ':' .. tostring(found and found.last_heard) .. (why and ' ' .. why or '')
        end
      end
      function all_heard()
        local text = table.concat(heard, ', ')
        heard = {}
        return text
      end
      late = ' the database has not answered within 10 seconds'
    )";

  TEST_CASE("all who ask about a user while it is looked up have one answer, each once") {
    LuaWorld world;
    world.run(kDesk + R"(
      desk.look_up('juliet', hear 'a') desk.look_up('juliet', hear 'b') desk.look_up('romeo', hear 'c')
      same(tokens, 2) same(#heard, 0) same(asked, 3)
      desk.answer(1, { last_heard = 5 }) desk.answer(1, { last_heard = 6 }) desk.answer(17, {})
      same(all_heard(), 'a:5, b:5')
      desk.look_up('juliet', hear 'd')
      same(tokens, 3)
      desk.answer(2, nil) desk.answer(3, { last_heard = 7 })
      same(all_heard(), 'c:nil, d:7')
      pass(20) desk.sweep() life.finish('over')
      same(#heard, 0)
    )");
  }

  TEST_CASE("what is at hand, or cannot be asked, is answered at once") {
    LuaWorld world;
    world.run(kDesk + R"(
      at_hand.juliet = { last_heard = 5, status = 'gone' }
      desk.look_up('juliet', hear 'a')
      refused = 'no'
      desk.look_up('romeo', hear 'b') desk.ask('find_history', hear 'c', 'romeo')
      same(all_heard(), 'a:5, b:nil no, c:nil no') same(asked, 0)
      local function tell(origin, stanza, last_heard, status, err)
        heard[#heard + 1] = table.concat({ origin, stanza, tostring(last_heard), tostring(status), tostring(err) }, ' ')
      end
      desk.look_up_activity('here', tell, 'o', 's') desk.look_up_activity('juliet', tell, 'o', 's')
      desk.look_up_activity('romeo', tell, 'o', 's')
      same(all_heard(), 'o s true nil nil, o s 5 gone nil, o s nil nil no')
      refused = nil
      desk.look_up_activity('romeo', tell, 'o', 's') desk.look_up('romeo', hear 'd')
      same(tokens, 1)
      desk.answer(1, { last_heard = 9, status = 'off' })
      same(all_heard(), 'o s 9 off nil, d:9')
    )");
  }

  TEST_CASE("who asks after a user has come or gone does not get the answer to an older question") {
    LuaWorld world;
    world.run(kDesk + R"(
      desk.look_up('juliet', hear 'before')
      desk.outdated('juliet') desk.outdated('nobody')
      desk.look_up('juliet', hear 'after')
      same(tokens, 2)
      desk.answer(1, { last_heard = 1 })
      same(all_heard(), 'before:1')
      desk.look_up('juliet', hear 'too')
      same(tokens, 2)
      desk.answer(2, { last_heard = 2 })
      same(all_heard(), 'after:2, too:2')
    )");
  }

  TEST_CASE("nobody waits longer than ten seconds, and who came later has their own") {
    LuaWorld world;
    world.run(kDesk + R"(
      desk.look_up('juliet', hear 'a') desk.ask('find_history', hear 'b', 'juliet')
      pass(4)
      desk.look_up('juliet', hear 'c')
      pass(5.9) desk.sweep()
      same(#heard, 0)
      pass(0.2) desk.sweep()
      same(all_heard(), 'a:nil' .. late .. ', b:nil' .. late)
      desk.answer(2, { last_heard = 5 })
      same(#heard, 0)
      desk.look_up('juliet', hear 'd')
      same(tokens, 2)
      desk.answer(1, { last_heard = 5 })
      same(all_heard(), 'c:5, d:5')
    )");
  }

  TEST_CASE("ten thousand wait, and whoever comes then is told so, until there is room") {
    LuaWorld world;
    world.run(kDesk + R"(
      local answers = 0
      for n = 1, 10000 do desk.look_up('user' .. n, function () answers = answers + 1 end) end
      desk.look_up('juliet', hear 'a')
      same(all_heard(), 'a:nil too many questions wait for the database already')
      desk.answer(1, nil)
      desk.look_up('juliet', hear 'b')
      same(#heard, 0)
      pass(10) desk.sweep()
      same(answers, 10000) same(all_heard(), 'b:nil' .. late)
    )");
  }

  TEST_CASE("questions that are over leave nothing behind") {
    LuaWorld world;
    world.run(kDesk + R"(
      local function some(n)
        for _ = 1, n do
          local token = tokens + 1
          desk.look_up('juliet', function () end) desk.ask('find_history', function () end, 'juliet')
          desk.answer(token, nil)
          pass(11) desk.sweep()
        end
        collectgarbage() collectgarbage()
        return collectgarbage('count')
      end
      local before = some(100)
      local after = some(2000)
      assert(after - before < 20, after - before)
    )");
  }

  TEST_CASE("an error of one who is answered is a line in the log, and nobody else's") {
    LuaWorld world;
    world.run(kDesk + R"(
      desk.look_up('juliet', function () error('trouble', 0) end) desk.look_up('juliet', hear 'a')
      desk.answer(1, { last_heard = 5 })
      same(all_heard(), 'a:5')
      same(table.concat(lines, ', '), 'error after a look-up: trouble')
    )");
  }

  TEST_CASE("at the end all who wait are told, and who asks then is told at once") {
    LuaWorld world;
    world.run(kDesk + R"(
      desk.look_up('juliet', hear 'a') desk.ask('find_history', hear 'b', 'juliet')
      life.finish('over')
      same(all_heard(), 'a:nil over, b:nil over')
      local before = asked
      desk.look_up('juliet', hear 'c') desk.ask('find_history', hear 'd', 'juliet') desk.await(17, hear 'e')
      desk.look_up_activity('here', function (_, _, last_heard, _, err) same(last_heard, nil) same(err, 'over') end)
      same(all_heard(), 'c:nil over, d:nil over, e:nil over')
      same(tokens, 2) same(asked, before)
      desk.answer(1, { last_heard = 5 }) pass(20) desk.sweep()
      same(#heard, 0)
    )");
  }
}

}  // namespace liveness::tests
