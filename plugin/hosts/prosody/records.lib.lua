-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator asks of the records in `prosodyctl shell`: history, inactive and active. What is long is cut, and
-- how much there is in all is said.

local accounts = module:require "accounts";
local array = require "util.array";
local async = require "util.async";
local format_table = require "util.human.io".table;
local iterators = require "util.iterators";
local jid = require "util.jid";
local promise = require "util.promise";
local words = module:require "words";
local ago, count, shown, utc = words.ago, words.count, words.shown, words.utc;

local most_shown = 100;
local most_shown_by_request = 10000;
local slice_of_accounts = 500;
local day = 24 * 3600;

local function status_of(record)
	return shown(record.status);
end

local history_columns = {
	{ title = "Logged out"; key = "logged_out_at"; width = 23; mapper = utc };
	{ title = "Last heard"; key = "last_heard"; width = 23; mapper = utc };
	{ title = "Cause"; key = "cause"; width = 15 };
	{ title = "Resource"; key = "resource"; width = "40%"; mapper = shown };
	{ title = "Status"; key = "status"; width = "60%"; mapper = function (_, record) return status_of(record); end };
};

local inactive_columns = {
	{ title = "JID"; key = "jid"; width = "100%"; mapper = shown };
	{ title = "Last heard"; key = "last_heard"; width = 23; mapper = utc };
	{
		title = "Ago"; key = "last_heard"; width = 8; align = "right";
		mapper = function (seconds) return ago(math.max(0, os.time() - seconds)); end;
	};
	{ title = "Cause"; key = "cause"; width = 15 };
};

local active_columns = {
	{ title = "Host"; key = "host"; width = "100%" };
	{ title = "Today"; key = 1; width = 10; align = "right" };
	{ title = "7 days"; key = 2; width = 10; align = "right" };
	{ title = "30 days"; key = 3; width = 10; align = "right" };
};

-- Waits for an answer, while the server goes on. Nil and why where there is none, and where the instance can be asked
-- nothing more: that it was answered is noticed a turn later.
local function answer_of(instance, method, ...)
	local arguments = table.pack(...);
	local answer, why = async.wait_for(promise.new(function (resolve, reject)
		instance.find(method, function (found, err)
			if found == nil then
				reject(err);
			else
				resolve(found);
			end
		end, table.unpack(arguments, 1, arguments.n));
	end));
	if answer and instance.life.ended() then return nil, instance.life.ended(); end
	return answer, why;
end

-- The instances that a command is for, whatever becomes of them meanwhile: of one host, or of all.
local function chosen(instances, host)
	if not host then
		local all = {};
		for name, instance in pairs(instances) do all[name] = instance; end
		return all;
	end
	host = jid.prep(tostring(host));
	if not instances[host] then return nil, "The module liveness is not loaded on " .. tostring(host); end
	return { [host] = instances[host] };
end

-- Adds the commands to the section. `instances` maps a host to what its instance offers.
local function add_to(commands, instances)
	-- liveness:history("user@host", [how many])
	function commands:history(wanted, limit)
		local print = self.session.print;
		local node, host = jid.prepped_split(type(wanted) == "string" and wanted or "");
		if not node then return nil, "Which user? Give an address: liveness:history(\"user@host\")"; end
		local instance = instances[host];
		if not instance then return nil, "The module liveness is not loaded on " .. tostring(host); end
		limit = math.max(1, math.min(most_shown_by_request, math.tointeger(limit) or most_shown));
		local bare = node .. "@" .. host;
		local records, err = answer_of(instance, "find_history", bare, limit + 1);
		if not records then return nil, err; end
		local more = #records > limit;
		local row = format_table(history_columns, 130);
		print(row());
		for i = 1, math.min(limit, #records) do print(row(records[i])); end
		if more then
			return true, ("the latest %s of %s; there are more: liveness:history(\"%s\", %d)"):format(
				count(limit, "logout"), shown(bare), shown(bare), limit * 10);
		end
		return true, ("%s of %s"):format(count(#records, "logout"), shown(bare));
	end

	-- Those of all accounts of whom nothing is known: how many, and the first of them.
	local function unknown_of(host, instance)
		local total, some, trouble = 0, array(), nil;
		local ok, err = accounts.in_slices(host, slice_of_accounts, function (names)
			if trouble then return; end
			for i, name in ipairs(names) do names[i] = name .. "@" .. host; end
			local unknown;
			unknown, trouble = answer_of(instance, "find_unknown", names);
			for _, bare in ipairs(unknown or {}) do
				total = total + 1;
				if #some < most_shown then some:push(bare); end
			end
		end);
		if trouble or not ok then return nil, trouble or err; end
		some:sort();
		return total, some;
	end

	local function print_inactive(print, host, instance, days)
		local found, err = answer_of(instance, "find_inactive", accounts.unheard_since(days), most_shown);
		if not found then return nil, err; end
		print(("%s: %s not heard for %g day%s"):format(host, count(found.total, "user"), days, days == 1 and "" or "s"));
		if found.total > 0 then
			local row = format_table(inactive_columns, 100);
			print(row());
			for _, record in ipairs(found.users) do print(row(record)); end
		end
		if found.total > #found.users then print(("... and %d more"):format(found.total - #found.users)); end

		local unknown, some = unknown_of(host, instance);
		if not unknown then
			print(("%s: unknown, as %s"):format(host, some));
			return found.total, 0;
		end
		print(("%s: %s unknown (never seen since records are kept; they may be new)"):format(
			host, count(unknown, "account")));
		for _, bare in ipairs(some) do print("  " .. shown(bare)); end
		if unknown > #some then print(("... and %d more"):format(unknown - #some)); end
		return found.total, unknown;
	end

	-- liveness:inactive(DAYS, [host])
	function commands:inactive(days, host)
		local print = self.session.print;
		days = tonumber(days);
		if not days or not (days >= 0 and days <= 36500) then
			return nil, "For how many days? Give a number: liveness:inactive(30)";
		end
		local asked, err = chosen(instances, host);
		if not asked then return nil, err; end
		local inactive, unknown = 0, 0;
		for name, instance in iterators.sorted_pairs(asked) do
			local n, m = print_inactive(print, name, instance, days);
			if not n then return nil, name .. ": " .. m; end
			inactive, unknown = inactive + n, unknown + m;
		end
		return true, ("%d inactive, %d unknown"):format(inactive, unknown);
	end

	-- liveness:active([host])
	function commands:active(host)
		local print = self.session.print;
		local asked, err = chosen(instances, host);
		if not asked then return nil, err; end
		local now = os.time();
		local row = format_table(active_columns, 80);
		local rows = array();
		for name, instance in iterators.sorted_pairs(asked) do
			local counts;
			counts, err = answer_of(instance, "count_active", { now - now % day, now - 7 * day, now - 30 * day });
			if not counts then return nil, name .. ": " .. err; end
			counts.host = name;
			rows:push(counts);
		end
		print(row());
		for _, counts in ipairs(rows) do print(row(counts)); end
		return true, count(#rows, "host") .. "; today began at 00:00 UTC";
	end
end

return { add_to = add_to };
