-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- A gateway to another network: a component that tells an account what presence it gets, as a message.

local st = require "util.stanza";

local told = "mercutio@localhost";

module:hook("presence/host", function (event)
	local attr = event.stanza.attr;
	module:send(st.message({ from = module.host, to = told, type = "chat" },
		("%s is %s"):format(attr.from, attr.type or "available")));
	return true;
end);
