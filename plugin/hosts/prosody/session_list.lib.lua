-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The sessions of all hosts, as an operator reads them.

local array = require "util.array";
local format_table = require "util.human.io".table;
local iterators = require "util.iterators";

local words = module:require "words";
local ago, shown = words.ago, words.shown;

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

-- Those that the question is about, in its order and no more than its limit; and how many there are in all.
local function find(instances, question)
	local found = array();
	for _, instance in iterators.sorted_pairs(instances) do
		for _, session in ipairs(instance.sessions()) do
			if question.matches(session) then found:push(session); end
		end
	end
	found:sort(question.comes_before);
	local all = #found;
	return all > question.limit and found:slice(1, question.limit) or found, all;
end

local function show(print, found)
	local row = format_table(columns, 130);
	print(row());
	for _, session in ipairs(found) do print(row(session)); end
end

return { find = find; show = show; presence_of = presence_of; round_trip_of = round_trip_of };
