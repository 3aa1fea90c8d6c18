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

local accounts = module:require "accounts";
local acks = module:require "acks";
local ad_hoc = module:require "ad_hoc";
local alarms = module:require "alarm";
local births = module:require "births";
local endings = module:require "endings";
local guests = module:require "guests";
local held_sessions = module:require "held";
local lives = module:require "life";
local last_activity = module:require "last_activity";
local metrics = module:require "metrics";
local offline_presence = module:require "offline_presence";
local operator = module:require "operator";
local page = module:require "page";
local page_api = module:require "page_api";
local pings = module:require "pings";
local questions = module:require "questions";
local reload = module:require "reload";
local sessions = module:require "sessions";
local setup = module:require "setup";
local shell = module:require "shell";
local stream_features = module:require "stream_features";

local host = module.host;
local sessions_of_host = prosody.hosts[host].sessions;

-- Ends the load with one line in the log: an error that is no string gets no traceback
-- (modulemanager, do_load_module).
local function fail(message)
	error(setmetatable({}, { __tostring = function () return message; end }), 0);
end

if module:get_host_type() ~= "local" then
	fail("only a VirtualHost has client sessions; " .. host .. " is a " .. module:get_host_type());
end

local state = module.saved_state or sessions.new_state(); -- what outlives a reload of the module (module.save)
local session_of = state.session_of;
local adopting = not state.plugin;

local options = setup.options(host);

do -- Nothing may be hooked before this has gone well: Prosody does not undo it when a load fails.
	local native, err = setup.native();
	if state.plugin then
		local same;
		if native then same, err = state.plugin:configure(options); end
		if not same then -- bad options, another version, or another store or node
			sessions.drop_all(state, state.plugin);
			state.plugin:close(false);
			for kind, level, text in state.plugin.next_action, state.plugin do
				if kind == "log" then module:log(level, "%s", text); end
			end
			state.plugin, state.started, adopting = nil, false, true;
			if err then
				held_sessions.show_all_again(state.shown, function () return "presence"; end);
				fail(err);
			end
		end
	end
	if not state.plugin then
		if not native then fail(err); end
		state.plugin, err = native.new(host, options, setup.defaults(host, true));
		if not state.plugin then fail(err); end
	end
end
local plugin = state.plugin;
local life = lives.begin(); -- all that may be called after its end asks it

-- Calls into the plugin; what it could not do is a line in the log, and nobody's error.
local function ask(method, ...)
	if life.ended() then return nil; end
	local result, err = plugin[method](plugin, ...);
	if err then module:log("error", "%s: %s", method, err); end
	return result;
end

--- What the plugin wants done

local ticks; -- the alarm that they come by
local desk;

-- Whom of a held session is told what (plugin:tell). Without an answer, as if nobody had been told anything directly.
local function tell(session, to, occasion)
	local id = state.id_of[session] or state.ended[session] or 0;
	local ok, what, xml = pcall(plugin.tell, plugin, id, to, occasion);
	if not ok then return "presence"; end -- it is closed: all is shown again
	return what, xml;
end

local actions = {};
held_sessions.serve(state.shown, tell);

function actions.probe(id, number, kind)
	local session = session_of[id];
	if not session or session.destroyed or session.hibernating then return; end
	if kind == "ack_request" and session.smacks then
		acks.request(state, session, number);
	else
		pings.ping(session, number);
	end
end

function actions.show_held(id, available, last_heard)
	local session = state.session_of[id];
	if session then held_sessions.show(state.shown, tell, session, { available = available, last_heard = last_heard }); end
end

function actions.show_again(id)
	local session = state.session_of[id];
	if session then held_sessions.show_again(state.shown, tell, session); end
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

function actions.end_session(id)
	local session = session_of[id];
	if session then endings.end_for_good(session); end
end

function actions.tick(delay)
	ticks.set(delay);
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

local function act_to_the_end()
	while act(plugin:next_action()) do end -- luacheck: ignore 542
end
local act_on_all = life.lasting(act_to_the_end); -- afterwards they are the next life's

desk = questions.desk(life, plugin, act_on_all);

ticks = alarms.alarm(life, function ()
	if not state.started then
		-- Timers run in the server's loop only, which is after mod_posix has forked (at server-started): the store's
		-- thread would not survive that.
		ask("start");
		state.started = true;
	end
	local wait = ask("tick") or 1;
	act_on_all();
	desk.sweep();
	return wait;
end);

