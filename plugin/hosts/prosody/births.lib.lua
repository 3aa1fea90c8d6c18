-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Which life of an account a record is of. `prosodyctl deluser` works in a process of its own and tells the running
-- server nothing; but it removes all that Prosody's storage has of the user (storagemanager, purge). So each account
-- gets a mark there when it first logs in. One that has none, but a record from after the marks began, has been
-- deleted and made anew meanwhile: the record is somebody else's.

local now = require "util.time".now;

local store = module:open_store("liveness");

local host = module.host;

-- Since when accounts are marked; nil where they cannot be: not every storage keeps what is not a user's, or what it
-- does not know.
local function marked_since()
	local ok, about, err = pcall(store and store.get, store, nil);
	if not ok or err then return; end
	if about then return about.marks_since; end
	local since = os.time();
	if store:set(nil, { marks_since = since }) then return since; end
end

-- `forget(username)` is called for a user who logs in with a record of another life: from within mark() or a little
-- later.
local function registry(look_up, forget)
	local since = marked_since();

	local function has_mark(username)
		local mark, err = store:get(username);
		return mark ~= nil or err ~= nil; -- in doubt, nobody is forgotten
	end

	-- Whether a record can only be of an account that is no more.
	local function is_of_another(username, last_heard)
		return since ~= nil and last_heard > since and not has_mark(username);
	end

	-- The user logs in.
	local function mark(username)
		if not since or has_mark(username) then return; end
		-- The answer may come late, from a database that was away, and know of the logout of this very login.
		local asked_at = now();
		look_up(username .. "@" .. host, function (seen)
			if seen and seen.last_heard > since and seen.logged_out_at < asked_at then forget(username); end
		end);
		local ok, err = store:set(username, { since = os.time() });
		if not ok then module:log("warn", "cannot note that %s has logged in: %s", username, err); end
	end

	return { is_of_another = is_of_another; mark = mark };
end

return { registry = registry };
