// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "hosts/lua_world.h"

namespace liveness::tests {

/// What the files of Prosody's adapter find around them in a server, as far as they need it to be tried
/// alone: `module`, whose timers go by a clock that stands still until pass(seconds), and what is required of
/// Prosody. A timer that was stopped goes off all the same, as Prosody's may.
///
/// Globals for the tests: `lines` (of the log), `timers` (in line), `hooks` (of global events), `stored` (of
/// the one store; what is not of one user is that of ''), with `gets`, `sets` and how many of these came in
/// the `busiest` turn of a timer. `broken` is why nothing can be read of it, `damaged` why one user's cannot,
/// `full` why nothing can be kept; with `drops` it keeps nothing and says that it did.
inline std::string luaModule() {
  return R"(
    clock, lines, timers, stored, damaged, gets, sets, busiest, hooks = 1000, {}, {}, {}, {}, 0, 0, 0, {}
    package.preload['util.time'] = function ()
      return { monotonic = function () return clock end, now = function () return 1700000000 + clock end }
    end
    package.preload['util.random'] = function () return { bytes = function (n) return ('\5'):rep(n) end } end
    package.preload['util.cache'] = function ()
      return { new = function ()
        local kept = {}
        return { get = function (_, key) return kept[key] end, set = function (_, key, to) kept[key] = to end }
      end }
    end
    package.preload['core.usermanager'] = function () return { users = function () return pairs {} end } end
    prosody = { hosts = { ['example.org'] = {} } }

    local store = {}
    local function key(username) return username or '' end
    function store:get(username)
      gets = gets + 1
      local why = broken or damaged[key(username)]
      if why then return nil, why end
      return stored[key(username)]
    end
    function store:set(username, to)
      sets = sets + 1
      if full then return nil, full end
      if not drops then stored[key(username)] = to end
      return true
    end
    function store:users() return pairs(stored) end

    module = { host = 'example.org' }
    function module:log(level, text, ...) lines[#lines + 1] = level .. ' ' .. text:format(...) end
    function module:require(name)
      return assert(loadfile(os.getenv('LIVENESS_LUA') .. '/' .. name .. '.lib.lua'))()
    end
    function module:open_store() return store end
    function module:hook_global(event, f) hooks[event] = f end
    function module:add_timer(delay, f, ...)
      timers[#timers + 1] = { at = clock + delay, f = f, given = table.pack(...), stop = function () end }
      return timers[#timers]
    end

    function pass(seconds)
      local to = clock + seconds
      while true do
        local first
        for i, timer in ipairs(timers) do
          if timer.at <= to and (not first or timer.at < timers[first].at) then first = i end
        end
        if not first then break end
        local timer = table.remove(timers, first)
        clock = math.max(clock, timer.at)
        local before = sets
        local again = timer.f(clock, table.unpack(timer.given, 1, timer.given.n))
        busiest = math.max(busiest, sets - before)
        if again then
          timer.at = clock + again
          timers[#timers + 1] = timer
        end
      end
      clock = to
    end
    function same(is, should) if is ~= should then error(tostring(is) .. ', not ' .. tostring(should), 2) end end
  )";
}

}  // namespace liveness::tests
