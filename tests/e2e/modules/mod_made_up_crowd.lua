-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- More sessions than there are clients: tables where Prosody keeps those of its clients, which are found when
-- mod_liveness is loaded after this. And how long the server's thread is held at a stretch: its time on a processor
-- from one turn of its loop to the next, so that neither other programs on the machine count nor the store's thread.

local st = require "util.stanza";

local users, resources = 1000, 100;

local hosts = prosody.hosts;
local sessions_of_host = hosts[module.host].sessions;
local shows = { "away", "chat", "dnd", "xa" };
local made = 0;

local presences = {};
for i = 1, resources do
	presences[i] = st.presence();
	if shows[i % 5] then presences[i]:text_tag("show", shows[i % 5]):text_tag("status", "at desk " .. i % 37); end
end

for u = 1, users do
	local username = ("user%04d"):format(u);
	local user = { sessions = {} };
	for r = 1, resources do
		local resource = ("resource-%03d"):format(r);
		local full_jid = username .. "@" .. module.host .. "/" .. resource;
		user.sessions[resource] = {
			username = username; host = module.host; resource = resource; full_jid = full_jid; type = "c2s";
			filters = {}; presence = presences[r]; send = function () return true; end;
		};
		made = made + 1;
	end
	rawset(sessions_of_host, username, user);
end

local function processor_time()
	local file = assert(io.open("/proc/thread-self/schedstat"));
	local nanoseconds = file:read("n");
	file:close();
	return nanoseconds / 1e9;
end

local longest, last = 0, processor_time();
module:add_timer(0, function ()
	local now = processor_time();
	longest, last = math.max(longest, now - last), now;
	return 0;
end);

local crowd = {};
module:shared("/*/admin_shell/env").crowd = crowd;

function crowd.made()
	return true, ("%d sessions"):format(made);
end

-- Since the last time this was asked, in milliseconds.
function crowd.longest_hold()
	local held = longest;
	longest = 0;
	return true, ("held for %.3f ms"):format(held * 1000);
end
