-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What contacts see of a session whose stream is lost, while mod_smacks keeps it for its client.
--
-- mod_presence goes on as if nothing had happened: session.presence and its priority stay, so messages are queued for
-- the session as ever, and rooms are not left. But all that a contact gets to see of a session passes by here: it is
-- posted with the session as its origin, and with the events pre-presence/* (mod_presence: handle_normal_presence,
-- and send_presence_of_available_resources for probes and new subscriptions). What says that the client is there is
-- replaced by what the plugin wants shown.

local datetime = require "util.datetime".datetime;
local jid_bare = require "util.jid".bare;
local parse_xml = require "util.xml".parse;
local st = require "util.stanza";

local host = module.host;
local users = prosody.hosts[host].sessions;
local post = prosody.core_post_stanza;
local xmlns_delay = "urn:xmpp:delay";
local before_everybody = 1000;

-- The session as the sender of a stanza that its client does not know of: what bounces (mod_blocklist,
-- bounce_outgoing) is not queued for it.
local function unheard() return true; end
local function on_behalf_of(session)
	return setmetatable({ send = unheard }, { __index = session });
end

local function is_contact(session, bare_jid)
	local item = session.roster and session.roster[bare_jid];
	return item and (item.subscription == "both" or item.subscription == "from");
end

local function is_own(session, bare_jid)
	return bare_jid == session.username .. "@" .. host;
end

-- `view` is { available = , last_heard = }; `said` is what the client said.
local function presence_in(view, session, said)
	local presence;
	if view.available then
		presence = said;
		presence:maptags(function (child)
			if child.name == "show" or child.name == "delay" and child.attr.xmlns == xmlns_delay then return nil; end
			return child;
		end);
		presence:text_tag("show", "xa");
	else
		presence = st.presence({ type = "unavailable" });
	end
	presence.attr.from, presence.attr.id = session.full_jid, nil;
	return presence:tag("delay", { xmlns = xmlns_delay, from = host, stamp = datetime(view.last_heard // 1) }):up();
end

-- What the client said to everybody, or where it said something else to somebody, `xml`, that.
local function said_by(session, xml)
	local said = xml and parse_xml(xml) or st.clone(session.presence);
	said.attr.from = session.full_jid;
	return said;
end

local function send_to(session, presence, to)
	presence.attr.to = to;
	post(on_behalf_of(session), presence, true);
end

-- To whom handle_normal_presence sends it, but for recipients of directed presence; of a view, or without one what the
-- client said. `tell(session, to, occasion)` is the plugin's judgement (plugin:tell).
local function broadcast(tell, session, view)
	local function made(xml)
		local said = said_by(session, xml);
		return view and presence_in(view, session, said) or said;
	end
	local general = made();
	local user = users[session.username];
	for _, resource in pairs(user and user.sessions or {}) do
		if resource ~= session and resource.presence then send_to(session, general, resource.full_jid); end
	end
	for jid in pairs(session.roster or {}) do
		if jid and is_contact(session, jid) then
			local what, xml = tell(session, jid, view and "hold" or "resumption");
			if what ~= "nothing" then send_to(session, xml and made(xml) or general, jid); end
		end
	end
end

-- `shown` has, for each session that contacts see otherwise than mod_presence does, its view; it outlives a reload.

local function show(shown, tell, session, view)
	if not session.presence then return; end
	local before = shown[session];
	if before and before.available == view.available then return; end -- contacts see that already
	shown[session] = view;
	broadcast(tell, session, view);
end

local function show_again(shown, tell, session)
	if not shown[session] then return; end
	shown[session] = nil;
	if session.presence then broadcast(tell, session); end
end

-- The module goes: from now on contacts see what Prosody knows.
local function show_all_again(shown, tell)
	local sessions = {};
	for session in pairs(shown) do sessions[#sessions + 1] = session; end
	for _, session in ipairs(sessions) do show_again(shown, tell, session); end -- one that has ended has no presence
end

local function serve(shown, tell)
	-- Somebody probes the session, or is granted a subscription.
	local function handle_available(session, view, to)
		if session.destroyed or not session.presence then return; end
		local what, xml = "held_view", nil;
		if not is_own(session, jid_bare(to)) then what, xml = tell(session, to, "asked"); end
		if what == "presence" then return; end
		if what == "held_view" then send_to(session, presence_in(view, session, said_by(session, xml)), to); end
		return true;
	end

	-- mod_presence sends it where the session ends or somebody loses their subscription.
	local function handle_unavailable(session, view, to)
		local seen_to_go = view and not view.available;
		local bare_jid = jid_bare(to);
		if is_own(session, bare_jid) then return seen_to_go or nil; end
		if session.directed and session.directed[to] and not is_contact(session, bare_jid) then return; end
		if tell(session, to, seen_to_go and "end_of_away" or "end") == "nothing" then return true; end
	end

	local function handle_outgoing(event)
		local session, stanza = event.origin, event.stanza;
		local view, to, kind = shown[session], stanza.attr.to, stanza.attr.type;
		if not to then return; end
		if kind == nil and view then return handle_available(session, view, to); end
		if kind == "unavailable" and (view or session.hibernating and session.destroyed) then
			return handle_unavailable(session, view, to);
		end
	end
	for _, kind in ipairs { "bare", "full", "host" } do
		module:hook("pre-presence/" .. kind, handle_outgoing, before_everybody);
	end

	-- Resumed, and the plugin did not say it: it was made anew during the hold.
	module:hook("smacks-hibernation-end", function (event)
		show_again(shown, tell, event.resumed);
	end, -1);
end

return { serve = serve; show = show; show_again = show_again; show_all_again = show_all_again };
