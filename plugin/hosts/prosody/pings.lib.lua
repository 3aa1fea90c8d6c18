-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Pings to silent clients (XEP-0199), and their answers. On a large server there are hundreds a second, and most of
-- what one costs is the garbage that it leaves behind: so none is left that can be spared.

local add_filter = require "util.filters".add_filter;
local remove_filter = require "util.filters".remove_filter;
local st = require "util.stanza";

local hearing = module:require "hearing";

local host = module.host;
local id_prefix = "liveness:";
local id_pattern = "^" .. id_prefix .. "(%d+)$";
local after_everybody = -1000;

local text_head = "<iq type='get' from='" .. st.xml_escape(host) .. "' id='" .. id_prefix;
local text_tail = "'><ping xmlns='urn:xmpp:ping'/></iq>";

local function ping(session, number)
	local filters = session.filters and session.filters["stanzas/out"];
	if hearing.transport(session) == "tcp" and not (filters and filters[1]) then
		-- Nobody counts or changes what is sent to this session (mod_smacks would, by such a filter): to send the text
		-- of a stanza is the same as to send the stanza (util.session, session.send).
		session.send(text_head .. number .. "' to='" .. st.xml_escape(session.full_jid) .. text_tail);
	else
		session.send(st.iq({ type = "get", id = id_prefix .. number, from = host, to = session.full_jid })
			:tag("ping", { xmlns = "urn:xmpp:ping" }));
	end
end

-- Has answers taken from what arrives for the session: last of its filters, so that mod_smacks has counted them.
local function listen(state, session)
	add_filter(session, "stanzas/in", state.take_answer, after_everybody);
end

local function ignore(state, session)
	remove_filter(session, "stanzas/in", state.take_answer);
end

-- Takes answers from now on, and tells the plugin. `state` is that of sessions.lib.lua, with `take_answer` besides.
local function follow(state, ask)
	-- Whatever a reply to a probe says, it is an answer, and nothing that anybody else waits for.
	local function is_answer(session, attr)
		local number = attr.id and (attr.type == "result" or attr.type == "error") and attr.id:match(id_pattern);
		local id = number and state.id_of[session];
		if not id then return false; end
		if #number <= 10 then ask("answered", id, math.tointeger(tonumber(number))); end
		return true;
	end

	-- What is taken here spares the server the routing of it, which costs more than all the rest of an answer.
	local function take_answer(stanza, session)
		local attr = stanza.attr;
		if stanza.name == "a" and state.take_ack(session, attr) then return nil; end
		if stanza.name == "iq" and (attr.to == nil or attr.to == host) and is_answer(session, attr) then return nil; end
		return stanza;
	end

	for _, session in pairs(state.session_of) do -- a reload of the module: with the filter of its last load
		ignore(state, session);
		add_filter(session, "stanzas/in", take_answer, after_everybody);
	end
	state.take_answer = take_answer;

	-- The filters of a session that was resumed are told of another session, the new stream's (mod_smacks,
	-- handle_resume). An answer on it takes the way of all stanzas, to the domain, or from some clients without an
	-- address.
	local function handle_reply(event)
		if is_answer(event.origin, event.stanza.attr) then return true; end
	end
	module:hook("iq/host", handle_reply, 10);
	module:hook("iq/bare", handle_reply, 10);
end

return { ping = ping; listen = listen; ignore = ignore; follow = follow };
