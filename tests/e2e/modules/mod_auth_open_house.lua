-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Everybody may come in without an account; by another module of authentication than Prosody's own.

local new_sasl = require "util.sasl".new;

module:provides("auth", {
	get_sasl_handler = function ()
		return new_sasl(module.host, { anonymous = function () return true; end });
	end;
});
