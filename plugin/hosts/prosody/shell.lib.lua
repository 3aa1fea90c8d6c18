-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator reads in `prosodyctl shell`: the section `liveness` of its environment.
--
-- One section serves all hosts that have the module: `instances` maps a host to what its instance offers
-- (sessions, stats, look_up, find, forgets).

local array = require "util.array";
local iterators = require "util.iterators";
local jid = require "util.jid";
local promise = require "util.promise";

local help = module:require "help";
local records = module:require "records";
local session_filter = module:require "session_filter";
local session_list = module:require "session_list";
local words = module:require "words";
local ago, count, shown, utc = words.ago, words.count, words.shown, words.utc;

local function matches(session, wanted)
	if not wanted then return true; end
	local node, host, resource = jid.split(session.jid);
	return wanted == session.jid or wanted == host or (resource and wanted == node .. "@" .. host);
end

local function section(instances)
	local commands = {};

	-- liveness:sessions(): every session; liveness:sessions("JID"): of one host, user or session; liveness:sessions{ ... }
	function commands:sessions(wanted)
		if wanted == nil then wanted = {}; end
		local question, err = session_filter.question(type(wanted) == "table" and wanted or { jid = wanted });
		if not question then return nil, err; end
		local found, all = session_list.find(instances, question);
		session_list.show(self.session.print, found);
		if all > #found then return true, ("%d of %s"):format(#found, count(all, "session")); end
		return true, count(all, "session");
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
	return help.add_to(commands);
end

-- What the shell has is shared by the instances of all hosts: the latest one's section serves them all.
-- `environment` is the shell's (mod_admin_shell's def_env).
local function enter(environment, instances)
	environment.liveness = section(instances);
	local function join_help() help.join(module:shared("/*/admin_shell/commands"), environment); end
	join_help();
	for _, what in ipairs { "module-loaded", "module-reloaded" } do
		module:hook_global(what, function (event)
			if event.module == "admin_shell" then join_help(); end
		end);
	end
end

local function leave(environment)
	environment.liveness = nil;
	help.leave(module:shared("/*/admin_shell/commands"));
end

return { enter = enter; leave = leave };
