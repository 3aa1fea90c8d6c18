-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- From where the page may be asked for, and over what; the plugin judges it (report/web/gate.h).
--
-- mod_http has put the asker's address, and whether HTTPS was spoken, into request.ip and request.secure: what a proxy
-- says of them in X-Forwarded-For and X-Forwarded-Proto counts only where it is one of `trusted_proxies`, by default
-- the machine itself (mod_http, get_forwarded_connection_info). Other headers it does not read.

local array = require "util.array";
local configmanager = require "core.configmanager";

local in_words = {
	not_served = "this is not served to your address (see liveness_page_networks)";
	silent_proxy = "a proxy asks, and does not say for whom: it has to set X-Forwarded-For, and to be one of"
		.. " trusted_proxies";
	no_one_client = "the headers of a proxy do not name one client: it has to set X-Forwarded-For, and to take away"
		.. " Forwarded, X-Real-IP and the like, or to set them to the same address";
	in_the_clear = "your password would cross the network in the clear: ask by HTTPS (a proxy has to set"
		.. " X-Forwarded-Proto)";
};

-- As mod_http has them, which is a global module.
local function trusted_proxies()
	local proxies = configmanager.get("*", "trusted_proxies");
	if proxies == nil then return { "127.0.0.1", "::1" }; end
	if type(proxies) ~= "table" then proxies = { proxies }; end
	return array(proxies):filter(function (one) return type(one) == "string"; end);
end

-- Answers with a function that says why a request is refused, or nil.
local function gate(plugin, networks)
	plugin:guard_page(networks, trusted_proxies());
	return function (request)
		local peer = request.conn:ip() or "";
		local judged, err = plugin:judge_asker(peer, request.ip or "", request.secure, request.headers);
		if judged == "none" then return nil; end
		return in_words[judged] or "who asks cannot be told: " .. tostring(err);
	end;
end

-- What guesses are counted by: an address, or where one customer has very many, the network that they have.
local function key(plugin, address)
	return plugin:place_of(address) or "?";
end

return { gate = gate; key = key };
