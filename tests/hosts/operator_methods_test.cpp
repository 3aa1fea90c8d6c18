// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of a session, over the border.

#include "hosts/lua_world.h"

using liveness::tests::LuaWorld;

TEST_SUITE("hosts/prosody/operator methods") {
  TEST_CASE("a session is probed and disconnected by its id, in digits too, and by its full JID") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local plugin = assert(liveness.new('example.org', { idle_timeout = 60 }, store))
      local function actions()
        local kinds = {}
        for kind in plugin.next_action, plugin do
          if kind ~= 'tick' then kinds[#kinds + 1] = kind end
        end
        return table.concat(kinds, ' ')
      end
      local function open()
        local id = plugin:open('juliet', 'balcony', 'tcp', true, true)
        plugin:presence(id, true, 'away', 'here', 5)
        return id
      end
      local id = open()
      assert(actions() == '')
      assert(plugin:probe(id) == true and actions() == 'probe')
      assert(plugin:probe(id) == false and actions() == '')
      local s = plugin:sessions()[1]
      assert(s.state == 'suspect' and s.next == 'probe' and s.next_in > 0 and s.idle_timeout == 60)
      assert(s.state_since and s.doubted == false)
      assert(plugin:probe('juliet@example.org/elsewhere') == false)
      assert(plugin:probe(0) == false and plugin:probe('0') == false and plugin:probe('no such thing') == false)
      assert(not pcall(plugin.probe, plugin) and not pcall(plugin.probe, plugin, {}))
      assert(not pcall(plugin.disconnect, plugin, 1.5) and not pcall(plugin.timeline, plugin, nil))

      assert(plugin:disconnect(s.id) == true and actions() == 'end_session')
      assert(plugin:disconnect(id) == true and actions() == '', 'the host was told')
      assert(plugin:sessions()[1].next == 'end')
      plugin:closed(id, 'connection_lost')
      assert(plugin:disconnect(id) == false)
      local _, seen = plugin:find_last_seen('juliet@example.org')
      assert(seen.cause == 'kicked' and plugin:stats().logouts.kicked == 1)

      local story = {}
      for _, event in ipairs(plugin:timeline(s.id)) do
        assert(math.abs(event.at - os.time()) < 10)
        story[#story + 1] = event.event .. (event.cause and ' ' .. event.cause or '')
      end
      assert(table.concat(story, ', ') == 'opened, available, probed, suspect, disconnected, closed kicked')
      assert(#plugin:timeline('juliet@example.org/balcony') == 0 and #plugin:timeline(17) == 0)

      id = open()
      assert(plugin:probe('juliet@example.org/balcony') == true)
      local _, _, number, kind = plugin:next_action()
      assert(kind == 'ack_request')
      plugin:answered(id, number)
      local events = plugin:timeline('juliet@example.org/balcony')
      assert(events[#events].event == 'answered' and events[#events].round_trip > 0)
      assert(plugin:disconnect('juliet@example.org/balcony') == true and actions() == 'end_session')
      plugin:close(false)
      assert(not pcall(plugin.probe, plugin, id) and not pcall(plugin.timeline, plugin, id))
    )");
  }
}
