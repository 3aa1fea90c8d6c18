-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
--
-- Tells Prosody's events to the native plugin (liveness.so, beside this file) and does what it asks for. No rule
-- of liveness is in here. The plugin never calls back: what it wants done is taken from it with next_action()
-- after a call.

if module.host == "*" and prosody.process_type == "prosodyctl" then
	function module.command(arguments)
		return module:require "command".run(arguments);
	end
	return;
end

local sessionmanager = require "core.sessionmanager";
local st = require "util.stanza";

local accounts = module:require "accounts";
local causes = module:require "causes";
local hearing = module:require "hearing";
local last_activity = module:require "last_activity";
local offline_presence = module:require "offline_presence";
local questions = module:require "questions";
local setup = module:require "setup";
local shell = module:require "shell";

local host = module.host;
local sessions_of_host = prosody.hosts[host].sessions;
local probe_id_prefix = "liveness:";
local xmlns_sm = { "urn:xmpp:sm:2", "urn:xmpp:sm:3" };

-- Ends the load with one line in the log: an error that is no string gets no traceback
-- (modulemanager, do_load_module).
local function fail(message)
	error(setmetatable({}, { __tostring = function () return message; end }), 0);
end

if module:get_host_type() ~= "local" then
	fail("only a VirtualHost has client sessions; " .. host .. " is a " .. module:get_host_type());
end

-- What outlives a reload of the module (module.save).
local state = module.saved_state or {
	plugin = nil;
	session_of = {}; -- id in the plugin -> Prosody's session
	id_of = setmetatable({}, { __mode = "k" }); -- and back
	ear_of = setmetatable({}, { __mode = "k" }); -- session -> what hears it (hearing.listen)
	cause_of = setmetatable({}, { __mode = "k" }); -- session -> why it is about to end, once that is known
	started = false;
	stopping = false;
};
local session_of, id_of, ear_of, cause_of = state.session_of, state.id_of, state.ear_of, state.cause_of;
local adopting = not state.plugin;

local function forget_all_sessions()
	for id, session in pairs(session_of) do
		if ear_of[session] then hearing.ignore(ear_of[session]); end
		if session.liveness_close then session.close, session.liveness_close = session.liveness_close, nil; end
		session_of[id], id_of[session], ear_of[session], cause_of[session] = nil, nil, nil, nil;
	end
end

do -- Nothing may be hooked before this has gone well: Prosody does not undo it when a load fails.
	local options = setup.options(host);
	if state.plugin then
		local same, err = state.plugin:configure(options);
		if not same then -- bad options, or another store or node
			forget_all_sessions();
			state.plugin:close(false);
			for kind, level, text in state.plugin.next_action, state.plugin do
				if kind == "log" then module:log(level, "%s", text); end
			end
			state.plugin, state.started, adopting = nil, false, true;
			if err then fail(err); end
		end
	end
	if not state.plugin then
		local native, err = setup.native();
		if not native then fail(err); end
		state.plugin, err = native.new(host, options, setup.defaults(host, true));
		if not state.plugin then fail(err); end
	end
end
local plugin = state.plugin;

-- Calls into the plugin; what it could not do is a line in the log, and nobody's error.
local function ask(method, ...)
	local result, err = plugin[method](plugin, ...);
	if err then module:log("error", "%s: %s", method, err); end
	return result;
end

--- What the plugin wants done

local timer;
local on_tick;
local ticking, tick_wanted = false, nil; -- within on_tick: then its result says when the next one is
local desk;

local actions = {};

function actions.probe(id, number)
	local session = session_of[id];
	if not session or session.destroyed or session.hibernating then return; end
	session.send(st.iq({ type = "get", id = probe_id_prefix .. number, from = host, to = session.full_jid })
		:tag("ping", { xmlns = "urn:xmpp:ping" }));
end

function actions.close(id, condition)
	local session = session_of[id];
	if not session or session.destroyed then return; end
	if session.resumption_token then
		-- session:close() would revoke the resumption (mod_smacks, pre-session-close). Destroying the session makes
		-- mod_smacks keep it and drop the connection only (its pre-resource-unbind handler).
		sessionmanager.destroy_session(session, condition);
	else
		session:close(condition);
	end
end

function actions.tick(delay)
	if not timer then return; end
	if ticking then
		tick_wanted = math.min(delay, tick_wanted or delay);
		return;
	end
	timer:stop();
	timer = module:add_timer(delay, on_tick);
end

function actions.answer(token, found)
	desk.answer(token, found);
end

function actions.log(level, text)
	module:log(level, "%s", text);
end

local function act(kind, ...)
	if not kind then return false; end
	local action = actions[kind];
	if action then
		local ok, err = pcall(action, ...);
		if not ok then module:log("error", "%s: %s", kind, err); end
	end
	return true;
end

local function act_on_all()
	while act(plugin:next_action()) do end -- luacheck: ignore 542
end

desk = questions.desk(plugin, act_on_all);

function on_tick()
	if not state.started then
		-- Timers run in the server's loop only, which is after mod_posix has forked (at server-started): the store's
		-- thread would not survive that.
		ask("start");
		state.started = true;
	end
	local wait = ask("tick") or 1;
	ticking = true;
	act_on_all();
	desk.sweep();
	ticking = false;
	wait, tick_wanted = math.min(wait, tick_wanted or wait), nil;
	return wait;
end

--- What Prosody tells of its sessions

local function hear_from_now_on(session, id)
	if ear_of[session] then hearing.ignore(ear_of[session]); end
	ear_of[session] = hearing.listen(session, plugin:hearing(id));
end

