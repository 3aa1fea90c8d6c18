-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Which sessions an operator wants to see, and in which order: what is asked in the shell and in ad-hoc commands,
-- judged before anything is looked at. A bad question is a line that names the filter, its value and what is accepted.

local iterators = require "util.iterators";
local jid = require "util.jid";

local most_shown = 1000;
local most_shown_by_request = 10000;

local states = { "reachable", "suspect", "held" };
local transports = { "tcp", "websocket", "bosh" };

-- A filter by one of these names; `of(session)` is what has to be it.
local function one_of(names, of)
	local quoted, is_name = {}, {};
	for i, name in ipairs(names) do quoted[i], is_name[name] = ("%q"):format(name), true; end
	return {
		accepted = table.concat(quoted, ", ", 1, #quoted - 1) .. " or " .. quoted[#quoted];
		take = function (wanted)
			return is_name[wanted] and function (session) return of(session) == wanted; end;
		end;
	};
end

local function contains(text, part)
	return text:lower():find(part, 1, true) ~= nil;
end

-- Filter -> what it accepts, and take(value): what a session has to fulfil, or nil where the value is none.
local filters = {
	jid = {
		accepted = "the address of a host, a user or a session";
		take = function (wanted)
			wanted = type(wanted) == "string" and jid.prep(wanted);
			if not wanted then return nil; end
			local node, _, resource = jid.split(wanted);
			if resource then return function (session) return session.jid == wanted; end; end
			local part = node and jid.bare or jid.host;
			return function (session) return part(session.jid) == wanted; end;
		end;
	};
	host = {
		accepted = "the name of a host";
		take = function (wanted)
			wanted = type(wanted) == "string" and jid.prep(wanted);
			if not wanted or jid.node(wanted) or jid.resource(wanted) then return nil; end
			return function (session) return jid.host(session.jid) == wanted; end;
		end;
	};
	user = {
		accepted = "\"user@host\", or \"user\" on any host";
		take = function (wanted)
			local bare = type(wanted) == "string" and wanted:find("@", 1, true) and jid.prep(wanted);
			if bare and not jid.resource(bare) then
				return function (session) return jid.bare(session.jid) == bare; end;
			end
			local node = type(wanted) == "string" and not wanted:find("[@/]") and jid.node(jid.prep(wanted .. "@x"));
			return node and function (session) return jid.node(session.jid) == node; end;
		end;
	};
	state = one_of(states, function (session) return session.state; end);
	via = one_of(transports, function (session) return session.transport; end);
	silent = {
		accepted = "a number of seconds that it was not heard for";
		take = function (wanted)
			return type(wanted) == "number" and wanted >= 0 and function (session) return session.silence >= wanted; end;
		end;
	};
	inactive = {
		accepted = "true or false";
		take = function (wanted)
			return type(wanted) == "boolean" and function (session) return session.inactive == wanted; end;
		end;
	};
	text = {
		accepted = "a part of the address or of the status";
		take = function (wanted)
			if type(wanted) ~= "string" then return nil; end
			wanted = wanted:lower();
			return function (session) return contains(session.jid, wanted) or contains(session.status or "", wanted); end;
		end;
	};
};

-- Order -> what of a session is compared; those of whom there is none come last.
local orders = {
	jid = function (session) return session.jid; end;
	state = function (session) return session.state; end;
	heard = function (session) return session.silence; end;
	round_trip = function (session) return session.round_trip; end;
	via = function (session) return session.transport; end;
	presence = function (session) return session.show_rank; end;
};

local function before(key, descending)
	return function (a, b)
		local of_a, of_b = key(a), key(b);
		if of_a == of_b then return a.jid < b.jid; end
		if of_a == nil or of_b == nil then return of_b == nil; end
		if descending then return of_a > of_b; end
		return of_a < of_b;
	end;
end

local function names_of(what)
	local names = {};
	for name in iterators.sorted_pairs(what) do names[#names + 1] = name; end
	return table.concat(names, ", ");
end

local function bad(name, value, accepted)
	local shown = type(value) == "string" and ("%q"):format(value) or tostring(value);
	return nil, ("%s = %s: accepted is %s"):format(name, shown, accepted);
end

-- A table of filters, and of `sort` and `limit`, becomes a question { matches(session), comes_before(a, b), limit }; or
-- nil and why not.
local function question(wanted)
	local matchers, key, descending, limit = {}, orders.jid, false, most_shown;
	for name, value in iterators.sorted_pairs(wanted, function (a, b) return tostring(a) < tostring(b); end) do
		if name == "limit" then
			limit = math.tointeger(value);
			if type(value) ~= "number" or not limit or limit < 1 or limit > most_shown_by_request then
				return bad(name, value, ("a whole number from 1 to %d"):format(most_shown_by_request));
			end
		elseif name == "sort" then
			local reversed, order = tostring(value):match("^(%-?)(.*)$");
			key, descending = orders[order], reversed ~= "";
			if not key then return bad(name, value, names_of(orders) .. "; \"-\" before it turns it round"); end
		elseif not filters[name] then
			return nil, ("there is no filter %s; there are %s, sort and limit"):format(tostring(name), names_of(filters));
		else
			local matches = filters[name].take(value);
			if not matches then return bad(name, value, filters[name].accepted); end
			matchers[#matchers + 1] = matches;
		end
	end
	return {
		matches = function (session)
			for _, matches in ipairs(matchers) do
				if not matches(session) then return false; end
			end
			return true;
		end;
		comes_before = before(key, descending);
		limit = limit;
	};
end

return { question = question; states = states; transports = transports };
