-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What everybody may see of a user who said so: whether they are there, as JSON, as text and as a badge.
--
-- Whether a name is nobody's, or somebody's who did not consent, or did once: the answer is the same to the byte, and
-- was found in the same way (consents.lib.lua).

local base64 = require "util.encodings".base64.encode;
local datetime = require "util.datetime".datetime;
local iterators = require "util.iterators";
local json_text = require "util.json".encode;
local nodeprep = require "util.encodings".stringprep.nodeprep;
local sha256 = require "util.hashes".sha256;
local urlencode = require "util.http".urlencode;

local accounts = module:require "accounts";
local badges = module:require "badge";
local companions = module:require "companions";
local consent_command = module:require "consent_command";
local new_registry = module:require "consents".registry;
local words = module:require "words";

local host = module.host;
local default_path = "/presence";
local most_of_status = 1024; -- bytes, as in what is kept (kMaxStatusBytes)

local headers_of_all = {
	access_control_allow_origin = "*"; -- it is public
	cache_control = "public, max-age=10";
	content_security_policy = "default-src 'none'; sandbox";
	cross_origin_resource_policy = "cross-origin";
	x_content_type_options = "nosniff";
};

-- `found` is { jid, name, state } and, where the user consented to it, `status` of who is there and `last_seen` of who
-- is not.
local formats = {
	json = { type = "application/json"; body = function (found)
		local members = { '"jid":' .. json_text(found.jid), '"state":' .. json_text(found.state) };
		if found.status then members[#members + 1] = '"status":' .. json_text(found.status); end
		if found.last_seen then members[#members + 1] = '"last_seen":' .. json_text(datetime(found.last_seen // 1)); end
		return "{" .. table.concat(members, ",") .. "}\n";
	end };

	txt = { type = "text/plain; charset=utf-8"; body = function (found)
		local lines = { found.state };
		if found.status then lines[#lines + 1] = "status: " .. words.shown(found.status); end
		if found.last_seen then lines[#lines + 1] = "last seen: " .. datetime(found.last_seen // 1); end
		return table.concat(lines, "\n") .. "\n";
	end };

	svg = { type = "image/svg+xml; charset=utf-8"; body = function (found)
		local description = found.jid .. " is " .. badges.in_words[found.state];
		if found.status and found.status ~= "" then
			description = description .. ": " .. words.shown(found.status);
		elseif found.last_seen then
			description = description .. ", last seen " .. words.utc(found.last_seen);
		end
		return badges.badge(found.name, found.state, description);
	end };
};

local function matches(etag, condition)
	return condition ~= nil and (condition == "*" or condition:find(etag, 1, true) ~= nil);
end

local function send(event, body, content_type)
	local response = event.response;
	for name, value in pairs(headers_of_all) do response.headers[name] = value; end
	local etag = '"' .. base64(sha256(body):sub(1, 12)) .. '"';
	response.headers.etag = etag;
	if response.status_code == 200 and matches(etag, event.request.headers.if_none_match) then
		response.status_code = 304;
		return response:send("");
	end
	response.headers.content_type = content_type;
	return response:send(body);
end

local function send_nothing(event)
	event.response.status_code = 404;
	send(event, "There is nothing public here.\n", "text/plain; charset=utf-8");
	return true;
end

local function handler(consents, user_of, last_heard_of)
	return function (event, path)
		local name, extension = path:match("^([^/@]+)%.(%l+)$");
		local format, username = formats[extension], name and nodeprep(name);
		local consent = format and username and consents.of(username);
		if not consent then return send_nothing(event); end

		local found = { jid = username .. "@" .. host; name = username };
		local user = user_of(found.jid);
		local state, last_heard = user.state, user.away and user.away.last_heard;
		found.state = state or "offline";
		if state and consent.status then found.status = words.cut(user.status, most_of_status); end
		if state or not consent.last_seen or last_heard then
			found.last_seen = not state and consent.last_seen and last_heard or nil;
			send(event, format.body(found), format.type);
		else
			last_heard_of(username, function (seen_at)
				found.last_seen = seen_at;
				send(event, format.body(found), format.type);
			end);
		end
		return true;
	end
end

-- Where a user's presence is to be found.
local function addresses(username)
	local base = module:http_url("presence", default_path):gsub("/$", "");
	local found = {};
	for extension in iterators.sorted_pairs(formats) do
		found[#found + 1] = ("%s/%s.%s"):format(base, urlencode(username), extension);
	end
	return found;
end

-- `user_of(bare_jid)` says what contacts see of a user (plugin:user), `last_heard_of(username, callback)` finds when a
-- user who is away was last heard, or nil.
local function serve(user_of, last_heard_of)
	for _, name in ipairs { "http", "adhoc" } do
		local loaded, err = companions.load_beside(name);
		if not loaded then
			module:log("error", "liveness_public_presence: nobody's presence is public, for %s", err);
			return;
		end
	end
	local consents = new_registry();
	accounts.on_deletion(host, consents.forget);
	module:hook("resource-bind", function (event) consents.doubt(event.session.username); end);
	consent_command.offer(consents, addresses);
	module:provides("http", {
		name = "presence";
		default_path = default_path;
		cors = { enabled = false }; -- what mod_http would add by itself
		route = { ["GET /*"] = handler(consents, user_of, last_heard_of) };
	});
end

return { serve = serve };
