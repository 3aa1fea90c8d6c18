-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Questions to the plugin, and who waits for their answers. A callback is called once: with what was found, or with
-- nil and why there is no answer. Nobody waits for ever for a database that is away, and not more than a bounded
-- number wait at all; after the end of the module's life (life.lib.lua) nobody waits.

local monotonic = require "util.time".monotonic;

local patience = 10; -- seconds
local most_waiting = 10000;

-- `asked` is called after a question that the plugin could not answer at once.
local function desk(life, plugin, asked)
	local self = {};
	local questions = {}; -- token -> list of who waits for it
	local look_ups = {}; -- bare JID -> the unanswered question about that user, of which there is one at most
	local line, first, last = {}, 1, 0; -- everybody who waits, in the order of their deadlines
	local waiting = 0;

	local function tell(waiter, ...)
		local callback = waiter.callback;
		if not callback then return; end
		waiter.callback = nil;
		waiting = waiting - 1;
		local ok, err = pcall(callback, ...);
		if not ok then module:log("error", "after a look-up: %s", err); end
	end

	-- Where the life has ended, whoever asks is told at once.
	local function is_too_late(callback)
		local why = life.ended();
		if why then callback(nil, why); end
		return why ~= nil;
	end

	local function wait(question, callback)
		if waiting >= most_waiting then
			callback(nil, "too many questions wait for the database already");
			return;
		end
		local waiter = { question = question, callback = callback, deadline = monotonic() + patience };
		waiting, last = waiting + 1, last + 1;
		line[last], question[#question + 1] = waiter, waiter;
	end

	local function begin(token, bare_jid)
		local question = { token = token, bare_jid = bare_jid };
		questions[token] = question;
		if bare_jid then look_ups[bare_jid] = question; end
		return question;
	end

	-- Somebody has asked the plugin already.
	function self.await(token, callback)
		if is_too_late(callback) then return; end
		wait(begin(token), callback);
		asked();
	end

	-- By a method of the plugin that answers later.
	function self.ask(method, callback, ...)
		if is_too_late(callback) then return; end
		local token, err = plugin[method](plugin, ...);
		if not token then
			callback(nil, err);
			return;
		end
		self.await(token, callback);
	end

	-- A user's record, where it is at hand before this returns. Nil without a reason: never seen.
	function self.look_up(bare_jid, callback)
		if is_too_late(callback) then return; end
		local question = look_ups[bare_jid];
		if not question then
			local token, found = plugin:find_last_seen(bare_jid);
			if token == false then
				callback(found);
				return;
			elseif not token then
				callback(nil, found);
				return;
			end
			question = begin(token, bare_jid);
		end
		wait(question, callback);
		asked();
	end

	-- Of what contacts are told only tell(origin, stanza, last_heard, status, err): what clients ask for the most, and
	-- so without a table or a closure where it is at hand. `last_heard` is true of a user who is available.
	function self.look_up_activity(bare_jid, tell_activity, origin, stanza)
		if life.ended() then
			tell_activity(origin, stanza, nil, nil, life.ended());
			return;
		end
		local question = look_ups[bare_jid];
		if not question then
			local token, last_heard, status = plugin:find_last_activity(bare_jid);
			if token == true then
				tell_activity(origin, stanza, true);
				return;
			elseif token == false then
				tell_activity(origin, stanza, last_heard, status);
				return;
			elseif not token then
				tell_activity(origin, stanza, nil, nil, last_heard);
				return;
			end
			question = begin(token, bare_jid);
		end
		wait(question, function (seen, err)
			tell_activity(origin, stanza, seen and seen.last_heard, seen and seen.status, err);
		end);
		asked();
	end

	-- A user comes or goes: who asks from now on is not to get the answer to an older question.
	function self.outdated(bare_jid)
		look_ups[bare_jid] = nil;
	end

	-- The plugin has answered.
	function self.answer(token, found)
		local question = questions[token];
		if not question then return; end
		questions[token] = nil;
		if look_ups[question.bare_jid] == question then look_ups[question.bare_jid] = nil; end
		for _, waiter in ipairs(question) do tell(waiter, found); end
	end

	-- Lets those go who have waited for too long. To be called now and then.
	function self.sweep()
		local now = monotonic();
		while first <= last do
			local waiter = line[first];
			if waiter.callback and waiter.deadline > now then return; end
			line[first] = nil;
			first = first + 1;
			if waiter.callback then
				local question = waiter.question;
				-- Of a look-up the question stays: asking again of a database that is away would only make one more.
				if look_ups[question.bare_jid] == question then
					table.remove(question, 1);
				else
					questions[question.token] = nil;
				end
				tell(waiter, nil, ("the database has not answered within %d seconds"):format(patience));
			end
		end
	end

	life.at_end(function (why)
		for i = first, last do tell(line[i], nil, why); end
	end);

	return self;
end

return { desk = desk };
