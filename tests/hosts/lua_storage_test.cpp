// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What Prosody's adapter does where the server's storage or a client tries again and again.

#include "hosts/lua_module.h"

namespace liveness::tests {

TEST_SUITE("hosts/prosody/trouble") {
  const std::string kTrouble = luaModule() + R"(
      it = module:require 'trouble'.watch('it does not work')
      function fail_after(seconds)
        pass(seconds)
        it.failed('full')
        return it.wait()
      end
    )";

  TEST_CASE("trouble is a line when it begins and one when it ends, and is tried more and more seldom") {
    LuaWorld world;
    world.run(kTrouble + R"(
      assert(it.worth_a_try()) same(it.wait(), 0)
      it.worked()
      same(#lines, 0)
      same(fail_after(0), 30)
      same(table.concat(lines), 'warn it does not work: full; said again when it works')
      assert(not it.worth_a_try())
      same(fail_after(10), 20)
      pass(19) assert(not it.worth_a_try())
      pass(1) assert(it.worth_a_try())
      same(fail_after(0), 60) same(fail_after(59.5), 0.5) same(fail_after(0.5), 120)
      same(fail_after(120), 240) same(fail_after(240), 480) same(fail_after(480), 960)
      same(fail_after(960), 1920) same(fail_after(1920), 3600) same(fail_after(3600), 3600)
      same(#lines, 1)
      pass(3600)
      it.worked()
      same(#lines, 2)
      same(lines[2], 'info it does not work: works again after 11010 s and 11 failed attempts')
      it.worked()
      same(#lines, 2)
    )");
  }

  TEST_CASE("one that goes well before it was worth another attempt is not the end of it") {
    LuaWorld world;
    world.run(kTrouble + R"(
      it.failed('one file of many')
      for _ = 1, 29 do pass(1) it.worked() it.failed('one file of many') end
      same(#lines, 1) same(it.wait(), 1)
      pass(1)
      it.worked()
      same(lines[2], 'info it does not work: works again after 30 s and 30 failed attempts')
    )");
  }

  TEST_CASE("what fails again shortly after its end goes on to be tried seldom, later it begins anew") {
    LuaWorld world;
    world.run(kTrouble + R"(
      same(fail_after(0), 30)
      pass(30) it.worked()
      same(fail_after(5), 60)
      pass(60) it.worked()
      same(lines[4], 'info it does not work: works again after 60 s and 1 failed attempt')
      same(fail_after(5), 120) same(#lines, 5)
      pass(120) it.worked()
      same(fail_after(1000), 30)
      same(lines[#lines], 'warn it does not work: full; said again when it works')
    )");
  }
}

TEST_SUITE("hosts/prosody/page throttle") {
  TEST_CASE("so many go at once, and as many again in each period, for each by themselves") {
    LuaWorld world;
    world.run(luaModule() + R"(
      local guesses = module:require 'page_throttle'.throttle(10, 40, 100)
      local function take(n) for _ = 1, n do same(guesses.wait('a'), 0) guesses.take('a') end end
      take(10)
      same(guesses.wait('a'), 4) same(guesses.wait('b'), 0)
      pass(3) same(guesses.wait('a'), 1)
      pass(1) take(1) same(guesses.wait('a'), 4)
      pass(8) take(2) same(guesses.wait('a'), 4)
      pass(400) take(10) same(guesses.wait('a'), 4) -- what was not used is not saved up
      guesses.give_back('a') take(1) same(guesses.wait('a'), 4)
      pass(400) guesses.take('a') guesses.give_back('a') guesses.give_back('a') take(10)
      same(guesses.wait('a'), 4)
    )");
  }
}

TEST_SUITE("hosts/prosody/consents") {
  const std::string kConsents = luaModule() + R"(
      stored.juliet = { status = true, last_seen = false }
      consents = module:require 'consents'.registry()
      function sees(username) local to = consents.of(username) return to and to.status end
    )";

  TEST_CASE("a consent is believed for a minute, or until somebody logs in by that name") {
    LuaWorld world;
    world.run(kConsents + R"(
      same(gets, 0)
      same(sees('juliet'), true) same(sees('juliet'), true) same(gets, 1)
      same(sees('nobody'), nil) same(gets, 1)
      stored.juliet = nil
      pass(59) same(sees('juliet'), true) same(gets, 1)
      pass(1) same(sees('juliet'), nil) same(gets, 2)
      same(sees('juliet'), nil) same(gets, 2)

      same(consents.give('romeo', { status = false }), true)
      same(sees('romeo'), false)
      stored.romeo = nil
      consents.doubt('nobody') same(sees('romeo'), false)
      consents.doubt('romeo') same(sees('romeo'), nil)
    )");
  }

  TEST_CASE("what cannot be read is nothing, and tried once a minute; the consent is not lost by that") {
    LuaWorld world;
    world.run(kConsents + R"(
      broken = 'the disk is gone'
      for _ = 1, 50 do same(sees('juliet'), nil) pass(1) end
      same(gets, 1)
      same(table.concat(lines), 'warn what users let everybody see cannot be read: juliet: the disk is gone; '
        .. 'said again when it works')
      broken = nil
      pass(10) same(sees('juliet'), true) same(gets, 2)
      same(#lines, 2)
    )");
  }

  TEST_CASE(
      "a consent that cannot be kept is none, and one that is withdrawn holds no more, whatever the disk "
      "does") {
    LuaWorld world;
    world.run(kConsents + R"(
      same(sees('juliet'), true)
      full = 'the disk is full'
      same(consents.give('romeo', { status = true }), false)
      same(sees('romeo'), nil)
      same(not consents.withdraw('juliet'), true)
      same(sees('juliet'), nil)
      full = nil
      same(sees('juliet'), nil)
      same(consents.give('juliet', { status = true }), true)
      consents.forget('juliet')
      same(sees('juliet'), nil)
      same(consents.withdraw('juliet'), true) same(stored.juliet, nil)
    )");
  }
}

TEST_SUITE("hosts/prosody/births") {
  const std::string kBirths = luaModule() + R"(
      forgotten, seen = {}, {}
      local plugin = {}
      function plugin:account(book, number, since) return book .. ':' .. number end
      function plugin:is_of_earlier_account(account, last_heard, book, number, since)
        return account ~= book .. ':' .. number
      end
      births = module:require 'births'.registry(plugin, function (bare_jid, found) found(seen[bare_jid]) end,
        function (username) forgotten[#forgotten + 1] = username end)
      book = 0x05050505
    )";

  TEST_CASE("each account is marked when it first logs in, and counted before that") {
    LuaWorld world;
    world.run(kBirths + R"(
      same(births.account_of('juliet'), book .. ':1')
      same(births.account_of('romeo'), book .. ':2')
      same(births.account_of('juliet'), book .. ':1')
      same(stored[''].last, 2) same(stored.romeo.number, 2) same(stored.romeo.since, 1700000000 + clock)
      stored.juliet = nil -- the account was deleted elsewhere, and there is another one
      same(births.account_of('juliet'), book .. ':3')
    )");
  }

  TEST_CASE("a record is another account's where the user had no mark, and not where its mark was spoiled") {
    LuaWorld world;
    world.run(kBirths + R"(
      seen['juliet@example.org'] = { account = 'another', last_heard = 5 }
      seen['romeo@example.org'] = { account = 'another', last_heard = 5 }
      stored[''] = { book = 7, last = 'spoiled' }
      stored.romeo = { book = 7, number = 3 } -- an earlier version did not say since when
      births.account_of('juliet') births.account_of('romeo')
      same(table.concat(forgotten, ' '), 'juliet')
      same(stored[''].book, book) same(stored.romeo.book, book) same(stored.romeo.number, 2)
      births.account_of('juliet')
      same(#forgotten, 1)
    )");
  }

  TEST_CASE("a storage that keeps nothing and says that it did is left alone, without a word") {
    LuaWorld world;
    world.run(kBirths + R"(
      drops = true
      same(births.account_of('juliet'), nil)
      local tried = sets
      same(births.account_of('romeo'), nil) same(births.account_of('juliet'), nil)
      same(sets, tried) same(#lines, 0) same(#timers, 0)
    )");
  }

  TEST_CASE("a storage that keeps what was there, and says that it kept what it was given, is trouble") {
    LuaWorld world;
    world.run(kBirths + R"(
      stored[''] = { book = 7, last = 1 }
      drops = true
      same(births.account_of('juliet'), nil) same(stored.juliet, nil)
      same(table.concat(lines), 'warn the marks of accounts that have logged in cannot be kept: '
        .. 'example.org: what was written is not what is read; said again when it works')
      drops = false
      pass(100)
      same(births.account_of('juliet'), '7:2')
    )");
  }

  TEST_CASE("while nothing can be kept users wait for their marks, and the storage for its attempts") {
    LuaWorld world;
    world.run(kBirths + R"(
      same(births.account_of('juliet'), book .. ':1')
      full, sets = 'the disk is full', 0
      for n = 1, 50 do same(births.account_of('user' .. n), nil) end
      same(sets, 1)
      same(births.account_of('juliet'), book .. ':1') -- whose mark is there
      for n = 1, 50 do same(births.account_of('user' .. n), nil) end -- they log in again
      pass(29) same(sets, 1)
      pass(31) same(sets, 2)
      same(#lines, 1)
      hooks['user-deleted'] { host = 'example.org', username = 'user7' }
      full = nil
      pass(29) same(sets, 2)
      pass(1) same(sets, 2 + 2 * 49) same(busiest, 2 * 20)
      for n = 1, 50 do same(stored['user' .. n] ~= nil, n ~= 7) end
      same(#timers, 0)
      same(births.account_of('user7'), book .. ':51') same(births.account_of('user8') ~= nil, true)
    )");
  }

  TEST_CASE("what cannot be read is not made anew: neither a mark nor the count of all") {
    LuaWorld world;
    world.run(kBirths + R"(
      stored[''] = { book = 7, last = 41 }
      stored.juliet = { book = 7, number = 41, since = 5 }
      damaged[''] = 'the file is damaged'
      same(births.account_of('romeo'), nil)
      same(stored[''].last, 41) same(stored.romeo, nil)
      damaged[''] = nil
      pass(100)
      same(stored.romeo.number, 42)

      broken = 'the disk is gone'
      same(births.account_of('juliet'), nil) same(births.account_of('mercutio'), nil)
      same(stored[''].last, 42) same(stored.juliet.number, 41) same(stored.mercutio, nil)
      broken = nil
      pass(100)
      same(births.account_of('juliet'), '7:41') same(births.account_of('mercutio'), '7:43')
    )");
  }
}

}  // namespace liveness::tests
