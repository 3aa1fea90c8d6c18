// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The border between Lua and C++: whatever comes over it, the server goes on.

#include <link.h>

#include <cstring>

#include "hosts/lua_world.h"

using liveness::tests::LuaWorld;

namespace {

bool isMapped() {
  const auto look = [](dl_phdr_info* info, std::size_t, void* found) {
    if (std::strstr(info->dlpi_name, "liveness.so") != nullptr) *static_cast<bool*>(found) = true;
    return 0;
  };
  bool found = false;
  dl_iterate_phdr(look, &found);
  return found;
}

constexpr char kNew[] = "plugin = assert(liveness.new('example.org', { idle_timeout = 60 }, store)) ";

// answer(token): waits for the store's.
constexpr char kAnswer[] = R"(
  local function answer(token)
    local deadline = os.time() + 60
    repeat
      plugin:tick()
      for kind, for_token, found in plugin.next_action, plugin do
        if kind == 'answer' and for_token == token then return found end
      end
    until os.time() >= deadline
    error('no answer from the store')
  end
)";

}  // namespace

TEST_SUITE("hosts/prosody/border") {
  TEST_CASE("the shared object is loaded and unloaded twice, and leaves nothing behind") {
    for (int round = 0; round < 2; ++round) {
      {
        LuaWorld world;
        world.run(LuaWorld::load() + kNew +
                  "local id = plugin:open('juliet', 'balcony', 'tcp', false) "
                  "plugin:presence(id, true, 'away', 'here', 5) "
                  "plugin:start() assert(plugin:tick() <= 1) "
                  "assert(liveness.version)");
        CHECK(isMapped());
      }
      CHECK_FALSE(isMapped());
    }
  }

  TEST_CASE("a session's life over the border is what its events say") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local id = plugin:open('juliet', 'balcony', 'websocket', false)
      assert(math.type(id) == 'integer' and id > 0)
      local s = plugin:sessions()[1]
      local some, cursor = plugin:some_sessions(0, 1)
      assert(#some == 1 and some[1].jid == s.jid and math.type(cursor) == 'integer')
      assert(#plugin:some_sessions(1000, 1) == 0 and not pcall(plugin.some_sessions, plugin, 0))
      assert(#plugin:sessions() == 1 and s.id == tostring(id) and s.jid == 'juliet@example.org/balcony')
      assert(s.state == 'reachable' and s.transport == 'websocket' and s.available == false)
      plugin:presence(id, true, 'dnd', 'busy', -7)
      s = plugin:sessions()[1]
      assert(s.available and s.show == 'dnd' and s.status == 'busy' and s.priority == -7)
      plugin:presence(id, true, 'no such show', nil, 1e300)
      s = plugin:sessions()[1]
      assert(s.show == 'online' and s.status == '' and s.priority == 127)
      plugin:presence(id, true, nil, nil, 0/0)
      assert(plugin:sessions()[1].priority == 0)
      plugin:held(id) assert(plugin:sessions()[1].state == 'held')
      plugin:resumed(id) assert(plugin:sessions()[1].state == 'reachable')
      plugin:closed(id, 'kicked')
      assert(#plugin:sessions() == 0 and plugin:stats().logouts.kicked == 1)

      local now, seen = plugin:find_last_seen('juliet@example.org')
      assert(now == false, 'what was just recorded is at hand')
      assert(seen.jid == 'juliet@example.org' and seen.cause == 'kicked' and seen.resource == 'balcony')
      assert(math.abs(seen.logged_out_at - os.time()) < 10 and seen.last_heard <= seen.logged_out_at)
      local at_hand, last_heard, status = plugin:find_last_activity('juliet@example.org')
      assert(at_hand == false and last_heard == seen.last_heard and status == '')
    )");
  }

  TEST_CASE("a session that was there before the plugin has the times that the host knows") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local function near(a, b) return math.abs(a - b) < 5 end
      local now = os.time()
      local id = plugin:open('juliet', 'balcony', 'tcp', true, true, now - 7200.25)
      plugin:presence(id, true)
      plugin:held(id, now - 3600)
      local s = plugin:sessions()[1]
      assert(near(plugin:last_heard(id), now - 7200) and near(s.last_heard, now - 7200))
      assert(s.state == 'held' and near(s.state_since, now - 3600))
      plugin:closed(id, 'hold_expired')
      local _, seen = plugin:find_last_seen('juliet@example.org')
      assert(near(seen.last_heard, now - 7200))
      assert(plugin:last_heard(id) == nil, 'it is gone')
      for _, odd in ipairs { 0/0, 1/0, -1/0, -1, 1e300 } do
        local odd_one = plugin:open('romeo', 'r', 'tcp', true, true, odd)
        plugin:held(odd_one, odd)
        assert(plugin:last_heard(odd_one) <= now + 60)
      end
      assert(not pcall(plugin.open, plugin, 'a', 'b', 'tcp', true, true, 'soon'))
      assert(not pcall(plugin.held, plugin, id, {}))
    )");
  }

  TEST_CASE("what contacts see of a user, and whom of them is told what of a hold, comes over the border") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local user = plugin:user('juliet@example.org')
      assert(user.available == 0 and user.held == 0 and user.hidden == 0 and user.where == '')
      assert(user.state == nil and user.away == nil)
      local id = plugin:open('juliet', 'balcony', 'tcp', true, true)
      plugin:presence(id, true, 'dnd', 'not now', 5)
      plugin:held(id)
      user = plugin:user('juliet@example.org')
      assert(user.available == 1 and user.held == 1 and user.hidden == 0)
      assert(user.state == 'dnd' and user.status == 'not now' and user.away == nil)
      assert(user.where:find('1 of them held', 1, true))
      assert(plugin:find_last_activity('juliet@example.org') == true)
      plugin:presence(id, true)
      assert(plugin:user('juliet@example.org').state == 'available')

      assert(plugin:tell(id, 'romeo@example.org', 'hold') == 'held_view')
      assert(plugin:tell(id, 'romeo@example.org', 'resumption') == 'presence')
      assert(plugin:tell(id, 'romeo@example.org', 'end') == 'departure')
      plugin:directed(id, 'romeo@example.org', true, '<presence><show>xa</show></presence>')
      plugin:directed(id, 'paris@example.org', false)
      plugin:directed(id, 'tomb@rooms.example.org/juliet', true, '<presence/>')
      local what, xml = plugin:tell(id, 'romeo@example.org', 'resumption')
      assert(what == 'presence' and xml == '<presence><show>xa</show></presence>')
      what, xml = plugin:tell(id, 'paris@example.org', 'resumption')
      assert(what == 'nothing' and xml == nil)
      assert(plugin:tell(id, 'tomb@rooms.example.org', 'hold') == 'nothing')
      assert(plugin:tell(id, 'tomb@rooms.example.org', 'end_of_away') == 'departure')
      assert(not pcall(plugin.tell, plugin, id, 'romeo@example.org', 'never'))
    )");
  }

  TEST_CASE("who is held and seen as unavailable has an activity that nobody looked up") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local plugin = assert(liveness.new('example.org', { held_grace = 0 }, store))
      local id = plugin:open('juliet', 'balcony', 'tcp', true, true)
      plugin:presence(id, true)
      local other = plugin:open('juliet', 'garden', 'tcp', true, true)
      plugin:presence(other, true)
      plugin:held(id)
      plugin:presence(other, false, nil, 'good night', 0, '<presence><status>good night</status></presence>')
      plugin:tick()
      local user = plugin:user('juliet@example.org')
      assert(user.available == 0 and user.hidden == 1, user.hidden)
      assert(user.away.words == 'good night' and user.away.jid == 'juliet@example.org')
      assert(user.away.offline_presence:find('good night', 1, true) and user.where:find('is held', 1, true))
      local at_hand, last_heard, status = plugin:find_last_activity('juliet@example.org')
      assert(at_hand == false and status == 'good night')
      assert(math.abs(last_heard - user.away.last_heard) < 1) -- told as time passes, to a sixteenth of a second
    )");
  }

  TEST_CASE("what is not at hand is answered with an action that has the question's token") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + kAnswer + R"(
      local id = plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:presence(id, true)
      plugin:presence(id, false, nil, 'gone to Mantua', 0)
      plugin:close(true)

      plugin = assert(liveness.new('example.org', {}, store)) -- another, which remembers nothing
      plugin:start()
      local token = plugin:find_last_seen('juliet@example.org')
      assert(math.type(token) == 'integer')
      local seen = answer(token)
      assert(seen.jid == 'juliet@example.org' and seen.cause == 'logged_out' and seen.resource == 'balcony')
      assert(seen.status == 'gone to Mantua')
      assert(answer(plugin:find_last_seen('romeo@example.org')) == nil)
      local at_hand, nobody = plugin:find_last_seen('romeo@example.org')
      assert(at_hand == false and nobody == nil)
      assert(select('#', plugin:find_last_activity('romeo@example.org')) == 1)
      assert(answer(plugin:find_last_activity('mercutio@example.org')) == nil)
    )");
  }

  TEST_CASE("every question of an operator has an answer of its own kind") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + kAnswer + R"(
      plugin:start()
      local day = 24 * 3600
      for _, token in ipairs {
        plugin:find_history('juliet@example.org', 10), plugin:find_history('juliet@example.org', -1),
        plugin:find_unknown {}, plugin:find_unknown { 'juliet@example.org', 'romeo@example.org' } } do
        assert(type(answer(token)) == 'table')
      end
      for _, before in ipairs { 0, os.time(), -5, math.maxinteger, math.mininteger } do
        local inactive = answer(plugin:find_inactive(before, 10))
        assert(inactive.total == 0 and #inactive.users == 0)
      end
      local counts = answer(plugin:count_active { os.time() - day, 0, math.maxinteger })
      assert(#counts == 3 and counts[1] == 0)
      assert(#answer(plugin:count_active {}) == 0)
      assert(not pcall(plugin.count_active, plugin, { 'x' }))
      assert(not pcall(plugin.find_unknown, plugin, { 'x', {} }))

      local id = plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:presence(id, true)
      plugin:presence(id, false, nil, 'gone to Mantua', 0)
      local deadline = os.time() + 60 -- who is connected, and the end of it, is told in a tick
      local found
      repeat found = answer(plugin:find_users { limit = 10 }) until found.matched == 0 or os.time() > deadline
      assert(found.matched == 0) -- who is connected is here
      plugin:closed(id, 'logged_out')
      repeat found = answer(plugin:find_users { text = 'MANTUA', cause = 'logged_out', sort = 'last_heard',
        descending = true, limit = 10 }) until found.matched == 1 or os.time() > deadline
      assert(found.matched == 1 and #found.users == 1 and found.users[1].jid == 'juliet@example.org')
      found = answer(plugin:find_users { limit = 10, offset = 1 })
      assert(found.matched == 1 and #found.users == 0)
      assert(answer(plugin:find_users { limit = 10, cause = 'kicked' }).matched == 0)
      for _, bad in ipairs { {}, { limit = 'x' }, { limit = 1, sort = 'age' }, { limit = 1, cause = 'x' },
          { limit = 1, text = {} }, { limit = 1, offset = 'x' } } do
        assert(not pcall(plugin.find_users, plugin, bad))
      end
      for _, offset in ipairs { -1, math.maxinteger, math.mininteger } do
        answer(plugin:find_users { limit = math.maxinteger, offset = offset })
      end
      plugin:forget('juliet@example.org')
    )");
  }

  TEST_CASE("hearing passes data on, and is deaf after the session's end, the plugin's and its collection") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local id = plugin:open('juliet', 'balcony', 'tcp', false)
      hear = plugin:hearing(id)
      assert(hear(' ', {}) == ' ' and select('#', hear('a', 'b', 'c')) == 1)
      assert(hear(nil) == nil and hear() == nil)
      plugin:closed(id, 'logged_out')
      assert(hear('late') == 'late')
      local next_id = plugin:open('romeo', 'orchard', 'tcp', false)
      assert(next_id ~= id)
      hear('of a stranger')
      assert(plugin:hearing(id)('x') == 'x')
      plugin:close(false)
      assert(hear('later') == 'later')
      plugin = nil
      collectgarbage() collectgarbage()
      assert(hear('latest') == 'latest')
    )");
  }

  TEST_CASE("a reader finds what a plugin has put on record, and judges the same options") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local reader, message = liveness.open_reader({}, store)
      assert(reader == nil and #message > 0, 'there is no database yet')
      for name, bad in pairs { idle_timeout = -1, stoer = 'x' } do
        reader, message = liveness.open_reader({ [name] = bad }, store)
        assert(reader == nil and message:find('liveness_' .. name, 1, true), message)
      end
      assert(not pcall(liveness.open_reader, store) and not pcall(liveness.open_reader, {}))
    )" + kNew +
              R"(
      local id = plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:presence(id, true)
      plugin:presence(id, false, nil, 'gone to Mantua', 0)
      plugin:start()
      plugin:close(true)

      reader = assert(liveness.open_reader({ store = store }, 'sqlite3:///no/such/file'))
      local inactive = assert(reader:inactive('example.org', os.time() + 10, 10))
      assert(inactive.total == 1 and #inactive.users == 1)
      assert(inactive.users[1].jid == 'juliet@example.org' and inactive.users[1].status == 'gone to Mantua')
      local unknown = assert(reader:unknown { 'juliet@example.org', 'romeo@example.org' })
      assert(#unknown == 1 and unknown[1] == 'romeo@example.org')
      assert(reader:active('example.org', { 0 })[1] == 1 and #reader:active('example.org', {}) == 0)
      assert(#reader:history('romeo@example.org', 10) == 0)
      for name, arguments in pairs { history = { {}, 1 }, inactive = { 'x', 'y', 1 }, active = { 'x', { 'y' } },
          unknown = { { {} } } } do
        assert(not pcall(reader[name], reader, table.unpack(arguments)), name)
        assert(not pcall(reader[name], io.stdout, 'x', 1, 1), name)
      end
      assert(getmetatable(reader) == 'liveness reader')
    )");
  }

  TEST_CASE("stale and made-up session ids do nothing") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local id = plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:presence(id, true)
      plugin:closed(id, 'logged_out')
      local other = plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:presence(other, true)
      for _, bad in ipairs { id, 0, -1, 1, math.maxinteger, math.mininteger, 1 << 32, (1 << 32) - 1 } do
        plugin:presence(bad, false)
        plugin:answered(bad, 1)
        plugin:management_enabled(bad, true)
        plugin:client_state(bad, false)
        plugin:held(bad)
        plugin:resumed(bad)
        plugin:closed(bad, 'kicked')
        plugin:hearing(bad)('x')
      end
      assert(#plugin:sessions() == 1 and plugin:sessions()[1].available)
      assert(plugin:stats().logouts.kicked == 0)
    )");
  }

  TEST_CASE("a closed plugin refuses every call by an error, and can be closed again") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      plugin:open('juliet', 'balcony', 'tcp', false)
      plugin:close(true)
      plugin:close(true)
      while plugin:next_action() do end
      local methods = 0
      for name, method in pairs { open = { 'a', 'b', 'tcp' }, hearing = { 1 }, presence = { 1, true },
          management_enabled = { 1, true }, client_state = { 1, false }, answered = { 1, 1 }, held = { 1 }, resumed = { 1 },
          closed = { 1, 'kicked' }, last_heard = { 1 }, start = {}, tick = {}, find_last_seen = { 'a@b' }, find_last_activity = { 'a@b' },
          find_history = { 'a@b', 1 }, find_inactive = { 0, 1 }, count_active = { { 0 } },
          find_unknown = { { 'a@b' } }, find_users = { { limit = 1 } }, forget = { 'a@b' }, user = { 'a@b' },
          directed = { 1, 'a@b', true }, tell = { 1, 'a@b', 'hold' }, sessions = {}, stats = {}, configure = { {} },
          judge = { {} }, guard_page = { {}, {} }, judge_asker = { '', '', true, {} }, place_of = { '::1' } } do
        methods = methods + 1
        local ok, err = pcall(plugin[name], plugin, table.unpack(method))
        assert(not ok and tostring(err):find('closed', 1, true), name)
      end
      assert(methods == 30)
    )");
  }

  TEST_CASE("any arguments to any entry point end in a result or an error") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local values = { false, true, 0, 1, -1, 1.5, 0/0, 1/0, math.mininteger, 1 << 40, '', 'x', 'tcp', 'kicked',
        'a\0b', '\255\254', ('x'):rep(100000), {}, print, io.stdout, coroutine.create(print),
        { 'a@b', 'c@d' }, { 0, 1 << 62, -1 }, { limit = 1 << 62, offset = -1, text = 'a\0b' } }
      local n = #values + 1 -- one more than there are: nil
      local names = { 'open', 'hearing', 'presence', 'management_enabled', 'client_state', 'answered', 'held', 'resumed', 'closed',
        'last_heard', 'start', 'tick', 'next_action', 'find_last_seen', 'find_last_activity', 'find_history', 'find_inactive',
        'count_active', 'find_unknown', 'find_users', 'forget', 'sessions', 'stats', 'configure', 'judge',
        'guard_page', 'judge_asker', 'place_of', 'user', 'directed', 'tell' }
      math.randomseed(1)
      for round = 1, 300 do
        -- Some are left to the collector: the next one of the same node would be kept from the store so long.
        local plugin = assert(liveness.new('example.org', { node = 'node ' .. round }, store))
        for _, name in ipairs(names) do
          local method = assert(plugin[name], name)
          for self_too = 0, 1 do
            local arguments = {}
            local count = math.random(0, 8)
            for i = 1, count do arguments[i] = values[math.random(n)] end
            if self_too == 1 then
              pcall(method, plugin, table.unpack(arguments, 1, count))
            else
              pcall(method, table.unpack(arguments, 1, count))
            end
          end
        end
        local arguments = {}
        for i = 1, 5 do arguments[i] = values[math.random(n)] end
        local ok, other = pcall(liveness.new, table.unpack(arguments, 1, 5))
        if round % 3 == 0 then plugin:close(true) end
      end
      assert(getmetatable(liveness.new('example.org', {}, store)) == 'liveness plugin')
    )");
  }

  TEST_CASE("a bad option is nil and one line that names it, and no plugin") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      for name, bad in pairs { idle_timeout = 'soon', ping = 1, ping_attempts = 0, store = 'mysql://x',
          idle_timeot = 60 } do
        local plugin, message = liveness.new('example.org', { [name] = bad }, store)
        assert(plugin == nil and message:find('liveness_' .. name, 1, true), message)
        assert(not message:find('\n', 1, true))
      end
      for _, bad in ipairs { { 1 }, print } do
        local plugin, message = liveness.new('example.org', { idle_timeout = bad }, store)
        assert(plugin == nil and message:find('a ' .. type(bad), 1, true), message)
      end
      local plugin = assert(liveness.new('example.org', { idle_timeout = 60, [1] = 'not a name' }, store))
      assert(plugin:configure { idle_timeout = 30 } == true)
      assert(plugin:configure { store = store .. 'other' } == false)
      assert(plugin:configure { node = 'another' } == false)
      assert(plugin:configure { history_days = 1, checkpoint_interval = 5 } == true)
      local ok, message = plugin:configure { idle_timeout = -1 }
      assert(ok == nil and message:find('-1', 1, true))
      assert(plugin:configure { idle_timeout = 40 } == true)
      for option, bad in pairs { idle_timeout = -1, store = 'sqlite3:///a/folder/', node = '', no_such = 1 } do
        ok, message = plugin:judge { idle_timeout = 50, [option] = bad }
        assert(ok == nil and message:find('liveness_' .. option, 1, true), message)
      end
      assert(plugin:judge { idle_timeout = 50, store = store .. 'other', node = 'another' } == true)
      assert(plugin:idle_timeout() == 40)
    )");
  }

  TEST_CASE("who asks for the page is judged by their address and by Prosody's headers") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      local function judged(address, headers) return plugin:judge_asker('127.0.0.1', address, true, headers) end
      assert(judged('127.0.0.1', {}) == 'not_served') -- nobody has said whom to let in
      plugin:guard_page({ '127.0.0.1', '192.0.2.0/24' }, { '127.0.0.1' })
      assert(judged('127.0.0.1', {}) == 'none' and judged('192.0.2.1', { host = 'x' }) == 'none')
      assert(judged('127.0.0.1', { x_forwarded_for = '127.0.0.1' }) == 'none')
      assert(judged('127.0.0.1', { x_forwarded_for = '127.0.0.1', forwarded = 'for=198.51.100.1' }) == 'no_one_client')
      assert(judged('192.0.2.1', { x_forwarded_for = '192.0.2.1', x_cluster_client_ip = 5 }) == 'no_one_client')
      assert(plugin:judge_asker('127.0.0.1', '192.0.2.1', false, {}) == 'in_the_clear')
      assert(not pcall(plugin.judge_asker, plugin, '127.0.0.1', nil, true, {}))
      assert(plugin:place_of('192.0.2.1') == '\192\0\2\1' and plugin:place_of('x') == nil)
      assert(#plugin:place_of('2001:db8::1') == 8)
    )");
  }

  TEST_CASE("a store that cannot be named is nil and a message") {
    LuaWorld world;
    world.run(LuaWorld::load() +
              "local p, message = liveness.new('example.org', {}, 'nonsense') "
              "assert(p == nil and #message > 0)");
  }

  TEST_CASE("a server out of memory at any moment gets an error, not a leak or a crash") {
    // A Lua error is a longjmp: what it finds on the C++ stack is leaked, which the leak sanitizer reports.
    int failed = 0;
    for (long allocations = 0; allocations < 400; ++allocations) {
      long left = -1;  // unlimited while the libraries are loaded
      LuaWorld world{&left};
      std::string error;
      world.run(LuaWorld::load());
      left = allocations;
      if (!world.tryRun(std::string{kNew} + R"(
            local id = plugin:open('juliet', 'a resource that is longer than any small string', 'tcp', false)
            local hear = plugin:hearing(id)
            hear('x')
            plugin:presence(id, true, 'away', ('status '):rep(20), 5)
            plugin:presence(id, false, nil, 'bye', 0, "<presence type='unavailable'><status>bye</status></presence>")
            plugin:presence(id, true)
            plugin:sessions()
            plugin:stats()
            plugin:find_last_seen('juliet@example.org')
            plugin:find_last_activity('juliet@example.org')
            plugin:find_last_activity('nobody@example.org')
            plugin:directed(id, 'romeo@example.org', true, '<presence><show>dnd</show></presence>')
            plugin:tell(id, 'romeo@example.org', 'resumption')
            plugin:user('juliet@example.org')
            plugin:find_history('juliet@example.org', 5)
            plugin:find_inactive(os.time(), 5)
            plugin:count_active { 0, os.time() }
            plugin:find_unknown { 'a user whose name is longer than any small string', 'romeo@example.org' }
            plugin:forget('romeo@example.org')
            plugin:tick()
            while plugin:next_action() do end
            plugin:configure { idle_timeout = 10 }
            plugin:closed(id, 'logged_out')
            plugin:close(true)
          )",
                        error))
        ++failed;
      left = -1;
    }
    CHECK(failed > 50);
    CHECK(failed < 400);  // the last rounds had enough
  }

  TEST_CASE("a plugin that is collected with sessions open ends quietly") {
    LuaWorld world;
    world.run(LuaWorld::load() + kNew + R"(
      for i = 1, 100 do plugin:presence(plugin:open('user' .. i, 'r', 'tcp', false), true) end
      plugin:start()
      plugin = nil
      collectgarbage() collectgarbage()
    )");
  }
}
