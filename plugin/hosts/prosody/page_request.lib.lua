-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What a request says, taken apart: nothing of it is trusted to be well-formed.

local json = require "util.json";
local urldecode = require "util.http".urldecode;
local utf8 = require "util.encodings".utf8;

local longest_query = 4096;
local most_parameters = 32;
local longest_body = 1024;

-- A text that was percent-encoded, or nil where that or its UTF-8 is broken.
local function decoded(text)
	if text:gsub("%%%x%x", ""):find("%", 1, true) then return nil; end
	text = urldecode(text);
	if text:find("%z") or not utf8.valid(text) then return nil; end
	return text;
end

-- The parts of the path behind that of the page, each decoded by itself: a slash in a JID is not one of the path's.
-- `path` is what mod_http found behind the page's own path, all decoded together, so that is the rest of request.path;
-- nil where there is not even a slash. Nil where it makes no sense.
local function parts_of_path(request, path)
	if not path then return {}; end
	local base = request.path:sub(1, #request.path - #path);
	local rest = request.url.path:gsub("//+", "/"); -- as net.http.parser does
	for _ in base:gmatch("/") do rest = rest:match("^[^/]*/(.*)$") or ""; end
	local parts = {};
	for part in rest:gmatch("[^/]+") do
		part = decoded(part);
		if not part then return nil; end
		parts[#parts + 1] = part;
	end
	return parts;
end

-- The query as a list of names and values in turn; or nil, a status and why.
local function parameters_of(request)
	local query = request.url.query or "";
	if #query > longest_query then return nil, 414, ("the query is longer than %d bytes"):format(longest_query); end
	local parameters, given = {}, {};
	for pair in query:gmatch("[^&]+") do
		local name, value = pair:gsub("%+", " "):match("^([^=]*)=?(.*)$");
		name, value = decoded(name), decoded(value);
		if not name or not value then return nil, 400, "the query is not percent-encoded UTF-8"; end
		if given[name] then return nil, 400, ("the parameter %q is there twice"):format(name:sub(1, 100)); end
		if #parameters == 2 * most_parameters then return nil, 400, "there are too many parameters"; end
		given[name] = true;
		parameters[#parameters + 1] = name;
		parameters[#parameters + 1] = value;
	end
	return parameters;
end

-- Nothing is said by a body, so it is an empty one or an empty object. Nil, a status and why where it is neither.
local function check_body(request)
	if not (request.headers.content_type or ""):lower():match("^application/json%s*$")
		and not (request.headers.content_type or ""):lower():match("^application/json%s*;") then
		return nil, 415, "the Content-Type has to be application/json";
	end
	local body = request.body or "";
	if #body > longest_body then return nil, 413, ("the body is longer than %d bytes"):format(longest_body); end
	local object = {};
	if body:find("%S") then object = json.decode(body); end
	if type(object) ~= "table" or next(object) ~= nil then
		return nil, 400, "the body has to be an empty JSON object, or empty";
	end
	return true;
end

-- Whether a page of ours asked, as far as the browser tells; programs need not. Nil and why.
local function check_origin(request)
	local headers = request.headers;
	local site = headers.sec_fetch_site;
	if site and site ~= "same-origin" then
		return nil, "a page of another site asks (Sec-Fetch-Site: " .. site:sub(1, 20):gsub("[^%w-]", "?") .. ")";
	end
	local origin = headers.origin;
	if origin then
		local scheme, authority = origin:lower():match("^(https?)://([^/]+)$");
		if not scheme or authority ~= (headers.host or ""):lower() or request.secure and scheme ~= "https" then
			return nil, "a page of another site asks (Origin is not what Host says)";
		end
	end
	return true;
end

return {
	check_body = check_body;
	check_origin = check_origin;
	parameters_of = parameters_of;
	parts_of_path = parts_of_path;
};
