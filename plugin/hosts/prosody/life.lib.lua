-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- One life of the module: from a load of it to the unload, the reload or the stop of the server that ends it.
--
-- Much may still be called after that end: a promise runs its function in a later turn of the server's loop
-- (util.promise, new), a command goes on where it waited, and the section of one host's instance serves the shell for
-- all hosts. All of it asks here. What is asked after the end is told at once that it must be asked again.

-- Answers with the life that has just begun.
local function begin()
	local self = {};
	local over; -- why; nil while it lasts
	local to_tell, last = {}, 0;

	-- Why nothing is answered any more; nil while it lasts.
	function self.ended()
		return over;
	end

	-- The same function, which answers with nil and why after the end.
	function self.lasting(f)
		return function (...)
			if over then return nil, over; end
			return f(...);
		end
	end

	-- Calls tell(why) at the end; at once where that is past. Answers with a function that takes this back.
	function self.at_end(tell)
		if over then
			tell(over);
			return function () end;
		end
		last = last + 1;
		local me = last;
		to_tell[me] = tell;
		return function () to_tell[me] = nil; end;
	end

	local function go_off(now, f, ...)
		if over then return; end
		return f(now, ...);
	end

	-- Like module:add_timer(); nothing goes off after the end.
	function self.add_timer(delay, f, ...)
		return module:add_timer(delay, go_off, f, ...);
	end

	function self.finish(why)
		if over then return; end
		over = why;
		for i = 1, last do
			local tell = to_tell[i];
			local ok, err = true, nil;
			if tell then ok, err = pcall(tell, why); end
			if not ok then module:log("error", "at the end of the module: %s", err); end
		end
		to_tell = {};
	end

	return self;
end

return { begin = begin };
