-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Last activity (XEP-0012): how long somebody has been away. Whoever may not know gets the same answer whether there
-- is such a user or not.

local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local st = require "util.stanza";

local may_know = module:require "contacts".may_know;

local host = module.host;
local xmlns_last = "jabber:iq:last";

local function refuse(origin, stanza)
	origin.send(st.error_reply(stanza, "auth", "forbidden"));
	return true;
end

local function answer(origin, stanza, seconds, text)
	origin.send(st.reply(stanza):tag("query", { xmlns = xmlns_last, seconds = ("%d"):format(seconds) }):text(text));
	return true;
end

-- `last_heard` is true where the user is available.
local function tell(origin, stanza, last_heard, status, err)
	if last_heard == true then
		answer(origin, stanza, 0);
	elseif last_heard then
		answer(origin, stanza, math.max(0, os.time() - last_heard // 1), status);
	elseif err then
		origin.send(st.error_reply(stanza, "wait", "resource-constraint"));
	else
		origin.send(st.error_reply(stanza, "cancel", "item-not-found")); -- never seen
	end
end

-- `look_up(bare_jid, tell, origin, stanza)` finds what contacts are told, at once where it can.
local function serve(look_up)
	module:add_feature(xmlns_last);
	module:hook("account-disco-info", function (event)
		event.reply:tag("feature", { var = xmlns_last }):up();
	end);

	-- Before mod_lastactivity, where both are enabled. A query without `to` comes here too, as does one to the own
	-- bare JID (stanza_router, core_post_stanza): it is for the own account (RFC 6120 section 10.3.3).
	module:hook("iq-get/bare/jabber:iq:last:query", function (event)
		local origin, stanza = event.origin, event.stanza;
		local to = stanza.attr.to;
		local username = to and jid_node(to) or origin.username;
		if to and not may_know(username, jid_bare(stanza.attr.from)) then return refuse(origin, stanza); end
		look_up(username .. "@" .. host, tell, origin, stanza);
		return true;
	end, 10);

	-- To a full JID, the client answers; but only who may know reaches it (XEP-0012 section 4). mod_iq has no event
	-- for the payload of these.
	module:hook("iq/full", function (event)
		local origin, stanza = event.origin, event.stanza;
		if stanza.attr.type ~= "get" or not stanza:get_child("query", xmlns_last) then return; end
		if not may_know(jid_node(stanza.attr.to), jid_bare(stanza.attr.from)) then return refuse(origin, stanza); end
	end, 10);
end

return { serve = serve };
