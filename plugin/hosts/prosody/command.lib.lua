-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- `prosodyctl mod_liveness ...`: what is on record, for scripts. Reads the database itself, so that it makes no
-- difference whether the server runs.

local accounts = module:require "accounts";
local iterators = require "util.iterators";
local jid = require "util.jid";
local modulemanager = require "core.modulemanager";
local setup = module:require "setup";
local storagemanager = require "core.storagemanager";
local usermanager = require "core.usermanager";
local words = module:require "words";

local day = 24 * 3600;
local slice_of_accounts = 5000;
local everything = 100000000;

local usage = [[
usage: prosodyctl mod_liveness [--header] COMMAND

  history USER@HOST [LIMIT]  a user's logouts, newest first; with LIMIT, only so many
  inactive DAYS [HOST]       users who are not here and were not heard for so many days, the longest first; then
                             the accounts of which nothing is known, which were never seen or are new
  active [HOST]              how many different users were here: today (UTC), in the last 7 and the last 30 days

Without HOST: of all hosts that have the module. It reads the database that the server writes to, by the same
options, whether the server runs or not.

The output is for programs: one line each, fields separated by tabs, times in UTC, "-" where there is none. With
--header a first line names the fields:

  history    logged_out_at, last_heard_at, cause, resource, status
  inactive   state (inactive or unknown), jid, last_heard_at, logged_out_at, cause
  active     host, today, days_7, days_30

The exit status is 0 if all went well, and 1 if not; then standard error says why.]];

local function utc(seconds)
	local milliseconds = math.floor(seconds * 1000 + 0.5);
	return os.date("!%Y-%m-%dT%H:%M:%S", milliseconds // 1000) .. (".%03dZ"):format(milliseconds % 1000);
end

local function write(...)
	local fields = table.pack(...);
	for i = 1, fields.n do fields[i] = words.shown(tostring(fields[i])); end
	io.stdout:write(table.concat(fields, "\t"), "\n");
end

local function complain(message)
	io.stderr:write("mod_liveness: ", message, "\n");
	return 1;
end

local function open_reader(host)
	local native, err = setup.native();
	if not native then return nil, err; end
	return native.open_reader(setup.options(host), (setup.defaults(host)));
end

local function is_virtual_host(host)
	return host ~= "*" and prosody.hosts[host] ~= nil;
end

local function has_module(host)
	local modules, component = modulemanager.get_modules_for_host(host);
	return not component and modules:contains("liveness");
end

-- Calls of(host, reader) for the one host or for all that have the module; the status of the worst.
local function for_hosts(wanted, of)
	local host = wanted and jid.prep(wanted);
	if wanted and not (host and is_virtual_host(host)) then return complain("no such host: " .. wanted); end
	local status, any = 0, false;
	for name in iterators.sorted_pairs(wanted and { [host] = true } or prosody.hosts) do
		if wanted or is_virtual_host(name) and has_module(name) then
			any = true;
			local reader, err = open_reader(name);
			if reader then
				err = select(2, of(name, reader));
			end
			if err then status = complain(name .. ": " .. err); end
		end
	end
	if not any then return complain("no host has the module"); end
	return status;
end

local commands, headers = {}, {};

headers.history = { "logged_out_at", "last_heard_at", "cause", "resource", "status" };
function commands.history(wanted, limit)
	local node, host = jid.prepped_split(wanted or "");
	limit = math.tointeger(tonumber(limit or everything));
	if not node or not is_virtual_host(host) then
		return complain("whose history? Give the address of a user of this server: history USER@HOST");
	elseif not limit or limit < 1 then
		return complain("how many logouts? LIMIT is a whole number from 1");
	end
	local reader, records, err;
	reader, err = open_reader(host);
	if reader then records, err = reader:history(node .. "@" .. host, limit); end
	if not records then return complain(host .. ": " .. err); end
	for _, record in ipairs(records) do
		write(utc(record.logged_out_at), utc(record.last_heard), record.cause, record.resource, record.status);
	end
	return 0;
end

-- prosodyctl has set up no host; like util.prosodyctl's user_exists.
local function set_up_accounts(host)
	local provider = prosody.hosts[host].users;
	if not provider or provider.name == "null" then
		storagemanager.initialize_host(host);
		usermanager.initialize_host(host);
	end
end

headers.inactive = { "state", "jid", "last_heard_at", "logged_out_at", "cause" };
function commands.inactive(days, wanted)
	days = tonumber(days);
	if not days or not (days >= 0 and days <= 36500) then
		return complain("for how many days? Give a number: inactive DAYS [HOST]");
	end
	return for_hosts(wanted, function (host, reader)
		local found, err = reader:inactive(host, accounts.unheard_since(days), everything);
		if not found then return nil, err; end
		for _, record in ipairs(found.users) do
			write("inactive", record.jid, utc(record.last_heard), utc(record.logged_out_at), record.cause);
		end
		set_up_accounts(host);
		local trouble;
		local ok, no_list = accounts.in_slices(host, slice_of_accounts, function (names)
			if trouble then return; end
			for i, name in ipairs(names) do names[i] = name .. "@" .. host; end
			local unknown;
			unknown, trouble = reader:unknown(names);
			for _, bare in ipairs(unknown or {}) do write("unknown", bare, "-", "-", "-"); end
		end);
		if trouble or not ok then return nil, trouble or no_list; end
	end);
end

headers.active = { "host", "today", "days_7", "days_30" };
function commands.active(wanted)
	local now = os.time();
	return for_hosts(wanted, function (host, reader)
		local counts, err = reader:active(host, { now - now % day, now - 7 * day, now - 30 * day });
		if not counts then return nil, err; end
		write(host, counts[1], counts[2], counts[3]);
	end);
end

-- What prosodyctl calls with the words after the module's name; answers with the exit status.
local function run(arguments)
	local given, with_header = {}, false;
	for _, argument in ipairs(arguments) do
		if argument == "--help" or argument == "-h" or argument == "help" then
			print(usage);
			return 0;
		elseif argument == "--header" then
			with_header = true;
		elseif argument:sub(1, 1) == "-" then
			return complain("unknown option " .. argument .. " (see prosodyctl mod_liveness --help)");
		else
			given[#given + 1] = argument;
		end
	end
	local name = table.remove(given, 1);
	local command = commands[name];
	if not command then
		return complain((name and "unknown command " .. name or "which command?") .. "\n\n" .. usage);
	elseif #given > 2 then
		return complain("too many words (see prosodyctl mod_liveness --help)");
	end
	if with_header then write(table.unpack(headers[name])); end
	return command(given[1], given[2]);
end

return { run = run };
