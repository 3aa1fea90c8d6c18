-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- How a session is ended for good, on whatever it came and whether it is held.

local sessionmanager = require "core.sessionmanager";

local hearing = module:require "hearing";

-- A close without a stream error waits for the client to close its side, and what is sent to the session in the
-- meantime is lost (mod_c2s and mod_websocket, session_close).
local by_an_administrator = { condition = "policy-violation"; text = "Disconnected by an administrator" };

local function end_for_good(session)
	if session.destroyed then return; end
	if hearing.transport(session) == "bosh" then
		-- mod_bosh does not fire this by itself: without it mod_smacks would keep the session for resumption.
		module:fire_event("pre-session-close", { session = session; reason = by_an_administrator });
	end
	session:close(by_an_administrator);
	-- mod_websocket's session_close does nothing about a session that has no connection, as one that is held.
	if not session.destroyed then sessionmanager.destroy_session(session, by_an_administrator.condition); end
end

return { end_for_good = end_for_good };
