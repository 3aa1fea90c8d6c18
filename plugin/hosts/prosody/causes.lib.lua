-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Why a session ends, as far as Prosody lets us know: from the reason that session:close() was given, which comes
-- by the event pre-session-close (mod_c2s and mod_websocket, session_close), and by a wrapper around session.close
-- where that event does not come (BOSH) or does not say enough.

local st = require "util.stanza";

-- Stream errors that mean that the stream itself had gone bad. With any other, somebody wanted the client away.
local stream_had_gone_bad = {
	["bad-format"] = true;
	["bad-namespace-prefix"] = true;
	["connection-timeout"] = true;
	["improper-addressing"] = true;
	["invalid-namespace"] = true;
	["invalid-xml"] = true;
	["not-well-formed"] = true;
	["remote-connection-failed"] = true;
	["restricted-xml"] = true;
	["unsupported-encoding"] = true;
	["unsupported-stanza-type"] = true;
};

local function condition_of(reason)
	if type(reason) == "string" then return reason; end
	if st.is_stanza(reason) then return reason.tags[1] and reason.tags[1].name; end
	return type(reason) == "table" and reason.condition or nil;
end

-- What mod_websocket says where a client sends more than it may.
local says_too_much = { ["stanza too large"] = true; ["frame buffer exceeded"] = true };

-- The client broke a rule of its stream, or it asks to resume one that cannot be resumed any more: nobody wanted it
-- away. Such a reason has a condition that an administrator may give too; who gave it is what tells them apart.
local function is_the_streams_own(reason)
	if type(reason) ~= "table" or st.is_stanza(reason) then return false; end
	if reason.source == "mod_smacks" then return true; end -- a wrong count, or a queue that has overflowed
	local extra = reason.extra;
	return st.is_stanza(extra) and extra.name == "stanza-too-big" -- mod_c2s
		or says_too_much[reason.text] == true;
end

-- `reason` as session:close() takes it: false is the client's own </stream:stream>, nil is a module's or an
-- administrator's close without a stream error. With `clients_error` the client itself sent a stream error.
local function of_reason(reason, clients_error)
	if reason == false then return "logged_out"; end
	if reason == nil and clients_error or is_the_streams_own(reason) then return "connection_lost"; end
	local condition = condition_of(reason);
	if condition == "conflict" then return "replaced"; end
	if condition == "system-shutdown" or condition == "host-gone" then return "server_stopped"; end
	if stream_had_gone_bad[condition] then return "connection_lost"; end
	return "kicked";
end

return { of_reason = of_reason };
