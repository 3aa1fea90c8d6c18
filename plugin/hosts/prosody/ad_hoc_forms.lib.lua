-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What ad-hoc commands are made of (XEP-0050, XEP-0004). Nothing is kept between the steps of a command: what a step
-- has to know of the one before is in its form.

local async = require "util.async";
local dataforms = require "util.dataforms";
local st = require "util.stanza";

local shown = module:require "words".shown;

local prefix = "liveness#"; -- of the nodes of all commands, and of the types of their forms

local function failed(text)
	return { status = "completed"; error = { message = text } };
end

-- The result as a table (XEP-0004 section 3.4), which util.dataforms has no layout for. `columns` are
-- { var, label, text(row) }.
local function results(title, columns, rows)
	local form = st.stanza("x", { xmlns = "jabber:x:data"; type = "result" }):text_tag("title", title):tag("reported");
	for _, column in ipairs(columns) do
		form:tag("field", { var = column[1]; label = column[2]; type = "text-single" }):up();
	end
	form:up();
	for _, row in ipairs(rows) do
		form:tag("item");
		for _, column in ipairs(columns) do
			form:tag("field", { var = column[1] }):text_tag("value", shown(column[3](row))):up();
		end
		form:up();
	end
	return form;
end

-- A command whose first step is a form. run(fields, data) says what comes after it.
local function with_form(form, run)
	return function (_, data)
		if data.action == "cancel" then return { status = "canceled" }; end
		if not data.form then
			return { status = "executing"; actions = { "complete", default = "complete" }; form = form };
		end
		local fields, errors = form:data(data.form);
		local name, problem = next(errors or {});
		if name then return failed(("%s: %s"):format(name, shown(problem))); end
		return run(fields, data);
	end
end

local function jid_form(name, title, instructions)
	return dataforms.new {
		title = title;
		instructions = instructions;
		{ name = "FORM_TYPE"; type = "hidden"; value = prefix .. name };
		{ name = "jid"; type = "jid-single"; required = true; label = "Address" };
	};
end

-- Commands are carried out where a client's stanzas are, which may wait (mod_c2s, async.runner). A component's may not.
local function wait_for(promised)
	if not async.ready() then return nil, "This cannot be asked from where you are: it takes a moment to answer"; end
	return async.wait_for(promised);
end

return {
	prefix = prefix; failed = failed; results = results; with_form = with_form; jid_form = jid_form; wait_for = wait_for;
};
