-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Work that takes longer than the server's thread may be held: done in steps, one for each turn of the server's loop,
-- whoever it is for, so that clients are served in between.

local function line(life)
	local self = {};
	local jobs = {};
	local running = false;

	local function go_on()
		local job = table.remove(jobs, 1);
		local ok, done = pcall(job);
		if not ok then
			module:log("error", "while putting an answer together: %s", done);
		elseif not done then
			jobs[#jobs + 1] = job; -- the others have their turns first
		end
		running = jobs[1] ~= nil;
		return running and 0 or nil;
	end

	-- `step` is called again and again until it answers with true.
	function self.add(step)
		jobs[#jobs + 1] = step;
		if not running then
			running = true;
			life.add_timer(0, go_on);
		end
	end

	return self;
end

return { line = line };
