-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What a client learns of us before it does anything, and what it may tell of itself: how long it may be idle
-- (XEP-0478), and whether somebody is looking at it (XEP-0352).

local st = require "util.stanza";

local host = module.host;
local xmlns_csi = "urn:xmpp:csi:0";
local xmlns_limits = "urn:xmpp:stream-limits:0";

-- Prosody 13 announces limits itself (mod_c2s).
local function announce_idle_timeout(idle_timeout)
	module:hook("stream-features", function (event)
		local seconds = idle_timeout() // 1;
		if seconds < 1 then return; end
		local limits = event.features:get_child("limits", xmlns_limits);
		if not limits then
			limits = st.stanza("limits", { xmlns = xmlns_limits });
			event.features:add_child(limits);
		end
		if not limits:get_child("idle-seconds") then limits:text_tag("idle-seconds", ("%d"):format(seconds)); end
	end, -10);
end

-- `tell(session, active)`. mod_csi refires what clients say, and announces the feature because somebody listens to it
-- here (its module.load). Where it is not loaded, both are done here.
local function follow_client_state(tell)
	local modules = prosody.hosts[host].modules;
	for word, active in pairs { active = true, inactive = false } do
		module:hook("csi-client-" .. word, function (event)
			tell(event.origin, active);
		end);
		module:hook(("stanza/%s:%s"):format(xmlns_csi, word), function (event)
			if modules.csi or not event.origin.username then return; end
			tell(event.origin, active);
			return true;
		end);
	end
	module:hook("stream-features", function (event)
		if modules.csi or not event.origin.username then return; end
		event.features:tag("csi", { xmlns = xmlns_csi }):up();
	end);
end

return { announce_idle_timeout = announce_idle_timeout; follow_client_state = follow_client_state };
