-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Puts things into moments that nobody outside of the server can hit, from its shell:
--
-- stall(seconds)              the server's thread is held up: nobody is served
-- soon(verb, host, seconds)   loads, reloads or unloads mod_liveness: without `seconds` in the next turn of the
--                             server's loop, before what is put off to that turn after this was called
-- at_next_command(verb, host) the same, when a client has filled in the form of an ad-hoc command

module:set_global();

local add_task = require "util.timer".add_task;
local modulemanager = require "core.modulemanager";
local sleep = require "socket".sleep;

local environment = module:shared("/*/admin_shell/env");

local function soon(verb, host, seconds)
	add_task(seconds or 0, function () modulemanager[verb](host, "liveness"); end);
	return true;
end

local function at_next_command(verb, host)
	local events, name = prosody.hosts[host].events, "iq-set/host/http://jabber.org/protocol/commands:command";
	local function handle(event)
		if not event.stanza.tags[1]:get_child("x", "jabber:x:data") then return; end
		events.remove_handler(name, handle);
		soon(verb, host);
	end
	events.add_handler(name, handle, 1000);
	return true;
end

environment.stall, environment.soon, environment.at_next_command = sleep, soon, at_next_command;
