// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/lua_world.h"

namespace liveness::tests {

namespace {

/// A plugin with two sessions, and answer(token): what comes for a question that was not answered at once.
const std::string kWithSessions = LuaWorld::load() + R"(
  plugin = assert(liveness.new('example.org', {}, store))
  plugin:start()
  juliet = plugin:open('juliet', 'balcony', 'tcp', false, false)
  plugin:presence(juliet, true, 'away', 'on the balcony', 3)
  romeo = plugin:open('romeo', 'orchard', 'websocket', false, false)
  function answer(token)
    assert(math.type(token) == 'integer', token)
    local deadline = os.time() + 60
    while os.time() < deadline do
      plugin:tick()
      for kind, of, found in plugin.next_action, plugin do
        if kind == 'answer' and of == token then return found end
      end
    end
    error('no answer')
  end
  function page(...)
    local number = assert(plugin:begin_page { ... })
    while true do
      local document = plugin:continue_page(number)
      assert(document ~= nil)
      if document then return document, number end
    end
  end
  function has(document, text) assert(document:find(text, 1, true), document) end
)";

}  // namespace

TEST_SUITE("hosts/prosody/documents") {
  TEST_CASE("a page of sessions is put together in steps, and then it is no more") {
    LuaWorld world;
    world.run(kWithSessions + R"(
      local document, number = page()
      has(document, '"matched":2') has(document, 'juliet@example.org/balcony') has(document, 'romeo@example.org')
      assert(plugin:continue_page(number) == nil)
      has(page('q', 'BALC', 'limit', '1'), '"matched":1')
      has(page('transport', 'bosh'), '"sessions":[]')
      local given_up = plugin:begin_page {}
      plugin:give_up_page(given_up)
      plugin:give_up_page(given_up)
      assert(plugin:continue_page(given_up) == nil)
      for _, number in ipairs { 0, -1, math.maxinteger } do assert(plugin:continue_page(number) == nil) end
    )");
  }

  TEST_CASE("there are not more pages at once than a few") {
    LuaWorld world;
    world.run(kWithSessions + R"(
      local pages = {}
      while #pages < 1000 do
        local number, err = plugin:begin_page {}
        assert(err == nil)
        if not number then break end
        pages[#pages + 1] = number
      end
      assert(#pages >= 16 and #pages < 1000)
      plugin:give_up_page(pages[1])
      assert(plugin:begin_page {})
      plugin:close(false)
      assert(not pcall(plugin.continue_page, plugin, pages[2]))
    )");
  }

  TEST_CASE("a question that makes no sense is false and what is wrong with it") {
    LuaWorld world;
    world.run(kWithSessions + R"(
      for method, bad in pairs { begin_page = { 'state', 'dead' }, series_document = { 'span', '7' },
          ask_users = { 'cause', 'boredom' } } do
        local no, message = plugin[method](plugin, bad)
        assert(no == false and message:find(bad[2], 1, true), method)
        no, message = plugin[method](plugin, { 'unheard_of', 'x' })
        assert(no == false and message:find('unheard_of', 1, true), method)
        assert(not pcall(plugin[method], plugin, { 'q', {} }))
        assert(not pcall(plugin[method], plugin))
      end
      local no, message = plugin:ask_user('juliet@example.org', { 'limit', 'x' }, {})
      assert(no == false and message:find('limit', 1, true))
    )");
  }

  TEST_CASE("a session has a document for as long as something is known of it") {
    LuaWorld world;
    world.run(kWithSessions + R"(
      has(plugin:session_document(juliet), '"status":"on the balcony"')
      assert(plugin:jid_of(juliet) == 'juliet@example.org/balcony')
      plugin:closed(juliet, 'connection_lost')
      has(plugin:session_document(juliet), '"session":null')
      has(plugin:session_document(juliet), '"cause":"connection_lost"')
      assert(plugin:jid_of(juliet) == nil)
      for _, id in ipairs { 0, -1, 12345, math.maxinteger, math.mininteger } do
        assert(plugin:session_document(id) == nil and plugin:jid_of(id) == nil)
      end
    )");
  }

  TEST_CASE("a server out of memory gets an error instead of a document, not a leak or a crash") {
    long left = -1;  // unlimited
    LuaWorld world{&left};
    world.run(kWithSessions);
    int failed = 0;
    for (long allocations = 0; allocations < 100; ++allocations) {
      std::string error;
      left = allocations;
      const bool ok = world.tryRun(R"(
        local number = plugin:begin_page { 'q', 'a text that is longer than any small string', 'limit', '10' }
        if number then repeat local document = plugin:continue_page(number) until document ~= false end
        plugin:begin_page { 'state', 'a state that is longer than any small string' }
        plugin:session_document(juliet)
        plugin:jid_of(juliet)
        plugin:stats_document()
        plugin:series_document {}
        plugin:ask_users { 'q', 'nobody who is longer than any small string' }
        plugin:ask_user('juliet@example.org', { 'limit', '5' }, { 'juliet@example.org/balcony', 'x' })
        plugin:tick()
        while plugin:next_action() do end
      )",
                                   error);
      left = -1;
      if (!ok) ++failed;
      world.run("collectgarbage()");
    }
    CHECK(failed > 5);
    CHECK(failed < 100);  // the last rounds had enough
    world.run("has(page(), '\"matched\":2')");
  }

  TEST_CASE("users are answered for from the database, and whether they are here from the sessions") {
    LuaWorld world;
    world.run(kWithSessions + R"(
      local function user(...) return answer(plugin:ask_user('juliet@example.org', {}, { ... })) end
      has(user('juliet@example.org/balcony'), '"online":true')
      has(user(), '"online":true')
      has(answer(plugin:ask_user('romeo@example.org', {}, { 'romeo@example.org/orchard' })), '"online":false')
      has(answer(plugin:ask_users {}), '"matched":0')
      plugin:presence(juliet, false, nil, 'good night', 0)
      has(user(), '"online":false')
      plugin:closed(juliet, 'logged_out')
      local deadline = os.time() + 60
      local document
      repeat document = answer(plugin:ask_users { 'q', 'NIGHT' }) until document:find('"matched":1', 1, true)
        or os.time() > deadline
      has(document, '"status":"good night"')
      has(user(), '"cause":"logged_out"')
      has(plugin:stats_document(), '"logged_out":1')
      has(plugin:series_document {}, '"step":10')
      has(plugin:series_document { 'span', '86400' }, '"step":60')
    )");
  }
}

}  // namespace liveness::tests
