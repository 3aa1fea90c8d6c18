-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- One timer for what is done again and again, which can be set to go off earlier.
--
-- A timer of Prosody's that was stopped may go off all the same. Those that are due are called one after the other, and
-- whichever answers with a number is put back when all of them were called, also where another of them has stopped it
-- in between (net.server_epoll, runtimers; util.timer does the same). So each setting has a number: a timer with an
-- older one does nothing, and does not come again.

local monotonic = require "util.time".monotonic;

local after_trouble = 1; -- seconds

-- `ring` does what is due, and answers with the seconds until it wants to be called again. It is not after the end of
-- `life` (life.lib.lua).
local function alarm(life, ring)
	local self = {};
	local setting, due, timer = 0, math.huge, nil;
	local ringing, wanted = false, nil; -- while it rings, its answer says when the next time is

	local function go_off(_, of)
		if of ~= setting then return; end
		ringing = true;
		local ok, wait = xpcall(ring, debug.traceback);
		ringing = false;
		if not ok then
			module:log("error", "Error in timer: %s", wait);
			wait = after_trouble;
		end
		wait, wanted = math.min(wait, wanted or wait), nil;
		due = monotonic() + wait;
		return wait;
	end

	-- Lets it go off after `delay` seconds at the latest. Whoever asks for that again and again does not put it off.
	function self.set(delay)
		if ringing then
			wanted = math.min(delay, wanted or delay);
			return;
		end
		local at = monotonic() + delay;
		if at >= due or life.ended() then return; end
		if timer then timer:stop(); end -- only so that fewer are in line: see above
		setting, due = setting + 1, at;
		timer = life.add_timer(delay, go_off, setting);
	end

	return self;
end

return { alarm = alarm };
