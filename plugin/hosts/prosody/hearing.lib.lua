-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- How the bytes of a client reach us, for each transport that Prosody has.
--
-- TCP and WebSocket: the filter "bytes/in" sees every read before anything is parsed, WebSocket's control frames
-- included (mod_c2s, listener.onconnect: session.data; mod_websocket adds its own filter of that name at
-- priority 0). BOSH has no such filter, and an empty <body/> passes no stanza; but every accepted request is
-- appended to session.requests (mod_bosh, stream_callbacks.streamopened).

local filters = require "util.filters";

local before_everybody = 1000;

local function transport(session)
	if session.bosh_version or session.requests then return "bosh"; end
	if session.websocket_request then return "websocket"; end
	return "tcp";
end

-- Has `hear` called for whatever arrives on the session's present stream.
local function listen(session, hear)
	if transport(session) == "bosh" then
		setmetatable(session.requests, {
			__newindex = function (requests, index, request)
				rawset(requests, index, request);
				hear();
			end;
		});
	else
		filters.add_filter(session, "bytes/in", hear, before_everybody);
	end
end

local function ignore(session, hear)
	if session.destroyed then return; end -- Prosody has taken it apart already
	if transport(session) == "bosh" then
		setmetatable(session.requests, nil);
	else
		filters.remove_filter(session, "bytes/in", hear);
	end
end

return { transport = transport; listen = listen; ignore = ignore };
