-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an outside cause makes fail again and again (a disk that is full, a database that is away) is one line in the
-- log when it begins and one when it ends. What can wait is tried more and more seldom meanwhile: Prosody's storage has
-- a line of its own for each attempt.

local monotonic = require "util.time".monotonic;

-- Seconds after a failure until it is worth another attempt, and until one that goes well is the end of the trouble:
-- of one account's damaged file among sound ones there is neither a begin nor an end at each look.
local first, longest = 30, 3600;

-- `what` is what does not work, as the log is to have it.
local function watch(what)
	local self = {};
	local since, failures; -- nil: it works
	local pause, try_at = first, 0;

	-- False: it has only just failed, and would rather fail again.
	function self.worth_a_try()
		return monotonic() >= try_at;
	end

	-- How long until it is.
	function self.wait()
		return math.max(0, try_at - monotonic());
	end

	-- To be told how each attempt went. Of what fails again shortly after its end the pauses go on to grow.
	function self.failed(why)
		local now = monotonic();
		if not since then
			since, failures = now, 0;
			if now > try_at + pause then pause = first; end
			module:log("warn", "%s: %s; said again when it works", what, why);
		end
		failures = failures + 1;
		if now < try_at then return; end
		try_at, pause = now + pause, math.min(2 * pause, longest);
	end

	function self.worked()
		if not since or monotonic() < try_at then return; end
		module:log("info", "%s: works again after %.0f s and %d failed attempt%s", what, monotonic() - since, failures,
			failures == 1 and "" or "s");
		since = nil;
	end

	return self;
end

return { watch = watch };