local function note_cause(session, reason)
	if id_of[session] and not cause_of[session] then cause_of[session] = causes.of_reason(reason); end
end

-- mod_bosh fires no pre-session-close; it calls session:close() without a reason for the client's own
-- type='terminate' (handle_POST, session.bosh_terminate).
local function watch_close_of_bosh(session)
	local close = session.close;
	session.liveness_close = close;
	function session:close(reason, ...)
		if self.bosh_terminate and reason == nil then
			note_cause(self, false);
		else
			note_cause(self, reason);
		end
		return close(self, reason, ...);
	end
end

local function open(session)
	local via = hearing.transport(session);
	local id = ask("open", session.username, session.resource, via, not not session.resumption_token);
	if not id then return; end
	session_of[id], id_of[session] = session, id;
	hear_from_now_on(session, id);
	if via == "bosh" then watch_close_of_bosh(session); end
	act_on_all();
	return id;
end

local function tell_presence(id, stanza)
	local available = stanza.attr.type == nil;
	local priority = stanza:get_child_text("priority");
	priority = priority and priority:match("^[+-]?%d+$") and tonumber(priority) or 0;
	local xml = not available and stanza.tags[1] and tostring(stanza) or nil;
	desk.outdated(session_of[id].username .. "@" .. host);
	ask("presence", id, available, stanza:get_child_text("show"), stanza:get_child_text("status"), priority, xml);
end

module:hook("resource-bind", function (event)
	open(event.session);
end);

-- A client's own broadcast presence, after all that may reject or change it (pre-presence) and before mod_presence
-- sends it out. That module sends the one of an ended session too (its resource-unbind handler), by then marked as
-- destroyed: it is not the client's word.
module:hook("presence/bare", function (event)
	local session, stanza = event.origin, event.stanza;
	local id = id_of[session];
	if not id or session.destroyed or stanza.attr.to then return; end
	if stanza.attr.type == nil or stanza.attr.type == "unavailable" then tell_presence(id, stanza); end
end, 1);

-- A reply to a probe comes to the domain, and from some clients without an address. Whatever it says, it is an
-- answer, and nothing that anybody else waits for.
local function handle_reply(event)
	local session, stanza = event.origin, event.stanza;
	if stanza.attr.type ~= "result" and stanza.attr.type ~= "error" then return; end
	local number = (stanza.attr.id or ""):match("^" .. probe_id_prefix .. "(%d+)$");
	local id = id_of[session];
	if not number or not id then return; end
	if #number <= 10 then ask("answered", id, math.tointeger(tonumber(number))); end
	return true;
end
module:hook("iq/host", handle_reply, 10);
module:hook("iq/bare", handle_reply, 10);

for _, xmlns in ipairs(xmlns_sm) do
	-- Before mod_smacks, whose handler (priority 100) lets nobody come after it.
	module:hook_tag(xmlns, "enable", function (session, stanza)
		local id, resume = id_of[session], stanza.attr.resume;
		if id and (resume == "true" or resume == "1") and prosody.hosts[host].modules.smacks then
			ask("resumption_enabled", id);
		end
	end, 101);
end

module:hook("smacks-hibernation-start", function (event)
	local id = id_of[event.origin];
	if id then ask("held", id); end
end);

-- The resumed session goes on with the filters of the new stream's (mod_smacks, handle_resume).
module:hook("smacks-hibernation-end", function (event)
	local session = event.resumed;
	local id = id_of[session];
	if not id then return; end
	ask("resumed", id);
	hear_from_now_on(session, id);
	act_on_all();
end);

module:hook("pre-session-close", function (event)
	note_cause(event.session, event.reason);
end);

module:hook("resource-unbind", function (event)
	local session = event.session;
	local id = id_of[session];
	if not id then return; end
	local cause = cause_of[session] or "connection_lost";
	if state.stopping and cause ~= "logged_out" then cause = "server_stopped"; end
	session_of[id], id_of[session], ear_of[session], cause_of[session] = nil, nil, nil, nil;
	desk.outdated(session.username .. "@" .. host);
	ask("closed", id, cause);
end, 1);

module:hook_global("server-stopping", function ()
	state.stopping = true;
end, 1000);

module:hook_global("server-stopped", function ()
	if timer then timer:stop(); end
	timer = nil;
	forget_all_sessions();
	plugin:close(true);
	act_on_all();
end);

--- What users and operators ask

last_activity.serve(desk.look_up_activity);
offline_presence.serve(desk.look_up);

accounts.on_deletion(host, function (username)
	local bare_jid = username .. "@" .. host;
	desk.outdated(bare_jid);
	ask("forget", bare_jid);
end);

local instances = module:shared("/*/liveness/instances");
local shell_environment = module:shared("/*/admin_shell/env"); -- mod_admin_shell's def_env

instances[host] = {
	sessions = function () return ask("sessions") or {}; end;
	stats = function () return plugin:stats(); end;
	look_up = desk.look_up;
	find = desk.ask;
};
shell_environment.liveness = shell.section(instances);

--- The module's life

if adopting then
	for _, user in pairs(sessions_of_host) do
		for _, session in pairs(user.sessions) do
			local id = open(session);
			if id then
				if session.presence then tell_presence(id, session.presence); end
				if session.hibernating then ask("held", id); end
			end
		end
	end
end
timer = module:add_timer(0, on_tick);

function module.save()
	return state;
end

function module.unload()
	timer:stop();
	timer = nil;
	instances[host] = nil;
	if next(instances) == nil then shell_environment.liveness = nil; end
	if module.reloading then return; end -- `state` goes on in the next load
	forget_all_sessions();
	plugin:close(false);
	act_on_all();
end
