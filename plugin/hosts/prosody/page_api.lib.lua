-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What there is to ask below api/v1/, and who answers it: for the page, and for scripts. API.md tells what the answers
-- look like.

local array = require "util.array";
local jid = require "util.jid";
local json = require "util.json";
local version = module:require "version";
local work = module:require "page_work";

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
	local plugin = what.plugin;

	-- Who asks for parameters that are not known may have misspelt one that is.
	local function without_parameters(answer)
		return function (asked, ...)
			local first = asked.parameters[1];
			if first then
				return asked.refuse(400, ("unknown parameter %s: there are none here"):format(first:sub(1, 100)));
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
		asked.reply(json.encode({ user = asked.user; host = module.host; version = version; token = asked.token }));
	end);

	local function judged(asked, document, err)
		if document then
			asked.reply(document);
		elseif document == false then
			asked.refuse(400, err);
		else
			asked.refuse(503, err or "there are too many questions just now: ask again");
		end
	end

	-- The plugin answers later.
	local function await(asked, token, err)
		if not token then return judged(asked, token, err); end
		what.desk.await(token, function (document, no_answer) judged(asked, document or nil, no_answer); end);
	end

	-- A session by its id. Nil where that is none.
	local function session_of(text)
		return text:find("^%d+$") and math.tointeger(tonumber(text));
	end

	local function no_session(asked)
		return asked.refuse(404, "nothing is known of this session, or no longer");
	end

	local works = work.line(what.life);

	local sessions_parameters = { "q", "state", "transport", "user", "sort", "order", "offset", "limit" };
	add("GET", "sessions", sessions_parameters, function (asked)
		local page, err = plugin:begin_page(asked.parameters);
		if not page then return judged(asked, page, err); end
		local gone = false;
		asked.until_gone(function ()
			gone = true;
			plugin:give_up_page(page);
		end);
		works.add(function ()
			if gone then return true; end
			local document, failed = plugin:continue_page(page);
			if document == false then return false; end
			judged(asked, document, failed);
			return true;
		end);
	end, true);

	add("GET", "sessions/{id}", {}, function (asked, id)
		local session = session_of(id);
		if not session then return no_session(asked); end
		local document, err = plugin:session_document(session);
		if not document and not err then return no_session(asked); end
		judged(asked, document, err);
	end);

	local function add_action(name, no)
		add("POST", "sessions/{id}/" .. name, {}, function (asked, id)
			local session = session_of(id);
			local full_jid = session and plugin:jid_of(session);
			if not full_jid then return no_session(asked); end
			if not what[name](session) then return asked.refuse(409, no); end
			module:log("info", "%s asked for %s of %s", asked.user, name, full_jid);
			asked.reply('{"done":true}');
		end);
	end
	add_action("probe", "it cannot be asked just now: it is held, has only just come, or was asked a moment ago");
	add_action("disconnect", "it has gone");

	add("GET", "users", { "q", "cause", "sort", "order", "offset", "limit" }, function (asked)
		await(asked, plugin:ask_users(asked.parameters));
	end, true);

	add("GET", "users/{jid}", { "limit" }, function (asked, address)
		local node, host, resource = jid.prepped_split(address);
		if not node or resource or host ~= module.host then
			return asked.refuse(404, "this is no address of a user of " .. module.host);
		end
		local bare = node .. "@" .. host;
		await(asked, plugin:ask_user(bare, asked.parameters));
	end, true);

	add("GET", "stats", {}, function (asked) judged(asked, plugin:stats_document()); end);

	add("GET", "series", { "span" }, function (asked) judged(asked, plugin:series_document(asked.parameters)); end);

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
