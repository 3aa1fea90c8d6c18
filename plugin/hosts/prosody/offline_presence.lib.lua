-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Presence probes to users who are away (RFC 6121 section 4.3.2): answered with what they said when they went, and
-- when that was.

local datetime = require "util.datetime".datetime;
local is_contact_subscribed = require "core.rostermanager".is_contact_subscribed;
local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local parse_xml = require "util.xml".parse;
local st = require "util.stanza";

local host = module.host;
local xmlns_delay = "urn:xmpp:delay";

-- The presence that the user sent, or a bare one; from the bare JID, and with the moment at which it was true
-- (XEP-0203).
local function presence_of(seen)
	local kept = seen.offline_presence ~= "" and parse_xml(seen.offline_presence) or nil;
	local presence = kept or st.presence();
	presence.attr.type, presence.attr.from, presence.attr.id = "unavailable", seen.jid, nil;
	presence:maptags(function (child) -- a client's own stamp is not ours
		if child.name == "delay" and child.attr.xmlns == xmlns_delay then return nil; end
		return child;
	end);
	if not kept and seen.words then presence:text_tag("status", seen.words); end
	local since = (kept or seen.words) and seen.logged_out_at or seen.last_heard;
	return presence:tag("delay", { xmlns = xmlns_delay, from = host, stamp = datetime(since // 1) }):up();
end

-- `look_up(bare_jid, callback)` finds a record, at once where it can; `user_of(bare_jid)` says what contacts see of a
-- user (plugin:user).
local function serve(look_up, user_of)
	-- Before mod_presence, which answers with a bare unavailable (handle_inbound_presence_subscriptions_and_probes).
	-- That module also sends the probes of a user who comes online to the bare JIDs of their contacts, and other
	-- servers those of theirs, so they come by here.
	local function handle_probe(event)
		local stanza = event.stanza;
		if stanza.attr.type ~= "probe" then return; end
		local username, prober = jid_node(stanza.attr.to), stanza.attr.from;
		if not username or not prober then return; end
		local bare_jid = username .. "@" .. host;
		local user = user_of(bare_jid);
		if user.available > 0 then return; end
		if not is_contact_subscribed(username, host, jid_bare(prober)) then return; end -- mod_presence says so
		local function answer(seen)
			local presence = seen and presence_of(seen) or st.presence({ type = "unavailable", from = bare_jid });
			presence.attr.to = prober;
			prosody.core_post_stanza(prosody.hosts[host], presence, true);
		end
		if user.away then
			-- Held, and the hold decides whether that was a logout. mod_presence sends what is shown of the sessions.
			if not user.away.words and user.away.offline_presence == "" then return; end
			answer(user.away);
			return true;
		end
		look_up(bare_jid, function (seen)
			if user_of(bare_jid).available > 0 then return; end -- came meanwhile, and was broadcast
			answer(seen);
		end);
		return true;
	end
	module:hook("presence/bare", handle_probe, 2);
	module:hook("presence/full", handle_probe, 2);
end

return { serve = serve };
