-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The accounts of a host, and their end.

local guests = module:require "guests";
local usermanager = require "core.usermanager";

-- Calls visit(list of names) for all accounts of a host, in slices that keep the server's thread for a moment only if
-- `visit` lets others run. Nil and why where its accounts cannot be listed.
local function in_slices(host, size, visit)
	local ok, names, state, name = pcall(usermanager.users, host);
	if not ok or not names then
		return nil, ("the accounts of %s cannot be listed: %s"):format(host, not ok and names or state);
	end
	if guests.are_all_of(host) then return true; end -- listed are those who are here (mod_auth_anonymous)
	local slice = {};
	for username in names, state, name do
		slice[#slice + 1] = username;
		if #slice == size then
			visit(slice);
			slice = {};
		end
	end
	if #slice > 0 then visit(slice); end
	return true;
end

-- Calls forget(username) for each account that is deleted: after mod_c2s has closed its sessions (priority 200), and
-- all that others do, so that nothing of them is put on record any more.
local function on_deletion(host, forget)
	module:hook_global("user-deleted", function (event)
		if event.host == host then forget(event.username); end
	end, -1000);
end

-- The moment before which somebody must have been heard to have been inactive for so many days. With zero days that is
-- everybody who is not here, who left in this very second too.
local function unheard_since(days)
	return math.floor(os.time() + 1 - days * 24 * 3600);
end

return { in_slices = in_slices; on_deletion = on_deletion; unheard_since = unheard_since };
