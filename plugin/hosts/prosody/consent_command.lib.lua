-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The ad-hoc command (XEP-0050) by which a user lets everybody see their presence, or no longer. It is about whoever
-- asks, and nobody else, and it keeps nothing between its steps.

local dataforms = require "util.dataforms";
local jid = require "util.jid";

local forms = module:require "ad_hoc_forms";
local new_command = module:require "adhoc".new;

local host = module.host;
local node = forms.prefix .. "public-presence";

local instructions = [[
Everybody who knows your address can then see on the web whether you are there (available, away, do not disturb or
offline), as your contacts do. Nothing is shown unless you allow it here, and you may withdraw it at any time.]];

local form = dataforms.new {
	title = "Public presence";
	instructions = (instructions:gsub("\n", " "));
	{ name = "FORM_TYPE"; type = "hidden"; value = node };
	{ name = "public"; type = "boolean"; label = "Everybody may see whether I am there" };
	{ name = "status"; type = "boolean"; label = "They may also see my status text" };
	{ name = "last_seen"; type = "boolean"; label = "They may also see when I was last there" };
};

local function said(to, addresses)
	if not to then return "Nobody but your contacts sees your presence."; end
	local what = { "whether you are there" };
	if to.status then what[#what + 1] = "your status text"; end
	if to.last_seen then what[#what + 1] = "when you were last there"; end
	return ("Everybody may see %s: %s"):format(table.concat(what, ", "), table.concat(addresses, " "));
end

-- `addresses(username)` says where a user's presence is to be seen.
local function offer(consents, addresses)
	local function handle(_, data)
		local username, domain = jid.split(data.from);
		if domain ~= host or not username then
			return forms.failed("This is for the users of " .. host);
		end
		if data.action == "cancel" then return { status = "canceled" }; end
		if not data.form then
			local to = consents.of(username);
			return {
				status = "executing";
				actions = { "complete", default = "complete" };
				form = { layout = form; values = {
					public = to ~= nil; status = to ~= nil and to.status; last_seen = to ~= nil and to.last_seen;
				} };
			};
		end

		local fields, errors = form:data(data.form);
		if errors then return forms.failed("The form is not filled in as it should be"); end
		local to = fields.public and { status = fields.status or false; last_seen = fields.last_seen or false } or nil;
		local kept;
		if to then kept = consents.give(username, to); else kept = consents.withdraw(username); end
		if not kept then
			return forms.failed("It could not be kept. Please try again later.");
		end
		return { status = "completed"; info = said(to, addresses(username)) };
	end

	module:provides("adhoc", new_command("Public presence: who may see whether I am there", node, handle, "local_user"));
end

return { offer = offer };
