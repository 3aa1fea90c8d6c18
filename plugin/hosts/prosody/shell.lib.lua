-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator reads in `prosodyctl shell`: the section `liveness` of its environment.
--
-- One section serves all hosts that have the module: `instances` maps a host to what its instance offers
-- (sessions, stats, look_up, find, forgets).

local array = require "util.array";
local format_table = require "util.human.io".table;
local iterators = require "util.iterators";
local jid = require "util.jid";
local promise = require "util.promise";
local records = module:require "records";
local words = module:require "words";
local ago, count, shown, utc = words.ago, words.count, words.shown, words.utc;

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

local session_columns = {
	{ title = "JID"; key = "jid"; width = "60%"; mapper = shown };
	{ title = "State"; key = "state"; width = 9 };
	{ title = "Heard"; key = "silence"; width = 8; mapper = ago; align = "right" };
	{ title = "Probes out"; key = "probes_unanswered"; width = 10; align = "right" };
	{
		title = "Round trip"; key = "round_trip"; width = 10; align = "right";
		mapper = function (seconds) return seconds and ("%.1f ms"):format(seconds * 1000) or "-"; end;
	};
	{ title = "Via"; key = "transport"; width = 9 };
	{ title = "Presence"; key = "state"; width = "40%"; mapper = function (_, session) return presence_of(session); end };
};

local function matches(session, wanted)
	if not wanted then return true; end
	local node, host, resource = jid.split(session.jid);
	return wanted == session.jid or wanted == host or (resource and wanted == node .. "@" .. host);
end

local function section(instances)
	local commands = {};

	-- liveness:sessions(): every session; liveness:sessions("JID"): of one host, user or session
	function commands:sessions(wanted)
		local print = self.session.print;
		wanted = wanted and jid.prep(wanted) or wanted;
		local found = array();
		for _, instance in iterators.sorted_pairs(instances) do
			for _, session in ipairs(instance.sessions()) do
				if matches(session, wanted) then found:push(session); end
			end
		end
		found:sort(function (a, b) return a.jid < b.jid; end);
		local row = format_table(session_columns, 130);
		print(row());
		for _, session in ipairs(found) do print(row(session)); end
		return true, count(#found, "session");
	end

	-- liveness:why("user@host/resource"); liveness:why("user@host"): of all their sessions
	function commands:why(wanted)
		local print = self.session.print;
		wanted = jid.prep(wanted or "");
		local node, host = jid.split(wanted);
		if not node then return nil, "Which session? Give an address: liveness:why(\"user@host/resource\")"; end
		local instance = instances[host];
		if not instance then return nil, "The module liveness is not loaded on " .. tostring(host); end
		local found = array();
		for _, session in ipairs(instance.sessions()) do
			if matches(session, wanted) then found:push(session.jid); end
		end
		for _, full_jid in ipairs(found:sort()) do
			for _, line in ipairs(instance.why(full_jid) or {}) do print(shown(line)); end
			print("");
		end
		if #found == 0 then return true, shown(wanted) .. " is not here; see liveness:last_seen()"; end
		return true, count(#found, "session");
	end

	-- liveness:last_seen("user@host")
	function commands:last_seen(wanted)
		local print = self.session.print;
		local node, host = jid.prepped_split(wanted or "");
		if not node then return nil, "Which user? Give an address: liveness:last_seen(\"user@host\")"; end
		local instance = instances[host];
		if not instance then return nil, "The module liveness is not loaded on " .. tostring(host); end
		local bare = node .. "@" .. host;
		return promise.new(function (resolve, reject)
			instance.look_up(bare, function (seen, err)
				if err then
					reject(err);
					return;
				end
				local online = 0;
				for _, session in ipairs(instance.sessions()) do
					if session.available and jid.bare(session.jid) == bare then online = online + 1; end
				end
				if online > 0 then
					print(("%s is here now, with %d available resource%s"):format(bare, online, online == 1 and "" or "s"));
				end
				if not seen or instance.forgets(node, seen) then
					resolve(bare .. (online > 0 and " has no logout on record" or " was never seen"));
					return;
				end
				print("Last heard:    " .. utc(seen.last_heard));
				print("Logged out:    " .. utc(seen.logged_out_at));
				print("Cause:         " .. words.cause(seen));
				print("Resource:      " .. shown(seen.resource));
				if seen.status ~= "" then print("Status:        " .. shown(seen.status)); end
				if seen.offline_presence ~= "" then print("Last presence: " .. shown(seen.offline_presence)); end
				resolve(bare .. " was last seen " .. ago(math.max(0, os.time() - seen.last_heard)) .. " ago");
			end);
		end);
	end

	-- How many answers took how long; what never happened is left out.
	local function print_round_trips(print, round_trip)
		local from = 0;
		for i, n in ipairs(round_trip.counts) do
			local to = round_trip.bounds[i];
			local span = to and ("%g to %g ms"):format(from * 1000, to * 1000) or ("over %g ms"):format(from * 1000);
			if n > 0 then print(("    %-18s %d"):format(span, n)); end
			from = to;
		end
	end

	local function print_counts(print, counts)
		for name, n in iterators.sorted_pairs(counts) do print(("    %-18s %d"):format(name, n)); end
	end

	-- liveness:stats()
	function commands:stats()
		local print = self.session.print;
		local hosts = 0;
		for host, instance in iterators.sorted_pairs(instances) do
			local s = instance.stats();
			hosts = hosts + 1;
			print(host);
			print("  Sessions now, by state");
			print_counts(print, s.sessions);
			print(("  Users available      %d"):format(s.users_available));
			print(("  Sessions opened      %d"):format(s.sessions_opened));
			print("  Logouts, by cause");
			print_counts(print, s.logouts);
			print(("  Probes               %d sent, %d answered, %d saved (heard in the meantime)"):format(
				s.probes_sent, s.probes_answered, s.probes_saved));
			print(("  Of these by <r/>     %d"):format(s.acks_requested));
			print("  Round trips of answered probes");
			print_round_trips(print, s.round_trip);
			print(("  Held sessions        %d so far, %d resumed"):format(s.holds, s.resumptions));
			print(("  Timeouts doubted     %d (too many at once; asked once more)"):format(s.doubted));
			print(("  Ticks                %d, of which late %d"):format(s.ticks, s.late_ticks));
			print(("  Records              %d on disk, %d waiting (%d batches, %d failed)"):format(
				s.records_written, s.records_waiting, s.store_batches, s.store_failures));
			print(("  Recovered            %d logouts of a server that had died"):format(s.records_recovered));
		end
		return true, count(hosts, "host");
	end

	records.add_to(commands, instances);

	return commands;
end

return { section = section };
