-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator reads in `prosodyctl shell`: the section `liveness` of its environment.
--
-- One section serves all hosts that have the module: `instances` maps a host to what its instance offers
-- (mod_liveness.lua), `operator` does what is done to sessions (operator.lib.lua).

local async = require "util.async";
local jid = require "util.jid";
local promise = require "util.promise";

local counts = module:require "counts";
local help = module:require "help";
local records = module:require "records";
local session_filter = module:require "session_filter";
local session_list = module:require "session_list";
local words = module:require "words";
local ago, count, shown, utc = words.ago, words.count, words.shown, words.utc;

local patience = 10; -- seconds to wait for answers to probes

local function section(instances, operator)
	local commands = {};

	-- liveness:sessions(): every session; liveness:sessions("JID"): of one host, user or session; liveness:sessions{ ... }
	function commands:sessions(wanted)
		if wanted == nil then wanted = {}; end
		local question, err = session_filter.question(type(wanted) == "table" and wanted or { jid = wanted });
		if not question then return nil, err; end
		local found, all = session_list.find(instances, question);
		if not found then return nil, all; end
		session_list.show(self.session.print, found);
		if all > #found then return true, ("%d of %s"):format(#found, count(all, "session")); end
		return true, count(all, "session");
	end

	-- liveness:why("user@host/resource"); liveness:why("user@host"): of all their sessions
	function commands:why(wanted)
		local print = self.session.print;
		local found, instance = operator.find(instances, wanted);
		if not found then return nil, instance; end
		for _, session in ipairs(found) do
			for _, line in ipairs(instance.why(session.jid) or {}) do print(shown(line)); end
			print("");
		end
		if #found == 0 then return true, shown(wanted) .. " is not here; see liveness:last_seen()"; end
		return true, count(#found, "session");
	end

	-- liveness:probe("user@host/resource"); liveness:probe("user@host"): all of their sessions
	function commands:probe(wanted)
		local print = self.session.print;
		local found, instance = operator.find(instances, wanted);
		if not found then return nil, instance; end
		if #found == 0 then return nil, shown(wanted) .. " is not here; see liveness:last_seen()"; end
		local alive = 0;
		for _, session in ipairs(async.wait_for(operator.probe(instance, found, patience))) do
			print(shown(session.jid) .. " " .. session.said);
			if session.alive then alive = alive + 1; end
		end
		return true, ("%d of %s answered"):format(alive, count(#found, "session"));
	end

	-- liveness:disconnect("user@host/resource"); liveness:disconnect("user@host"): all of their sessions
	function commands:disconnect(wanted)
		local print = self.session.print;
		local found, instance = operator.find(instances, wanted);
		if not found then return nil, instance; end
		if #found == 0 then return nil, shown(wanted) .. " is not here; see liveness:last_seen()"; end
		for _, session in ipairs(found) do print(shown(session.jid)); end
		return true, count(operator.disconnect(instance, found, "an operator at the shell"), "session") .. " disconnected";
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
			instance.look_up(bare, function (record, err)
				if err then reject(err); else resolve({ seen = record }); end
			end);
		end):next(function (answer)
			local seen, ended = answer.seen, instance.life.ended();
			if ended then return promise.reject(ended); end -- this is a turn later
			local user = instance.user(bare);
			if user.where ~= "" then print(user.where); end
			if not seen then
				return bare .. (user.where ~= "" and " has no logout on record" or " was never seen");
			end
			print("Last heard:    " .. utc(seen.last_heard));
			print("Logged out:    " .. utc(seen.logged_out_at));
			print("Cause:         " .. words.cause(seen));
			print("Resource:      " .. shown(seen.resource));
			if seen.status ~= "" then print("Status:        " .. shown(seen.status)); end
			if seen.offline_presence ~= "" then print("Last presence: " .. shown(seen.offline_presence)); end
			return bare .. " was last seen " .. ago(math.max(0, os.time() - (user.away or seen).last_heard)) .. " ago";
		end);
	end

	records.add_to(commands, instances);
	counts.add_to(commands, instances);
	return help.add_to(commands);
end

-- What the shell has is shared by the instances of all hosts: one of them serves for all. `environment` is the shell's
-- (mod_admin_shell's def_env). Leaves it, and `instances`, at the end of this host's instance.
local function enter(life, environment, instances, operator)
	local simple_commands = module:shared("/*/admin_shell/commands");
	local function join_help() help.join(simple_commands, environment); end
	local function take_over()
		environment.liveness = section(instances, operator);
		join_help();
	end
	instances[module.host].take_over_shell = take_over;
	take_over();
	for _, what in ipairs { "module-loaded", "module-reloaded" } do
		module:hook_global(what, function (event)
			if event.module == "admin_shell" then join_help(); end
		end);
	end
	life.at_end(function ()
		instances[module.host] = nil;
		local _, other = next(instances);
		if other then
			other.take_over_shell();
		else
			environment.liveness = nil;
			help.leave(simple_commands);
		end
	end);
end

return { enter = enter };
