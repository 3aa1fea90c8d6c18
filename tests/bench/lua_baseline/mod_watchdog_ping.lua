-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
--
-- What the plugin's probes are measured against: the straightforward way to ping silent clients in Prosody. One
-- watchdog for each session, pushed off by whatever arrives; one IQ, built when it barks; one hook for the answers.

local filters = require "util.filters";
local st = require "util.stanza";
local watchdog = require "util.watchdog";

local interval = module:get_option_number("watchdog_ping_interval", 20);
local ping_id = "watchdog-ping";
local watchdogs = {}; -- session -> its watchdog

local function hear(data, session)
	local dog = watchdogs[session];
	if dog then dog:reset(); end
	return data;
end

local function watch(session)
	filters.add_filter(session, "bytes/in", hear);
	watchdogs[session] = watchdog.new(interval, function (dog)
		if session.destroyed or session.hibernating then return; end
		session.send(st.iq({ type = "get", id = ping_id, from = module.host, to = session.full_jid })
			:tag("ping", { xmlns = "urn:xmpp:ping" }));
		dog:reset();
		return interval;
	end);
end

local function ignore(session)
	filters.remove_filter(session, "bytes/in", hear);
	if watchdogs[session] then watchdogs[session]:cancel(); end
	watchdogs[session] = nil;
end

local function handle_answer()
	return true;
end
module:hook("iq-result/host/" .. ping_id, handle_answer);
module:hook("iq-error/host/" .. ping_id, handle_answer);

module:hook("resource-bind", function (event) watch(event.session); end);
module:hook("resource-unbind", function (event) ignore(event.session); end);

local function sessions()
	local all = {};
	for _, user in pairs(prosody.hosts[module.host].sessions) do
		for _, session in pairs(user.sessions) do table.insert(all, session); end
	end
	return all;
end

function module.load()
	for _, session in ipairs(sessions()) do watch(session); end
end

function module.unload()
	for _, session in ipairs(sessions()) do ignore(session); end
end
