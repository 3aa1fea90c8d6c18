-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator does to the sessions of a user, from the shell or by an ad-hoc command: asks them for a sign of
-- life, or ends them. `instance` is what a host's instance of the module offers (mod_liveness.lua).

local jid = require "util.jid";
local monotonic = require "util.time".monotonic;
local promise = require "util.promise";

local glance = 0.1; -- seconds between two looks at whether they have answered

-- The sessions that an address names, in order: one, or all of a user's. Each is { jid =, id =, held = }. Nil and why
-- where it is no such address, or not one of `only_host` where that is given.
local function find(instances, wanted, only_host)
	wanted = type(wanted) == "string" and jid.prep(wanted) or nil;
	local node, host = jid.split(wanted);
	if not node then return nil, "Which session? Give an address: user@host/resource, or user@host for all of theirs"; end
	local instance = (only_host or host) == host and instances[host];
	if not instance then return nil, "The module liveness is not loaded on " .. tostring(host); end
	local found = instance.sessions_of(node);
	if wanted ~= jid.bare(wanted) then
		for i = #found, 1, -1 do
			if found[i].jid ~= wanted then table.remove(found, i); end
		end
	end
	table.sort(found, function (a, b) return a.jid < b.jid; end);
	return found, instance;
end

-- What became of the probe that is out, as far as it is known: nil while it is not.
local function outcome(instance, session)
	local asked, said, alive = false, nil, false;
	for _, event in ipairs(instance.timeline(session.id) or {}) do
		if event.event == "probed" then
			asked, said, alive = true, nil, false;
		elseif event.event == "answered" and asked then
			said, alive = event.round_trip and ("answered in %.1f ms"):format(event.round_trip * 1000) or "was heard", true;
		elseif event.event == "held" then
			said, alive = "is held: there is no connection to ask on", false;
		elseif event.event == "closed" then
			said, alive = "is gone: " .. event.cause, false;
		end
	end
	return asked, said, alive;
end

-- Asks them, and says after `patience` seconds at the latest what came of it: a promise of them, each with what is
-- `said` of it and whether it is `alive`. It is kept at the end of the life of `instance`, too, whoever asks. Of
-- `asker`, a full JID, that is known: nothing more is read of it until its command is done (mod_c2s,
-- runner_callbacks.waiting).
local function probe(instance, sessions, patience, asker)
	local deadline = monotonic() + patience;
	for _, session in ipairs(sessions) do
		if session.jid == asker then
			session.said, session.alive = "is where this command comes from", true;
		elseif session.held then
			session.said = "is held: there is no connection to ask on";
		elseif not instance.probe(session.id) then
			local asked, answered = outcome(instance, session);
			if not asked or answered then
				session.said = "cannot be asked just now: it has only just come, or is about to go";
			end -- else it is asked already
		end
	end

	local function all_said()
		local all = true;
		for _, session in ipairs(sessions) do
			if not session.said then
				local _, said, alive = outcome(instance, session);
				session.said, session.alive = said, alive;
				all = all and said ~= nil;
			end
		end
		return all;
	end

	return promise.new(function (resolve)
		local function let_go(why)
			for _, session in ipairs(sessions) do session.said = session.said or why; end
			resolve(sessions);
		end
		local answered = instance.life.at_end(function (why) let_go("may have answered: " .. why); end);
		instance.life.add_timer(0, function ()
			if not all_said() and monotonic() < deadline then return glance; end
			answered();
			let_go(("has not answered within %g s"):format(patience));
		end);
	end);
end

-- Ends them, and says how many there were left to end. `by` is who wants it, for the log.
local function disconnect(instance, sessions, by)
	local ended = 0;
	for _, session in ipairs(sessions) do
		if instance.disconnect(session.id) then
			ended = ended + 1;
			module:log("info", "%s disconnects %s", by, session.jid);
		end
	end
	return ended;
end

return { find = find; probe = probe; disconnect = disconnect };
