-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What Prosody tells of its client sessions, told to the plugin.
--
-- `state` outlives a reload of the module:
--   session_of  id in the plugin -> Prosody's session
--   id_of       and back
--   ear_of      session -> what hears it (hearing.listen)
--   cause_of    session -> why it is about to end, once that is known
--   ended       session that has ended -> what its id was
--   shown       session that is held -> what contacts see of it (held.lib.lua)
--   asked_of    session -> the probe that its next <a/> answers (acks.lib.lua)
--   acks_before session -> that another <a/> comes before
--   guests      session -> that its user has no account (guests.lib.lua)
--   stopping    the server is about to end

local causes = module:require "causes";
local guests = module:require "guests";
local hearing = module:require "hearing";
local pings = module:require "pings";
local stream_features = module:require "stream_features";

local host = module.host;
local xmlns_sm = { "urn:xmpp:sm:2", "urn:xmpp:sm:3" };

local function new_state()
	local function by_session() return setmetatable({}, { __mode = "k" }); end
	return {
		session_of = {}; id_of = by_session(); ear_of = by_session(); cause_of = by_session();
		ended = by_session(); shown = by_session(); asked_of = by_session(); acks_before = by_session();
		guests = by_session();
		stopping = false;
	};
end

-- Hears the session no more, as if it had never been told of. Answers with what its id was.
local function drop(state, session)
	local id = state.id_of[session];
	if state.ear_of[session] then hearing.ignore(state.ear_of[session]); end
	pings.ignore(state, session);
	if session.liveness_close then session.close, session.liveness_close = session.liveness_close, nil; end
	state.session_of[id], state.id_of[session], state.ear_of[session], state.cause_of[session] = nil, nil, nil, nil;
	return id;
end

-- All of them. Where they live on, `plugin` knows when each was last heard: that stays with the session, for the next
-- plugin that adopts it.
local function drop_all(state, plugin)
	local last_heard = plugin and plugin.last_heard; -- that of an older version has none
	for id, session in pairs(state.session_of) do
		session.liveness_last_heard = last_heard and last_heard(plugin, id) or nil;
		drop(state, session);
	end
end

