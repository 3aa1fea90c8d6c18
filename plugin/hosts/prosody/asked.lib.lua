-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What users may ask about each other: how long somebody has been away (XEP-0012), and what they said when they
-- went (RFC 6121 section 4.3.2). The records come from `lookup(bare_jid, callback)`, which answers a little later.

local datetime = require "util.datetime";
local is_contact_subscribed = require "core.rostermanager".is_contact_subscribed;
local jid_bare = require "util.jid".bare;
local jid_split = require "util.jid".split;
local parse_xml = require "util.xml".parse;
local st = require "util.stanza";

local xmlns_last = "jabber:iq:last";
local host = module.host;
local users = prosody.hosts[host].sessions;

local function has_available_resource(username)
	local user = users[username];
	for _, session in pairs(user and user.sessions or {}) do
		if session.presence then return true; end
	end
	return false;
end

-- Whether `from` may know about a user's presence: the user themself, and who has a subscription from them. For a
-- user that does not exist there is no roster, and the answer is the same as for one who never heard of `from`.
local function may_know(username, from)
	return from == username .. "@" .. host or is_contact_subscribed(username, host, from);
end

local function serve(lookup)
	--- XEP-0012

	module:add_feature(xmlns_last);

	local function answer(origin, stanza, seconds, text)
		local query = st.reply(stanza):tag("query", { xmlns = xmlns_last, seconds = ("%d"):format(seconds) });
		if text and text ~= "" then query:text(text); end
		origin.send(query);
	end

	-- Before mod_lastactivity, where both are enabled. A query without `to` comes here too, and is for the own
	-- account (RFC 6120 section 10.3.3).
	module:hook("iq-get/bare/jabber:iq:last:query", function (event)
		local origin, stanza = event.origin, event.stanza;
		local username = stanza.attr.to and jid_split(stanza.attr.to) or origin.username;
		if stanza.attr.to and not may_know(username, jid_bare(stanza.attr.from)) then
			origin.send(st.error_reply(stanza, "auth", "forbidden"));
			return true;
		end
		if has_available_resource(username) then
			answer(origin, stanza, 0);
			return true;
		end
		local ok = lookup(username .. "@" .. host, function (seen)
			if not seen then
				origin.send(st.error_reply(stanza, "cancel", "item-not-found"));
			else
				answer(origin, stanza, math.max(0, os.time() - math.floor(seen.last_heard)), seen.status);
			end
		end);
		if not ok then origin.send(st.error_reply(stanza, "wait", "internal-server-error")); end
		return true;
	end, 10);

	-- To a full JID, the client answers; but only who may know reaches it (XEP-0012 section 4). mod_iq has no event
	-- for the payload of these.
	module:hook("iq/full", function (event)
		local origin, stanza = event.origin, event.stanza;
		if stanza.attr.type ~= "get" or not stanza:get_child("query", xmlns_last) then return; end
		local username = jid_split(stanza.attr.to);
		if may_know(username, jid_bare(stanza.attr.from)) then return; end
		origin.send(st.error_reply(stanza, "auth", "forbidden"));
		return true;
	end, 10);

	--- RFC 6121, presence probes

	-- The unavailable presence for a user who is away: the one they sent, or a bare one; from the bare JID, and with
	-- the moment at which it was true (XEP-0203).
	local function presence_of_absent(seen)
		local kept = seen.offline_presence ~= "" and parse_xml(seen.offline_presence) or nil;
		local presence = kept or st.presence();
		presence.attr.type, presence.attr.from, presence.attr.id = "unavailable", seen.jid, nil;
		presence:maptags(function (child) -- a client's own stamp is not ours
			if child.name == "delay" and child.attr.xmlns == "urn:xmpp:delay" then return nil; end
			return child;
		end);
		local since = kept and seen.logged_out_at or seen.last_heard;
		return presence:tag("delay", { xmlns = "urn:xmpp:delay", from = host, stamp = datetime.datetime(since // 1) }):up();
	end

	-- Before mod_presence, which answers with a bare unavailable (handle_inbound_presence_subscriptions_and_probes).
	-- It also sends the probes of a user who comes online to the bare JIDs of their contacts, so they come by here.
	local function handle_probe(event)
		local stanza = event.stanza;
		if stanza.attr.type ~= "probe" then return; end
		local username = jid_split(stanza.attr.to);
		local prober = stanza.attr.from;
		if not username or not prober or has_available_resource(username) then return; end
		if not is_contact_subscribed(username, host, jid_bare(prober)) then return; end -- mod_presence says so
		local bare = username .. "@" .. host;
		return lookup(bare, function (seen)
			if has_available_resource(username) then return; end -- came meanwhile, and was broadcast
			local presence = seen and presence_of_absent(seen) or st.presence({ type = "unavailable", from = bare });
			presence.attr.to = prober;
			module:send(presence);
		end);
	end
	module:hook("presence/bare", handle_probe, 2);
	module:hook("presence/full", handle_probe, 2);
end

return { serve = serve };
