-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What the section `liveness` of the shell says of itself: by liveness:help(), by `help liveness`, and in the list of
-- all sections.

-- One for all hosts: our `help` in place of the shell's, and that one.
local joined = module:shared("/*/liveness/help");

local section_name = "liveness";
local section_desc = "Who is really there, who left, when and why";

local commands = {
	{ "sessions", { "filters" }, "Who is there, and how sure we are of it", [[
liveness:sessions()                      every session
liveness:sessions("user@host")           those of a host, a user, or one session
liveness:sessions{ state = "suspect", via = "tcp", silent = 60 }
    state = "reachable", "suspect" or "held"      via = "tcp", "websocket" or "bosh"
    user = "user@host" or "user"                  host = "host"
    silent = seconds not heard, at least          inactive = true or false (XEP-0352)
    text = part of the address or the status
    sort = "jid", "state", "heard", "round_trip", "via" or "presence"; "-heard": the other way round
    limit = how many rows, at most (1000 unless said otherwise)]] };
	{ "why", { "jid" }, "Why a session is what it is, and what happens next", [[
liveness:why("user@host/resource")       one session
liveness:why("user@host")                all of a user's]] };
	{ "probe", { "jid" }, "Asks for a sign of life now, and waits for it", [[
liveness:probe("user@host/resource")     one session
liveness:probe("user@host")              all of a user's
    Waits for ten seconds, or until all have answered. It counts as any other probe: a client that
    stays silent is no sooner logged out for it.]] };
	{ "disconnect", { "jid" }, "Ends sessions, without resumption", [[
liveness:disconnect("user@host/resource")
liveness:disconnect("user@host")         all of a user's
    On record as kicked. What was queued for a held session goes the way of all undelivered messages.]] };
	{ "last_seen", { "jid" }, "When and how a user went", [[
liveness:last_seen("user@host")]] };
	{ "history", { "jid", "limit" }, "The logouts of a user, the latest first", [[
liveness:history("user@host")            the latest 100
liveness:history("user@host", 1000)]] };
	{ "inactive", { "days", "host" }, "Who was not heard for so many days", [[
liveness:inactive(90)                    on all hosts
liveness:inactive(90, "host")]] };
	{ "active", { "host" }, "How many different users: today, 7 and 30 days", [[
liveness:active()                        on all hosts
liveness:active("host")]] };
	{ "stats", {}, "Counts: sessions, probes, logouts, the store", [[
liveness:stats()]] };
	{ "help", { "command" }, "This list, or one command in full", [[
liveness:help("sessions")]] };
};

local function usage(command)
	return ("%s:%s(%s)"):format(section_name, command[1], table.concat(command[2], ", "));
end

local function explain(print, name)
	for _, command in ipairs(commands) do
		if command[1] == name then
			print(usage(command) .. " - " .. command[3]);
			print(command[4]);
			return true;
		end
	end
	return false;
end

local function list(print)
	for _, command in ipairs(commands) do print(usage(command) .. " - " .. command[3]); end
end

-- Adds `help` to the section's commands. Prosody 13 reads what they do off the section's metatable, 0.12 does not.
local function add_to(section)
	function section:help(name)
		local print = self.session.print;
		if name == nil then
			list(print);
			return true, "liveness:help(\"sessions\") says more of a command";
		end
		if explain(print, name) then return true, section_name .. ":" .. name; end
		local names = {};
		for i, command in ipairs(commands) do names[i] = command[1]; end
		return nil, ("There is no command %s; there are %s"):format(tostring(name), table.concat(names, ", "));
	end

	local described = {};
	for _, command in ipairs(commands) do
		local arguments = {};
		for i, name in ipairs(command[2]) do arguments[i] = { name = name }; end
		described[command[1]] = { desc = command[3]; args = arguments; module = "liveness" };
	end
	return setmetatable(section, { help = { desc = section_desc; commands = described } });
end

-- The shell's `help` becomes its own again. `shell` is mod_admin_shell's table of simple commands.
local function leave(shell)
	if joined.ours and shell.help == joined.ours then shell.help = joined.theirs; end
	joined.ours, joined.theirs = nil, nil;
end

-- In 0.12 `help` is one function with all sections in it (mod_admin_shell, commands.help): ours comes before it.
-- `environment` has the shell's sections.
local function join(shell, environment)
	leave(shell);
	local theirs = shell.help;
	if not theirs or environment.help then return; end -- 13 has a section for it
	joined.theirs = theirs;
	function joined.ours(session, line)
		local topic, name = line:match("^help%W+([%w_]+)%W*([%w_]*)");
		if topic ~= section_name then
			theirs(session, line);
			if not topic then session.print(("%-7s | %s"):format(section_name, section_desc)); end
		elseif name == "" or not explain(session.print, name) then
			list(session.print);
		end
	end
	shell.help = joined.ours;
end

return { add_to = add_to; join = join; leave = leave };
