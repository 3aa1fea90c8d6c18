-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Who may know about a user's presence, and whether there is one.

local is_contact_subscribed = require "core.rostermanager".is_contact_subscribed;

local host = module.host;
local users = prosody.hosts[host].sessions;

-- A resource that is held counts, whatever contacts see of it.
local function is_available(username)
	local user = users[username];
	if not user then return false; end
	for _, session in pairs(user.sessions) do
		if session.presence then return true; end
	end
	return false;
end

-- As contacts see it. `shown` has what they see of held sessions (held.lib.lua). Answers with whether there is a
-- resource that they see as available; where there is none, but one is held, also with when that was last heard.
local function is_seen_available(username, shown)
	local user = users[username];
	local last_heard;
	for _, session in pairs(user and user.sessions or {}) do
		local view = shown[session];
		if session.presence and not (view and not view.available) then return true; end
		if session.presence then last_heard = math.max(last_heard or 0, view.last_heard); end
	end
	return false, last_heard;
end

local rank_of_show = { chat = 1, available = 2, away = 3, xa = 4, dnd = 5 };

-- Of the resources that contacts see as available, the one with the highest priority, and of several the one that is
-- the most there: "available", "chat", "away", "xa" or "dnd", and its status. Where there is none: nil, and when one
-- that is held was last heard.
local function seen_state(username, shown)
	local user = users[username];
	local best_rank, best_priority, best_show, best, last_heard;
	for _, session in pairs(user and user.sessions or {}) do
		local presence, view = session.presence, shown[session];
		if presence and view and not view.available then
			last_heard = math.max(last_heard or 0, view.last_heard);
		elseif presence then
			local show = view and "xa" or presence:get_child_text("show");
			if not rank_of_show[show] then show = "available"; end
			local priority, rank = session.priority or 0, rank_of_show[show];
			if not best or priority > best_priority or priority == best_priority and rank < best_rank then
				best, best_show, best_priority, best_rank = presence, show, priority, rank;
			end
		end
	end
	if not best then return nil, last_heard; end
	return best_show, best:get_child_text("status") or "";
end

-- The user themself, and who has a subscription from them. For a user that does not exist there is no roster, and the
-- answer is the same as for one who never heard of `bare_jid`.
local function may_know(username, bare_jid)
	return bare_jid == username .. "@" .. host or is_contact_subscribed(username, host, bare_jid) or false;
end

return {
	is_available = is_available; is_seen_available = is_seen_available; seen_state = seen_state; may_know = may_know;
};
