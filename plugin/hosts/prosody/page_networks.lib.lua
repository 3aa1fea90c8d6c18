-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- From where the page may be asked for, and over what. Told by the address alone, before anything else is looked at.
--
-- mod_http has put the asker's address, and whether HTTPS was spoken, into request.ip and request.secure: those that a
-- proxy tells of count only where it is one of `trusted_proxies` (mod_http, get_forwarded_connection_info), by default
-- the machine itself.

local ip = require "util.ip";

local of_proxies = { "x_real_ip", "x_forwarded_host", "x_forwarded_proto", "forwarded", "via" };
local mapped_prefix = ("\0"):rep(10) .. "\255\255";

-- An IPv4 address that is written as an IPv6 one is itself.
local function parse(text)
	local address = text and ip.new_ip(text);
	if address and #address.packed == 16 and address.packed:sub(1, 12) == mapped_prefix then
		return ip.new_ip(("%d.%d.%d.%d"):format(address.packed:byte(13, 16)));
	end
	return address or nil;
end

local function is_loopback(address)
	return #address.packed == 4 and address.packed:byte() == 127
		or address.packed == ("\0"):rep(15) .. "\1";
end

-- Whether a proxy on this machine passes on what somebody elsewhere asked, and mod_http could not tell: then it looks
-- as if the machine itself had asked.
local function is_veiled(headers)
	local forwarded_for = headers.x_forwarded_for;
	if forwarded_for then
		for one in forwarded_for:gmatch("[^%s,]+") do
			local address = parse(one);
			if not address or not is_loopback(address) then return true; end
		end
		return false;
	end
	for _, name in ipairs(of_proxies) do
		if headers[name] then return true; end
	end
	return false;
end

-- Answers with a function that says why a request is refused, or nil.
local function gate(networks)
	local allowed = {};
	for i, network in ipairs(networks) do
		local address, bits = ip.parse_cidr(network);
		allowed[i] = { address = address, bits = bits };
	end

	local function is_allowed(address)
		for _, network in ipairs(allowed) do
			if address.proto == network.address.proto and ip.match(address, network.address, network.bits) then
				return true;
			end
		end
		return false;
	end

	return function (request)
		local address = parse(request.ip);
		if not address or not is_allowed(address) then
			return "this is not served to your address (see liveness_page_networks)";
		elseif is_loopback(address) then
			local peer = parse(request.conn:ip()); -- another one is a proxy, and the loopback its own
			if not peer or not is_loopback(peer) or is_veiled(request.headers) then
				return "a proxy asks, and does not say for whom: it has to set X-Forwarded-For, and to be one of trusted_proxies";
			end
		elseif not request.secure then
			return "your password would cross the network in the clear: ask by HTTPS (a proxy has to set X-Forwarded-Proto)";
		end
	end;
end

-- What guesses are counted by: an address, or where one customer has very many, the network that they have.
local function key(text)
	local address = parse(text);
	if not address then return "?"; end
	return #address.packed == 16 and address.packed:sub(1, 8) or address.packed;
end

return { gate = gate; key = key };
