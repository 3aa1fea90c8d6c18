-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an administrator of the host may do in their own client, by ad-hoc commands (XEP-0050): look at sessions, at
-- when a user was last seen, ask sessions for a sign of life, and end them. mod_adhoc lists and runs these for
-- administrators only.

local dataforms = require "util.dataforms";
local jid = require "util.jid";
local promise = require "util.promise";

local companions = module:require "companions";
local forms = module:require "ad_hoc_forms";
local new_command = module:require "adhoc".new;
local session_filter = module:require "session_filter";
local session_list = module:require "session_list";
local words = module:require "words";
local count, shown = words.count, words.shown;
local failed, jid_form, prefix, with_form = forms.failed, forms.jid_form, forms.prefix, forms.with_form;

local host = module.host;
local most_rows = 200; -- a stanza has its limits
local patience = 5; -- seconds to wait for answers to probes: what else the administrator's client sends waits meanwhile

local function options(names)
	local list = { { value = ""; label = "any"; default = true } };
	for i, name in ipairs(names) do list[i + 1] = { value = name; label = name }; end
	return list;
end

--- Sessions

local sessions_form = dataforms.new {
	title = "Sessions of " .. host;
	instructions = "What is left empty does not narrow the list.";
	{ name = "FORM_TYPE"; type = "hidden"; value = prefix .. "sessions" };
	{ name = "text"; type = "text-single"; label = "Part of the address or the status" };
	{ name = "user"; type = "text-single"; label = "User" };
	{ name = "state"; type = "list-single"; label = "State"; options = options(session_filter.states) };
	{ name = "via"; type = "list-single"; label = "Connected via"; options = options(session_filter.transports) };
	{ name = "silent"; type = "text-single"; label = "Not heard for so many seconds" };
	{ name = "sort"; type = "list-single"; label = "Order"; value = "jid"; options = { "jid", "state", "heard",
		"round_trip", "via", "presence" } };
	{ name = "limit"; type = "text-single"; value = "50"; label = ("How many, at most (%d)"):format(most_rows) };
};

local session_columns = {
	{ "jid", "Address", function (session) return session.jid; end };
	{ "state", "State", function (session) return session.state; end };
	{ "heard", "Heard", function (session) return words.ago(session.silence) .. " ago"; end };
	{ "round_trip", "Round trip", session_list.round_trip_of };
	{ "via", "Via", function (session) return session.transport; end };
	{ "presence", "Presence", session_list.presence_of };
};

local function sessions_command(instances)
	return with_form(sessions_form, function (fields)
		fields.FORM_TYPE = nil;
		for name, value in pairs(fields) do
			if value == "" then fields[name] = nil; end
		end
		fields.silent = tonumber(fields.silent) or fields.silent;
		fields.limit = fields.limit and math.min(most_rows, tonumber(fields.limit) or 0) or most_rows;
		local question, err = session_filter.question(fields);
		if not question then return failed(shown(err)); end
		local found, all = session_list.find(instances, question, host);
		if not found then return failed(all); end
		return {
			status = "completed";
			info = all > #found and ("%d of %s"):format(#found, count(all, "session")) or count(all, "session");
			other = forms.results("Sessions of " .. host, session_columns, found);
		};
	end);
end

--- Last seen

local last_seen_form = jid_form("last-seen", "Last seen", "When and how a user went.");

local last_seen_result = dataforms.new {
	title = "Last seen";
	{ name = "jid"; type = "jid-single"; label = "User" };
	{ name = "available"; type = "text-single"; label = "Available resources now" };
	{ name = "held"; type = "text-single"; label = "Held sessions now" };
	{ name = "now"; type = "text-single"; label = "Now" };
	{ name = "last_heard"; type = "text-single"; label = "Last heard" };
	{ name = "logged_out"; type = "text-single"; label = "Logged out" };
	{ name = "cause"; type = "text-single"; label = "Cause" };
	{ name = "resource"; type = "text-single"; label = "Resource" };
	{ name = "status"; type = "text-single"; label = "Status" };
};

