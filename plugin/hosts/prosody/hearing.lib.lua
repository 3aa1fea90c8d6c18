-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- How the bytes of a client reach us, for each transport that Prosody has.
--
-- TCP and WebSocket: the filter "bytes/in" sees every read before anything is parsed, WebSocket's control frames
-- included (mod_c2s, listener.onconnect: session.data; mod_websocket adds its own filter of that name at
-- priority 0). BOSH has no such filter, and an empty <body/> passes no stanza; but every accepted request is
-- appended to session.requests (mod_bosh, stream_callbacks.streamopened).

local add_filter = require "util.filters".add_filter;
local remove_filter = require "util.filters".remove_filter;

local before_everybody = 1000;

local function transport(session)
	if session.bosh_version or session.requests then return "bosh"; end
	if session.websocket_request then return "websocket"; end
	return "tcp";
end

-- The number of the socket that the session's stream goes over (net.server's connection:socket() is LuaSocket's, or
-- LuaSec's around it); -1 where there is none.
local function descriptor(session)
	if transport(session) == "bosh" or not session.conn or not session.conn.socket then return -1; end
	local socket = session.conn:socket();
	local fd = socket and socket.getfd and socket:getfd();
	return math.tointeger(fd) or -1;
end

local function upvalue(f, wanted)
	if type(f) ~= "function" then return nil; end
	for i = 1, 255 do
		local name, value = debug.getupvalue(f, i);
		if name == wanted or name == nil then return value; end
	end
end

-- The tables of filters that a session's reads may go through. A session that was resumed has two: session.filters
-- is the new stream's (mod_smacks, handle_resume), but session.data is still the function of the stream that the
-- session began with, and goes through that one's.
local function places(session)
	local of_data = upvalue(upvalue(session.data, "filter"), "filters");
	if of_data == nil or of_data == session.filters then return { { filters = session.filters } }; end
	return { { filters = session.filters }, { filters = of_data } };
end

-- Has `hear` called for whatever arrives for the session, until ignore() is called with what this returns.
local function listen(session, hear)
	local ear = { hear = hear };
	if transport(session) == "bosh" then
		ear.requests = setmetatable(session.requests, {
			__newindex = function (requests, index, request)
				rawset(requests, index, request);
				hear();
			end;
		});
	else
		ear.places = places(session);
		for _, place in ipairs(ear.places) do add_filter(place, "bytes/in", hear, before_everybody); end
	end
	return ear;
end

local function ignore(ear)
	if ear.requests then setmetatable(ear.requests, nil); end
	for _, place in ipairs(ear.places or {}) do remove_filter(place, "bytes/in", ear.hear); end
end

return { transport = transport; descriptor = descriptor; listen = listen; ignore = ignore };
