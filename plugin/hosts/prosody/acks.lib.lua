-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Requests for acknowledgement (XEP-0198) to silent clients, and their answers.
--
-- <r/> is no stanza: mod_smacks neither counts nor queues it (its outgoing_stanza_filter). What mod_smacks notes of its
-- own requests is left alone: with `awaiting_ack` set, its handle_read_timeout would end the session of a client that
-- has its time yet to answer us, and its should_ack would not ask when there is something new to ask for.

local st = require "util.stanza";

local hearing = module:require "hearing";

local xmlns_sm = { "urn:xmpp:sm:2", "urn:xmpp:sm:3" };
local before_mod_smacks = 10; -- its handle_a lets nobody come after it

-- One for all: nothing that it is given to changes a stanza that has a namespace of its own.
local request_in, text_in = {}, {};
for _, xmlns in ipairs(xmlns_sm) do
	request_in[xmlns] = st.stanza("r", { xmlns = xmlns });
	text_in[xmlns] = tostring(request_in[xmlns]);
end

-- `state` is that of sessions.lib.lua: `asked_of` has for a session which probe its next <a/> answers, `acks_before`
-- that the one comes before which mod_smacks waits for. Answers come in the order of the requests.
local function request(state, session, number)
	state.acks_before[session] = session.awaiting_ack or nil;
	state.asked_of[session] = number;
	local stanza = request_in[session.smacks];
	if hearing.transport(session) ~= "tcp" then
		session.send(stanza);
		return;
	end
	-- As session.send does it, but for the text, which is made once (util.session).
	local filtered = session.filter("stanzas/out", stanza);
	if filtered then session.send(filtered == stanza and text_in[session.smacks] or tostring(filtered)); end
end

-- Takes answers from now on, and tells the plugin.
local function follow(state, ask)
	local function handle_ack(event)
		local session = event.origin;
		local number = state.asked_of[session];
		if not number then return; end
		if state.acks_before[session] then
			state.acks_before[session] = nil;
			return;
		end
		state.asked_of[session] = nil;
		local id = state.id_of[session];
		if id then ask("answered", id, number); end
	end

	-- An answer to our request alone that tells mod_smacks nothing new is taken before it is routed (pings.lib.lua).
	function state.take_ack(session, attr)
		local number, queue = state.asked_of[session], session.outgoing_stanza_queue;
		if not number or not queue or attr.xmlns ~= session.smacks or session.awaiting_ack
			or state.acks_before[session] or queue:count_unacked() > 0 or tonumber(attr.h) ~= queue:count_acked() then
			return false;
		end
		state.asked_of[session] = nil;
		local id = state.id_of[session];
		if id then ask("answered", id, number); end
		return true;
	end

	for _, xmlns in ipairs(xmlns_sm) do module:hook("stanza/" .. xmlns .. ":a", handle_ack, before_mod_smacks); end
end

return { request = request; follow = follow };
