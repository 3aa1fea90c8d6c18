-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Who may know about a user's presence. What there is to know, says the plugin (plugin:user).

local is_contact_subscribed = require "core.rostermanager".is_contact_subscribed;

local host = module.host;

-- The user themself, and who has a subscription from them. For a user that does not exist there is no roster, and the
-- answer is the same as for one who never heard of `bare_jid`.
local function may_know(username, bare_jid)
	return bare_jid == username .. "@" .. host or is_contact_subscribed(username, host, bare_jid) or false;
end

return { may_know = may_know };