--- The sessions and the accounts

local function changed(username)
	desk.outdated(username .. "@" .. host);
end

local account_of;
local here = sessions.follow(state, ask, act_on_all, changed, function (session) return account_of(session); end);
acks.follow(state, ask);

local function forget(username)
	changed(username);
	ask("forget", username .. "@" .. host);
end

-- The record was of somebody else who had the name before. Who is here now begins anew.
local function begin_anew(username)
	module:log("info", "%s@%s is another account than the one on record, which is forgotten", username, host);
	forget(username);
	local user = sessions_of_host[username];
	local told = {};
	for _, session in pairs(user and user.sessions or {}) do
		if state.id_of[session] then told[#told + 1] = session; end
	end
	for _, session in ipairs(told) do
		ask("closed", sessions.drop(state, session), "logged_out"); -- leaves no record: it was forgotten
	end
	for _, session in ipairs(told) do here.adopt(session); end
end

-- Where other servers write to the same database, what they noted of their accounts is not here to compare.
local births_of_accounts = setup.has_own_database(host) and births.registry(plugin, desk.look_up, begin_anew) or nil;

function account_of(session)
	if not births_of_accounts or guests.is_one(state.guests, session) then return nil; end
	return births_of_accounts.account_of(session.username);
end

module:hook("resource-bind", function (event)
	local session = event.session;
	here.open(session);
end);

accounts.on_deletion(host, forget);

metrics.show(life, plugin);

module:hook_global("server-stopped", function ()
	sessions.drop_all(state);
	life.finish("the server stops");
	plugin:close(true);
	act_to_the_end();
end);

--- What users and operators ask

last_activity.serve(desk.look_up_activity);
offline_presence.serve(desk.look_up, function (bare_jid) return plugin:user(bare_jid); end);
stream_features.announce_idle_timeout(function () return ask("idle_timeout") or 0; end);

local instances = module:shared("/*/liveness/instances");
local shell_environment = module:shared("/*/admin_shell/env"); -- mod_admin_shell's def_env

-- After the end of its life it answers with nil and why; who asks for an answer that comes later is called with that.
local instance = {
	some_sessions = life.lasting(function (cursor, slots) return plugin:some_sessions(cursor, slots); end);
	sessions_of = life.lasting(function (username) return sessions.of(state, username); end);
	user = life.lasting(function (bare_jid) return plugin:user(bare_jid); end);
	stats = life.lasting(function () return plugin:stats(); end);
	why = life.lasting(function (full_jid) return ask("why", full_jid); end);
	-- By its id or its full JID: whether it was done (plugin.h).
	probe = life.lasting(function (session)
		local done = ask("probe", session);
		act_on_all();
		return done;
	end);
	disconnect = life.lasting(function (session)
		local done = ask("disconnect", session);
		act_on_all();
		return done;
	end);
	timeline = life.lasting(function (session) return ask("timeline", session) or {}; end);
	look_up = desk.look_up;
	find = desk.ask;
	life = life;
};
instances[host] = instance;
shell.enter(life, shell_environment, instances, operator);
ad_hoc.offer(instances, operator);

if options.page then
	page.serve(life, host, plugin, options.page_networks or { "127.0.0.1", "::1" }, page_api.api {
		desk = desk;
		disconnect = instance.disconnect;
		life = life;
		plugin = plugin;
		probe = instance.probe;
	});
end

if options.public_presence then
	local function user_of(bare_jid) return plugin:user(bare_jid); end
	module:require "public_presence".serve(user_of, function (username, callback)
		desk.look_up(username .. "@" .. host, function (seen)
			callback(seen and seen.last_heard or nil);
		end);
	end);
end

--- The module's life

if adopting then
	for _, user in pairs(sessions_of_host) do
		for _, session in pairs(user.sessions) do here.adopt(session); end
	end
end
ticks.set(0);

local goes_on = false; -- `state`, in the next load

-- A reload begins with this, and comes to nothing where this raises an error.
function module.save()
	local err = reload.obstacle(plugin);
	goes_on = not err;
	if goes_on then return state; end
	module:log("error", "not reloaded, the old options stay in force: %s", err);
	fail(err);
end

function module.unload()
	life.finish("the module was unloaded or reloaded meanwhile: ask again");
	if module.reloading and goes_on then return; end
	held_sessions.show_all_again(state.shown, tell);
	sessions.drop_all(state, plugin);
	plugin:close(false);
	act_to_the_end();
end
