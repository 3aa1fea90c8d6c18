// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/lua_world.h"

namespace liveness::tests {

TEST_SUITE("hosts/prosody/own_options") {
  TEST_CASE("networks are addresses, or addresses with the number of bits that count") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      assert(liveness.new('example.org', { page = true, page_networks = {} }, store))
      assert(liveness.new('example.org', { page_networks = { '127.0.0.1', '::1', '10.0.0.0/8', '0.0.0.0/0', '::/0',
        '2001:db8::/128', '192.0.2.7/32' } }, store))
      for _, bad in ipairs { '', 'localhost', '10.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8.0',
          '10.0.0.0/0x8', '10.0.0.0/8/8', '::1/129', '::1/0128', ' ::1', '127.0.0.1\0', '300.0.0.1', '/8', '1/8' } do
        local plugin, message = liveness.new('example.org', { page_networks = { '127.0.0.1', bad } }, store)
        assert(plugin == nil and message:find('liveness_page_networks', 1, true), bad)
        assert(message:find('accepted is a list of addresses', 1, true), message)
      end
    )");
  }

  TEST_CASE("what is no list of texts is no list of networks, whatever else it is") {
    LuaWorld world;
    world.run(LuaWorld::load() + R"(
      local long = {}
      for i = 1, 2000 do long[i] = '127.0.0.1' end
      for _, bad in ipairs { '127.0.0.1', true, 5, { 1 }, { '::1', 5 }, { all = '::1' }, { '::1', all = true }, long,
          { { '::1' } }, print } do
        local plugin, message = liveness.new('example.org', { page_networks = bad }, store)
        assert(plugin == nil and message:find('liveness_page_networks', 1, true))
        assert(not message:find('\n', 1, true))
      end
    )");
  }
}

}  // namespace liveness::tests
