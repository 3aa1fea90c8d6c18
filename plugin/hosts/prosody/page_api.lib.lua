-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What there is to ask below api/v1/, and who answers it: for the page, and for scripts. API.md tells what the answers
-- look like.

local array = require "util.array";
local json = require "util.json";

local base = { "api", "v1" };

local function split(path)
	local parts = {};
	for part in path:gmatch("[^/]+") do parts[#parts + 1] = part; end
	return parts;
end

-- What stands in the parts of the path at the names in braces; nil where the path is another.
local function arguments_of(route, parts)
	local pattern = route.pattern;
	if #parts ~= #pattern + #base then return nil; end
	local arguments = {};
	for i, expected in ipairs(pattern) do
		local part = parts[#base + i];
		if expected:sub(1, 1) == "{" then
			arguments[#arguments + 1] = part;
		elseif part ~= expected then
			return nil;
		end
	end
	return arguments;
end

-- `what` is what the host's instance offers.
local function api(what)
	local self = {};
	local routes = {};

	-- Who asks for parameters that are not known may have misspelt one that is.
	local function without_parameters(answer)
		return function (asked, ...)
			local first = asked.parameters[1];
			if first then
				return asked.refuse(400, ("unknown parameter %s: there are none here"):format(first[1]:sub(1, 100)));
			end
			return answer(asked, ...);
		end;
	end

	local function add(method, path, parameters, answer, waits)
		routes[#routes + 1] = {
			method = method; path = path; parameters = parameters; pattern = split(path); waits = waits;
			answer = parameters[1] and answer or without_parameters(answer);
		};
	end

	add("GET", "", {}, function (asked)
		local listed, files = array(), array();
		for _, route in ipairs(routes) do
			listed:push { method = route.method; path = route.path; parameters = array(route.parameters) };
		end
		for path in pairs(asked.files) do files:push(path); end
		asked.reply(json.encode({ routes = listed; files = files:sort() }));
	end);

	add("GET", "me", {}, function (asked)
		asked.reply(json.encode({ user = asked.user; host = module.host; version = what.version; token = asked.token }));
	end);

	-- The route of a path, and what stands in its braces; or nil, nil, and which methods there are for the path.
	function self.find(parts, method)
		if method == "HEAD" then method = "GET"; end
		local allowed = {};
		for i, expected in ipairs(base) do
			if parts[i] ~= expected then return nil; end
		end
		for _, route in ipairs(routes) do
			local arguments = arguments_of(route, parts);
			if arguments and route.method == method then return route, arguments; end
			if arguments then allowed[#allowed + 1] = route.method == "GET" and "GET, HEAD" or route.method; end
		end
		return nil, nil, allowed[1] and table.concat(allowed, ", ");
	end

	return self;
end

return { api = api };
