-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Who asks for the page: HTTP Basic (RFC 7617) with the name and password of an account that is an administrator of
-- this host. It may be one of another VirtualHost of this server, by its whole address.

local base64 = require "util.encodings".base64;
local cache = require "util.cache";
local hashes = require "util.hashes";
local hex = require "util.hex";
local jid = require "util.jid";
local monotonic = require "util.time".monotonic;
local networks = module:require "page_networks";
local random = require "util.random";
local throttle = module:require "page_throttle".throttle;
local usermanager = require "core.usermanager";

-- A check of a password takes the server some milliseconds (SCRAM is slow on purpose), and a page asks every second:
-- one that was right is good for so long. It is checked anew at once after the password was changed.
local good_for = 60;
local most_remembered = 1000;

-- Wrong passwords: so many at once, and so many more in so many seconds.
local by_address = { most = 10, period = 60 };
local by_account = { most = 20, period = 120 };
local most_counted = 10000;

-- From where an account was signed in to, its owner is let in though others guess at its password elsewhere.
local owner_for = 24 * 3600;

local admin_roles = { ["prosody:admin"] = true; ["prosody:operator"] = true };

local function is_admin(account, host)
	if not usermanager.get_jid_role then return usermanager.is_admin(account, host); end
	local role = usermanager.get_jid_role(account, host); -- Prosody 13, where is_admin is deprecated
	return role and admin_roles[role.name];
end

local function authenticator(host, plugin)
	local self = {};
	local secret = random.bytes(32); -- of this load
	local signed_in = cache.new(most_remembered); -- hash of an account and its password -> until when it is good
	local owners = cache.new(most_remembered); -- account and address -> until when that is its owner's
	local address_guesses = throttle(by_address.most, by_address.period, most_counted);
	local account_guesses = throttle(by_account.most, by_account.period, most_counted);

	-- Nothing is to be had from guessing what is not kept.
	local function forget() signed_in:clear(); end
	module:hook_global("user-password-changed", forget);
	module:hook_global("user-deleted", forget);

	local function unauthorized(message)
		return nil, 401, message, { www_authenticate = ('Basic realm="Liveness on %s", charset="UTF-8"'):format(host) };
	end

	-- The account and the password of a request: nil where there is none, false where it makes no sense.
	local function credentials_of(request)
		local given = request.headers.authorization;
		if not given then return nil; end
		local encoded = given:match("^[Bb][Aa][Ss][Ii][Cc] +([%w+/]+=*)%s*$");
		local name, password = (encoded and base64.decode(encoded) or ""):match("^([^:]*):(.*)$");
		if not name or name == "" then return false; end
		if not name:find("@", 1, true) then name = name .. "@" .. host; end
		local node, at_host, resource = jid.prepped_split(name);
		local account_host = at_host and prosody.hosts[at_host];
		if not node or resource or not account_host or account_host.type ~= "local" then return false; end
		return { node = node; host = at_host; jid = node .. "@" .. at_host; password = password };
	end

	-- Whether the password is right; with false comes why not. Nil and in how many seconds that may be asked.
	local function check(credentials, address)
		local now = monotonic();
		local proof = hashes.hmac_sha256(secret, credentials.jid .. "\0" .. credentials.password);
		if (signed_in:get(proof) or 0) > now then return true; end

		local place = networks.key(plugin, address);
		local owner = credentials.jid .. "\0" .. place;
		local is_owner = (owners:get(owner) or 0) > now;
		local wait = math.max(address_guesses.wait(place), is_owner and 0 or account_guesses.wait(credentials.jid));
		if wait > 0 then return nil, wait; end

		-- Counted before it is known to be wrong: some providers answer later, and others guess meanwhile.
		address_guesses.take(place);
		account_guesses.take(credentials.jid);
		-- A provider may raise an error for an account that there is not (mod_auth_internal_plain of 0.12.3 does).
		local ok, right, err = pcall(usermanager.test_password, credentials.node, credentials.host, credentials.password);
		if not ok or not right then return false, ok and err or right; end
		address_guesses.give_back(place);
		account_guesses.give_back(credentials.jid);
		signed_in:set(proof, now + good_for);
		owners:set(owner, now + owner_for);
		return true;
	end

	-- The administrator's bare JID; or nil, the status, why, and further headers.
	function self.authenticate(request)
		local credentials = credentials_of(request);
		if credentials == nil then
			return unauthorized("sign in as an administrator of " .. host);
		elseif not credentials then
			return unauthorized("no such account, or a wrong password");
		end
		local right, more = check(credentials, request.ip);
		if right == nil then
			return nil, 429, "too many wrong passwords: wait a while", { retry_after = ("%d"):format(more) };
		elseif not right then
			module:log("warn", "the page was refused to %s from %s: %s", credentials.jid, request.ip, more or "wrong password");
			return unauthorized("no such account, or a wrong password");
		elseif not is_admin(credentials.jid, host) then
			return nil, 403, credentials.jid .. " is no administrator of " .. host;
		end
		return credentials.jid;
	end

	-- What a request that changes something has to bring: only who could read an answer of ours knows it.
	function self.token_of(account)
		return hex.encode(hashes.hmac_sha256(secret, "token\0" .. account));
	end

	function self.is_token(account, text)
		return hashes.equals(self.token_of(account), text or "");
	end

	return self;
end

return { authenticator = authenticator };