local function last_seen_command(instance)
	return with_form(last_seen_form, function (fields)
		local username, domain = jid.split(fields.jid);
		if domain ~= host or not username then return failed("Only users of " .. host .. " are on record here"); end
		local bare = username .. "@" .. host;
		local asked = promise.new(function (resolve, reject)
			instance.look_up(bare, function (record, trouble)
				if trouble then reject(trouble); else resolve({ seen = record }); end
			end);
		end);
		local answer, err = forms.wait_for(asked);
		err = instance.life.ended() or err; -- that there is an answer is noticed a turn later
		if err then return failed(tostring(err)); end
		local seen = answer.seen;
		local user = instance.user(bare);
		local values = { jid = bare; available = tostring(user.available); held = tostring(user.held);
			now = user.where ~= "" and shown(user.where) or nil };
		if seen then
			values.last_heard, values.logged_out = words.utc(seen.last_heard), words.utc(seen.logged_out_at);
			values.cause, values.resource, values.status = words.cause(seen), shown(seen.resource), shown(seen.status);
		end
		return {
			status = "completed";
			info = not seen and "No logout is on record" or nil;
			result = { layout = last_seen_result; values = values };
		};
	end);
end

--- Probe

local probe_form = jid_form("probe", "Ask for a sign of life",
	"One session (user@host/resource), or all of a user's (user@host).");

local probe_columns = {
	{ "jid", "Address", function (session) return session.jid; end };
	{ "said", "Result", function (session) return session.said; end };
};

local function probe_command(instances, operator)
	return with_form(probe_form, function (fields, data)
		local found, instance = operator.find(instances, fields.jid, host);
		if not found then return failed(shown(instance)); end
		if #found == 0 then return failed(shown(fields.jid) .. " is not here"); end
		local err;
		found, err = forms.wait_for(operator.probe(instance, found, patience, data.from));
		if not found then return failed(tostring(err)); end
		return { status = "completed"; other = forms.results("Signs of life", probe_columns, found) };
	end);
end

--- Disconnect

local disconnect_form = jid_form("disconnect", "Disconnect",
	"Ends one session (user@host/resource), or all of a user's (user@host), without resumption. You are asked once more.");

local confirm_form = dataforms.new {
	title = "Disconnect";
	{ name = "FORM_TYPE"; type = "hidden"; value = prefix .. "disconnect" };
	{ name = "jid"; type = "hidden" };
	{ name = "ids"; type = "hidden" }; -- of whom is shown here: who comes meanwhile is not meant
	{ name = "whom"; type = "fixed" };
	{ name = "confirmed"; type = "boolean"; label = "Disconnect" };
};

local function disconnect_command(instances, operator)
	local function ask_once_more(found, fields)
		if #found == 0 then return failed(shown(fields.jid) .. " is not here"); end
		local ids, jids = {}, {};
		for i, session in ipairs(found) do ids[i], jids[i] = ("%d"):format(session.id), shown(session.jid); end
		return {
			status = "executing"; actions = { "complete", default = "complete" };
			form = { layout = confirm_form; values = {
				jid = fields.jid; ids = table.concat(ids, " "); whom = "Disconnect " .. table.concat(jids, ", ") .. "?";
			} };
		};
	end

	return with_form(disconnect_form, function (fields, data)
		local found, instance = operator.find(instances, fields.jid, host);
		if not found then return failed(shown(instance)); end
		local confirmation = confirm_form:data(data.form);
		if confirmation.confirmed == nil then return ask_once_more(found, fields); end
		if not confirmation.confirmed then return { status = "canceled" }; end
		local meant, chosen = {}, {};
		for id in (confirmation.ids or ""):gmatch("%d+") do meant[id] = true; end
		for _, session in ipairs(found) do
			if meant[("%d"):format(session.id)] then chosen[#chosen + 1] = session; end
		end
		local ended = operator.disconnect(instance, chosen, jid.bare(data.from));
		return { status = "completed"; info = count(ended, "session") .. " disconnected" };
	end);
end

-- `instances` maps a host to what its instance of the module offers, `operator` does what is done to sessions.
local function offer(instances, operator)
	local function provide(name, title, handler)
		module:provides("adhoc", new_command(title, prefix .. name, handler, "admin"));
	end
	local loaded, err = companions.load_beside("adhoc");
	if not loaded then module:log("warn", "administrators have no ad-hoc commands: %s", err); end
	provide("sessions", "Liveness: sessions", sessions_command(instances));
	provide("last-seen", "Liveness: last seen", last_seen_command(instances[host]));
	provide("probe", "Liveness: ask for a sign of life", probe_command(instances, operator));
	provide("disconnect", "Liveness: disconnect", disconnect_command(instances, operator));
end

return { offer = offer };
