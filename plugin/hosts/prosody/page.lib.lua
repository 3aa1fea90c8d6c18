-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The page at /liveness/ of Prosody's HTTP server (mod_http, net.http.server): who may ask, what for, and how it is
-- answered. What there is to ask is in page_api.lib.lua and page_files.lib.lua.

local auth = module:require "page_auth";
local companions = module:require "companions";
local files_of_page = module:require "page_files";
local json = require "util.json";
local networks = module:require "page_networks";
local requests = module:require "page_request";

-- Answers that take a while: so many at once for each administrator, and for all.
local most_of_one = 6;
local most_of_all = 16; -- as many pages of sessions the plugin works on (Board::kMostPages)

local methods = { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE" }; -- HEAD is GET (net.http.server)

-- On everything, refusals too. Nothing in the page is inline, and nothing comes from elsewhere.
local headers_of_all = {
	content_security_policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
		.. "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
	cross_origin_opener_policy = "same-origin";
	cross_origin_resource_policy = "same-origin";
	referrer_policy = "no-referrer";
	x_content_type_options = "nosniff";
	x_frame_options = "DENY";
};

local function send(response, status, headers, body)
	if response.finished then return; end -- whoever asked has gone
	for name, value in pairs(headers) do response.headers[name] = value; end
	response.status_code = status;
	response:send(body);
end

local function send_file(request, response, file)
	if request.headers.if_none_match == file.etag then
		response.status_code = 304;
		response.is_head_request = true; -- no body, and the length that it would have had (RFC 9110 section 8.6)
	end
	send(response, response.status_code, {
		cache_control = "private, no-cache"; -- to be asked for each time: who asks may no longer be an administrator
		content_type = file.type;
		etag = file.etag;
	}, file.data);
end

-- Until the end of `life`: then whoever waits is told, and so is whoever comes after that.
local function serve(life, host, plugin, allowed_networks, api)
	local refused_by_place = networks.gate(plugin, allowed_networks);
	local who = auth.authenticator(host, plugin);
	local files = files_of_page.load();
	local waiting, waiting_of = {}, {}; -- response -> how to refuse it; administrator -> how many of theirs
	local count_waiting = 0;

	-- False where there are too many already.
	local function begin_to_wait(response, user, refuse)
		local of_user = waiting_of[user] or 0;
		if of_user >= most_of_one or count_waiting >= most_of_all then return false; end
		waiting_of[user], count_waiting, waiting[response] = of_user + 1, count_waiting + 1, refuse;
		function response:on_destroy() -- it is answered, or whoever asked has gone (net.http.server)
			if not waiting[self] then return; end
			local left = waiting_of[user] - 1;
			waiting_of[user], count_waiting, waiting[self] = left > 0 and left or nil, count_waiting - 1, nil;
			if self.let_go then self.let_go(); end
		end
		return true;
	end

	local function answer_api(request, response, parts, user, refuse)
		local route, arguments, allow = api.find(parts, request.method);
		if not route then
			if allow then return refuse(405, "this takes " .. allow, { allow = allow }); end
			return refuse(404, "there is nothing here: see /api/v1");
		end
		local parameters, status, err = requests.parameters_of(request);
		if not parameters then return refuse(status, err); end
		if route.method == "POST" then
			local same, of_another = requests.check_origin(request);
			if not same then return refuse(403, of_another); end
			if not who.is_token(user, request.headers.x_liveness_token) then
				return refuse(403, "the header X-Liveness-Token has to be the token of /api/v1/me, which is new after a reload");
			end
			local fine;
			fine, status, err = requests.check_body(request);
			if not fine then return refuse(status, err); end
		end
		if route.waits and not begin_to_wait(response, user, refuse) then
			return refuse(429, "too many of your questions are unanswered", { retry_after = "1" });
		end
		route.answer({
			files = files;
			parameters = parameters;
			refuse = refuse;
			reply = function (document)
				send(response, 200, { cache_control = "no-store"; content_type = "application/json" }, document);
			end;
			token = who.token_of(user);
			until_gone = function (let_go) response.let_go = let_go; end;
			user = user;
		}, table.unpack(arguments));
	end

	local function answer(request, response, path)
		for name, value in pairs(headers_of_all) do response.headers[name] = value; end
		for name in pairs(response.headers) do -- nobody else's scripts, whatever mod_http is configured to allow
			if name:sub(1, 15) == "access_control_" then response.headers[name] = nil; end
		end
		local parts = requests.parts_of_path(request, path);

		local function refuse(status, message, headers)
			for name, value in pairs(headers or {}) do response.headers[name] = value; end
			local is_api = not parts or parts[1] == "api";
			send(response, status, {
				cache_control = "no-store";
				content_type = is_api and "application/json" or "text/plain; charset=utf-8";
			}, is_api and json.encode({ error = message }) or message .. "\n");
		end

		if life.ended() then return refuse(503, life.ended()); end
		local by_place = refused_by_place(request);
		if by_place then return refuse(403, by_place); end
		local user, status, err, headers = who.authenticate(request);
		if not user then return refuse(status, err, headers); end
		if life.ended() then return refuse(503, life.ended()); end -- a provider may have taken its time
		if not parts then return refuse(400, "the path is not percent-encoded UTF-8"); end
		if parts[1] == "api" then return answer_api(request, response, parts, user, refuse); end
		local file = files[table.concat(parts, "/")];
		if not file or #parts > 0 and request.url.path:sub(-1) == "/" then return refuse(404, "there is nothing here"); end
		if request.method ~= "GET" and request.method ~= "HEAD" then
			return refuse(405, "this takes GET, HEAD", { allow = "GET, HEAD" });
		end
		-- Its links are relative: they lead to where they should behind the final slash only.
		if #parts == 0 and request.url.path:sub(-1) ~= "/" then
			local query = request.url.query and "?" .. request.url.query or "";
			return send(response, 301, { location = request.url.path .. "/" .. query }, "");
		end
		return send_file(request, response, file);
	end

	local function handle(event, path)
		answer(event.request, event.response, path);
		return true;
	end

	local route = {};
	for _, method in ipairs(methods) do
		route[method] = handle; -- before mod_http's own redirection, which asks nobody who they are
		route[method .. " /*"] = handle;
	end
	local served, err = companions.load_beside("http");
	if not served then
		module:log("error", "the page is not served: %s", err);
		return;
	end
	-- No origin may read it. Not `enabled = false`: mod_http of 0.12.3 then fails to take back two routes of which one is
	-- the other's redirection (its http_app_removed passes nil to util.events' remove_handler), and with it the unload.
	module:provides("http", { cors = { enabled = true; origins = {} }; route = route });

	life.at_end(function (why)
		for _, refuse in pairs(waiting) do refuse(503, why); end
	end);
end

return { serve = serve };