-- A user's sessions, in no order: each { jid =, id =, held = }.
local function of(state, username)
	local found = {};
	local user = prosody.hosts[host].sessions[username];
	for _, session in pairs(user and user.sessions or {}) do
		local id = state.id_of[session];
		if id then
			found[#found + 1] = { jid = session.full_jid; id = id; held = session.hibernating ~= nil };
		end
	end
	return found;
end

-- Hooks all events. `ask(method, ...)` calls the plugin, `act` does what it wants done, `changed(username)` is told
-- when a user comes, goes or says something new, `account_of(session)` has the mark of an account. Answers with what
-- else can be done to a session.
local function follow(state, ask, act, changed, account_of)
	local session_of, id_of, ear_of, cause_of = state.session_of, state.id_of, state.ear_of, state.cause_of;
	pings.follow(state, ask);
	guests.follow(state.guests);

	local function hear_from_now_on(session, id)
		if ear_of[session] then hearing.ignore(ear_of[session]); end
		ear_of[session] = hearing.listen(session, ask("hearing", id));
		pings.listen(state, session);
		ask("socket", id, hearing.descriptor(session));
	end

	local function note_cause(session, reason, clients_error)
		if id_of[session] and not cause_of[session] then
			cause_of[session] = causes.of_reason(reason, clients_error);
		end
	end

	-- What pre-session-close does not tell. A stream error that the client sent is a second argument (mod_c2s,
	-- stream_callbacks.error). mod_bosh fires no such event at all, and calls session:close() without a reason for the
	-- client's own type='terminate' (handle_POST, session.bosh_terminate).
	local function watch_close(session)
		local close = session.close;
		session.liveness_close = close;
		function session:close(reason, clients_error, ...)
			local own = self.bosh_terminate and reason == nil;
			note_cause(self, not own and reason, clients_error);
			return close(self, reason, clients_error, ...);
		end
	end

	-- `last_heard` is known of some that were there before the plugin.
	local function open(session, last_heard)
		local via = hearing.transport(session);
		local id = ask("open", session.username, session.resource, via, not not session.smacks,
			not not session.resumption_token, last_heard, guests.is_one(state.guests, session), account_of(session));
		if not id then return; end
		session_of[id], id_of[session] = session, id;
		hear_from_now_on(session, id);
		watch_close(session);
		act();
		return id;
	end

	local function tell_presence(id, stanza)
		local available = stanza.attr.type == nil;
		local priority = stanza:get_child_text("priority");
		priority = priority and priority:match("^[+-]?%d+$") and tonumber(priority) or 0;
		local xml = not available and stanza.tags[1] and tostring(stanza) or nil;
		changed(session_of[id].username);
		ask("presence", id, available, stanza:get_child_text("show"), stanza:get_child_text("status"), priority, xml);
	end

	-- Prosody's session as the plugin does not know it yet: it is told all that has happened to it. mod_smacks notes
	-- when it lost the stream: nothing was heard after that.
	local function adopt(session)
		local held_since = type(session.hibernating) == "number" and session.hibernating or nil;
		local id = open(session, session.liveness_last_heard or held_since);
		session.liveness_last_heard = nil;
		if not id then return; end
		if session.presence then tell_presence(id, session.presence); end
		for to in pairs(session.directed or {}) do ask("directed", id, to, true); end -- as far as mod_presence knows
		if session.state == "inactive" then ask("client_state", id, false); end -- mod_csi
		if session.hibernating then ask("held", id, held_since); end
	end

	-- A client's own broadcast presence, after all that may reject or change it (pre-presence) and before mod_presence
	-- sends it out. That module sends the one of an ended session too (its resource-unbind handler), by then marked as
	-- destroyed: it is not the client's word.
	local broadcast; -- the last one: mod_presence sends it to one after the other (handle_normal_presence)
	module:hook("presence/bare", function (event)
		local session, stanza = event.origin, event.stanza;
		local id = id_of[session];
		if not id or stanza.attr.to then return; end
		broadcast = stanza;
		if session.destroyed then return; end
		if stanza.attr.type == nil or stanza.attr.type == "unavailable" then tell_presence(id, stanza); end
	end, 1);

	-- What a client directs at somebody, after all that may reject or change it. Here comes as well what mod_presence
	-- sends of the session: that is its broadcast, or the same stanza later (session.presence).
	local function handle_directed(event)
		local session, stanza = event.origin, event.stanza;
		local id, to, kind = id_of[session], stanza.attr.to, stanza.attr.type;
		if not id or not to or session.destroyed or kind ~= nil and kind ~= "unavailable" then return; end
		if stanza == broadcast or stanza == session.presence then return; end
		ask("directed", id, to, kind == nil, kind == nil and tostring(stanza) or nil);
	end
	for _, kind in ipairs { "bare", "full", "host" } do
		module:hook("pre-presence/" .. kind, handle_directed, 1);
	end

	for _, xmlns in ipairs(xmlns_sm) do
		-- Before mod_smacks, whose handler (priority 100) lets nobody come after it.
		module:hook_tag(xmlns, "enable", function (session, stanza)
			local id, resume = id_of[session], stanza.attr.resume;
			if id then ask("management_enabled", id, resume == "true" or resume == "1"); end
		end, 101);
	end

	module:hook("smacks-hibernation-start", function (event)
		local id = id_of[event.origin];
		if id then ask("held", id); end
	end);

	-- The resumed session goes on with the filters of the new stream's, and its close (mod_smacks, handle_resume).
	module:hook("smacks-hibernation-end", function (event)
		local session = event.resumed;
		local id = id_of[session];
		if not id then return; end
		state.asked_of[session] = nil;
		changed(session.username);
		ask("resumed", id);
		hear_from_now_on(session, id);
		watch_close(session);
		act();
	end);

	stream_features.follow_client_state(function (session, active)
		local id = id_of[session];
		if id then ask("client_state", id, active); end
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
		state.ended[session] = id;
		changed(session.username);
		ask("closed", id, cause);
	end, 1);

	module:hook_global("server-stopping", function ()
		state.stopping = true;
	end, 1000);

	return { open = open; adopt = adopt };
end

return { new_state = new_state; drop = drop; drop_all = drop_all; of = of; follow = follow };
