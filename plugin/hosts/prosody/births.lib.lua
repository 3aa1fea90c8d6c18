-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Which life of an account a record is of. `prosodyctl deluser` works in a process of its own and tells the running
-- server nothing; but it removes all that Prosody's storage has of the user (storagemanager, purge). So each account
-- gets a mark there when it first logs in. One that has none, but a record from after the marks began, has been
-- deleted and made anew meanwhile: the record is somebody else's.

local accounts = module:require "accounts";
local now = require "util.time".now;
local trouble = module:require "trouble";

local store = module:open_store("liveness");

local host = module.host;

-- While the storage does not keep marks: how many of them are tried in one turn of the server's loop once it does.
local most_at_once = 20;

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
	local reading = trouble.watch("the marks of accounts that have logged in cannot be read");
	local writing = trouble.watch("the marks of accounts that have logged in cannot be kept");
	local unmarked = {}; -- username -> true: has logged in, and still is to get a mark
	local line = {}; -- of those
	local catching_up = false;

	-- The mark; or nil, and true where there may be one all the same.
	local function read(username)
		local mark, err = store:get(username);
		if err then
			reading.failed(username .. ": " .. tostring(err));
			return nil, true;
		end
		reading.worked();
		return mark;
	end

	local function has_mark(username)
		if unmarked[username] then return true; end
		local mark, in_doubt = read(username);
		return mark ~= nil or in_doubt; -- in doubt, nobody is forgotten
	end

	-- Whether a record can only be of an account that is no more.
	local function is_of_another(username, last_heard)
		return since ~= nil and last_heard > since and not has_mark(username);
	end

	local function write(username)
		local ok, err = store:set(username, { since = os.time() });
		if ok then writing.worked(); else writing.failed(username .. ": " .. tostring(err)); end
		return ok;
	end

	local function marked(username)
		local mark, in_doubt = read(username);
		return mark or not in_doubt and write(username);
	end

	local function catch_up()
		for _ = 1, math.min(most_at_once, #line) do
			local username = table.remove(line);
			if unmarked[username] and not marked(username) then
				table.insert(line, 1, username); -- the others have their turns first
				break;
			end
			unmarked[username] = nil;
		end
		catching_up = #line > 0;
		return catching_up and math.max(reading.wait(), writing.wait()) or nil;
	end

	local function put_off(username)
		unmarked[username] = true;
		line[#line + 1] = username;
		if catching_up then return; end
		catching_up = true;
		module:add_timer(math.max(reading.wait(), writing.wait()), catch_up);
	end

	-- The user logs in.
	local function mark(username)
		if not since or unmarked[username] then return; end
		local mark_of_old, in_doubt = read(username);
		if mark_of_old then return; end
		if in_doubt then return put_off(username); end
		-- The answer may come late, from a database that was away, and know of the logout of this very login.
		local asked_at = now();
		look_up(username .. "@" .. host, function (seen)
			if seen and seen.last_heard > since and seen.logged_out_at < asked_at then forget(username); end
		end);
		if not writing.worth_a_try() or not write(username) then put_off(username); end
	end

	accounts.on_deletion(host, function (username) unmarked[username] = nil; end);

	return { is_of_another = is_of_another; mark = mark };
end

return { registry = registry };
