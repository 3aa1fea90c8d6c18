-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The marks of accounts (liveness/account.h): each gets one in Prosody's storage when it first logs in, and it goes
-- with the account. `prosodyctl deluser` works in a process of its own and tells the running server nothing; but it
-- removes all that Prosody's storage has of the user (storagemanager, purge).
--
-- What a mark proves is the plugin's rule. Here they are only read and written.

local accounts = module:require "accounts";
local bytes = require "util.random".bytes;
local now = require "util.time".now;
local trouble = module:require "trouble";

local store = module:open_store("liveness");

local host = module.host;

-- While the storage does not keep marks: how many of them are tried in one turn of the server's loop once it does.
local most_at_once = 20;

local function number_in(n, least)
	n = math.tointeger(n);
	return n ~= nil and n >= least and n <= 0xffffffff;
end

-- One of an earlier version is none.
local function is_mark(found)
	return number_in(found.book, 1) and number_in(found.number, 1) and type(found.since) == "number";
end

-- `look_up(bare_jid, callback)` finds a record; `plugin` has the rule. `forget(username)` is called for a user whose
-- record is of an earlier account of that name: from within account_of() or later.
local function registry(plugin, look_up, forget)
	local reading = trouble.watch("the marks of accounts that have logged in cannot be read");
	local writing = trouble.watch("the marks of accounts that have logged in cannot be kept");
	local unmarked = {}; -- username -> true: has logged in, and still is to get a mark
	local line = {}; -- of those
	local catching_up = false;
	local book; -- what the storage has of all marks: { book =, last = }
	local useless = not store; -- it keeps nothing, or nothing that is not a user's

	-- What is there; or nil, and true where there may be something all the same.
	local function read(username)
		local ok, found, err = pcall(store.get, store, username);
		if not ok or err then
			reading.failed((username or host) .. ": " .. tostring(err or found));
			return nil, true;
		end
		reading.worked();
		return found;
	end

	-- True where it was kept: not every storage says so when it drops what it is given (mod_auth_anonymous has that of
	-- its host dropped, mod_storage_none drops all). False where it may be later.
	local function write(username, data)
		local ok, done, err = pcall(store.set, store, username, data);
		if not ok or not done then
			writing.failed((username or host) .. ": " .. tostring(err or done));
			return false;
		end
		local kept, in_doubt = read(username);
		if kept and kept.book == data.book and kept.number == data.number and kept.last == data.last then return true; end
		useless = kept == nil and not in_doubt;
		if not useless then writing.failed((username or host) .. ": what was written is not what is read"); end
		return false;
	end

	-- The book that marks are counted in. A storage that was made anew has another one.
	local function opened()
		if book then return true; end
		local found, in_doubt = read(nil);
		if in_doubt then return false; end
		if found and number_in(found.book, 1) and number_in(found.last, 0) then
			book = found;
			return true;
		end
		local drawn = { book = (string.unpack("<I4", bytes(4)) & 0x7fffffff) | 1, last = 0 };
		if not write(nil, drawn) then return false; end
		book = drawn;
		return true;
	end

	-- A mark is counted before it is made: of two that were made, the later one has the larger number.
	local function make(username)
		if not opened() then return nil; end
		local counted = { book = book.book, last = book.last + 1 };
		if not write(nil, counted) then return nil; end
		book = counted;
		local mark = { book = counted.book, number = counted.last, since = now() };
		if not write(username, mark) then return nil; end
		writing.worked();
		return mark;
	end

	local function judge(username, mark)
		look_up(username .. "@" .. host, function (seen)
			if seen and plugin:is_of_earlier_account(seen.account, seen.last_heard, mark.book, mark.number, mark.since) then
				forget(username);
			end
		end);
	end

	-- The mark, made where there is none; nil where that cannot be now.
	local function marked(username)
		local mark, in_doubt = read(username);
		if in_doubt then return nil; end
		if mark and is_mark(mark) then return mark; end
		local made = make(username);
		-- Where one was there that is none any more (of an earlier version, spoiled), the account is the same.
		if made and not mark then judge(username, made); end
		return made;
	end

	local function catch_up()
		local failed = false;
		for _ = 1, math.min(most_at_once, #line) do
			local username = table.remove(line);
			if unmarked[username] and not marked(username) and not useless then
				table.insert(line, 1, username); -- the others have their turns first
				failed = true;
				break;
			end
			unmarked[username] = nil;
		end
		catching_up = #line > 0;
		return catching_up and math.max(failed and 1 or 0, reading.wait(), writing.wait()) or nil;
	end

	local function put_off(username)
		unmarked[username] = true;
		line[#line + 1] = username;
		if catching_up then return; end
		catching_up = true;
		module:add_timer(math.max(1, reading.wait(), writing.wait()), catch_up);
	end

	-- The user logs in. Nil where there is no mark of their account, or none yet.
	local function account_of(username)
		if useless or unmarked[username] then return nil; end
		local mark = (writing.worth_a_try() or read(username)) and marked(username);
		if mark then return plugin:account(mark.book, mark.number, mark.since); end
		if not useless then put_off(username); end
		return nil;
	end

	accounts.on_deletion(host, function (username) unmarked[username] = nil; end);

	return { account_of = account_of };
end

return { registry = registry };
