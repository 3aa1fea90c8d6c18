-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Who logs in without an account (SASL ANONYMOUS, RFC 4505): by a name that nobody had before, and nobody will again.

-- Whether all users of a host are such (mod_auth_anonymous; mod_disco asks so too).
local function are_all_of(host)
	local provider = prosody.hosts[host].users;
	return provider ~= nil and provider.name == "anonymous";
end

-- Other modules of authentication have this mechanism too: notes in `guests` each session that logs in by it.
local function follow(guests)
	-- While there is still a SASL handler (mod_saslauth, handle_status).
	module:hook("authentication-success", function (event)
		local handler = event.session.sasl_handler;
		if handler and handler.selected == "ANONYMOUS" then guests[event.session] = true; end
	end);
end

local function is_one(guests, session)
	return guests[session] or are_all_of(module.host);
end

return { are_all_of = are_all_of; follow = follow; is_one = is_one };
