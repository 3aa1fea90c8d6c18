-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The sessions of all hosts, as an operator reads them.

local array = require "util.array";
local async = require "util.async";
local format_table = require "util.human.io".table;
local iterators = require "util.iterators";

local words = module:require "words";
local ago, shown = words.ago, words.shown;

-- So much is done before others run: a few milliseconds' worth.
local slots_at_once = 500;
local rows_at_once = 100;

-- A client's presence in a few words; before it why it is held, or that it sleeps.
local function presence_of(session)
	if not session.available then return "(not available)"; end
	local said = session.show;
	if session.inactive then said = "inactive, " .. said; end
	if session.held_because then said = session.held_because:gsub("_", " ") .. ", " .. said; end
	if session.priority ~= 0 then said = ("%s (%d)"):format(said, session.priority); end
	if session.status ~= "" then said = said .. ": " .. shown(session.status); end
	return said;
end

local function round_trip_of(session)
	return session.round_trip and ("%.1f ms"):format(session.round_trip * 1000) or "-";
end

local columns = {
	{ title = "JID"; key = "jid"; width = "60%"; mapper = shown };
	{ title = "State"; key = "state"; width = 9 };
	{ title = "Heard"; key = "silence"; width = 8; mapper = ago; align = "right" };
	{ title = "Probes out"; key = "probes_unanswered"; width = 10; align = "right" };
	{
		title = "Round trip"; key = "state"; width = 10; align = "right";
		mapper = function (_, session) return round_trip_of(session); end;
	};
	{ title = "Via"; key = "transport"; width = 9 };
	{ title = "Presence"; key = "state"; width = "40%"; mapper = function (_, session) return presence_of(session); end };
};

-- Shows visit() all sessions of a host, and lets others run meanwhile where it may wait. Nil and why where the host's
-- instance of the module went before the end.
local function go_over(instances, host, visit)
	local instance, cursor = instances[host], 0;
	repeat
		if not instance or instance.life.ended() then
			return nil, ("the module was unloaded or reloaded on %s meanwhile: ask again"):format(host);
		end
		local some;
		some, cursor = instance.some_sessions(cursor, slots_at_once);
		for _, session in ipairs(some) do visit(session); end
		if cursor ~= 0 and async.ready() then async.sleep(0); end
	until cursor == 0;
	return true;
end

-- Those that the question is about, in its order and no more than its limit, and how many there are in all; or nil and
-- why there is no answer. With `only_host`, of that one.
local function find(instances, question, only_host)
	local found, all = array(), 0;
	local function cut()
		found:sort(question.comes_before);
		for i = #found, question.limit + 1, -1 do found[i] = nil; end
	end
	local hosts = only_host and { only_host } or iterators.to_array(iterators.keys(instances)); -- they may go meanwhile
	for _, host in ipairs(hosts) do
		local whole, err = go_over(instances, host, function (session)
			if not question.matches(session) then return; end
			all = all + 1;
			found:push(session);
			if #found >= 2 * question.limit + slots_at_once then cut(); end
		end);
		if not whole then return nil, err; end
	end
	cut();
	return found, all;
end

local function show(print, found)
	local row = format_table(columns, 130);
	print(row());
	for i, session in ipairs(found) do
		print(row(session));
		if i % rows_at_once == 0 and async.ready() then async.sleep(0); end
	end
end

return { find = find; show = show; presence_of = presence_of; round_trip_of = round_trip_of };
