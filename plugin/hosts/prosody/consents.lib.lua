-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Which users let everybody see whether they are there. It is kept in Prosody's storage, so it goes with the account.

local monotonic = require "util.time".monotonic;
local trouble = module:require "trouble";

local store_name = "liveness_public";
local believed = 60; -- seconds after which it is read again: `prosodyctl deluser` tells the running server nothing

-- What is here answers for everybody, so a name that nobody has costs no more than one whose user did not consent,
-- and takes as long.
local function registry()
	local self = {};
	local store = module:open_store(store_name);
	local consents = {}; -- username -> { to = what they consented to, believed_until = }
	local reading = trouble.watch("what users let everybody see cannot be read");
	local keeping = trouble.watch("what users let everybody see cannot be kept");

	local function note(username, to)
		consents[username] = to and { to = to; believed_until = monotonic() + believed } or nil;
	end

	local function read(username)
		local to, err = store:get(username);
		if err then -- nothing then, and the next who looks does not try it again
			reading.failed(username .. ": " .. tostring(err));
			consents[username] = { believed_until = monotonic() + believed };
			return nil;
		end
		reading.worked();
		note(username, to);
		return to;
	end

	local function set(username, to)
		local ok, err = store:set(username, to);
		if ok then keeping.worked(); else keeping.failed(username .. ": " .. tostring(err)); end
		return ok;
	end

	-- { status = , last_seen = }: what may be seen besides the state; nil: nothing at all.
	function self.of(username)
		local consent = consents[username];
		if not consent then return nil; end
		if consent.believed_until <= monotonic() then return read(username); end
		return consent.to;
	end

	-- False where it could not be kept, as the log says.
	function self.give(username, to)
		if not set(username, to) then return false; end
		note(username, to);
		return true;
	end

	function self.withdraw(username)
		consents[username] = nil; -- at once, whatever the store says
		return set(username, nil);
	end

	-- The account was deleted. That is said before its storage is emptied (usermanager, delete_user).
	function self.forget(username)
		consents[username] = nil;
	end

	-- Somebody logs in: perhaps another than the one who had this name and consented.
	function self.doubt(username)
		if consents[username] then consents[username].believed_until = 0; end
	end

	local ok, err = pcall(function ()
		for username in store:users() do consents[username] = { believed_until = 0 }; end
	end);
	if not ok then module:log("error", "who lets everybody see their presence cannot be listed: %s", err); end
	return self;
end

return { registry = registry };
