-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Other modules that something here goes by: mod_adhoc, mod_http.
--
-- Not by module:depends(): with that an operator who unloads mod_adhoc would unload this module too, and one who has
-- it in `modules_disabled` would keep this one from loading (core/moduleapi.lua, api:depends). What is provided to a
-- module that is not there waits for it.

local modulemanager = require "core.modulemanager";

local host = module.host;

-- Sees to it that the module is loaded on this host. Nil and why where it cannot be.
local function load_beside(name)
	if module:get_option_inherited_set("modules_disabled", {}):contains(name) then
		return nil, ("mod_%s is in modules_disabled"):format(name);
	end
	if modulemanager.is_loaded(host, name) then return true; end
	local loaded, err = modulemanager.load(host, name);
	if not loaded then return nil, ("mod_%s cannot be loaded: %s"):format(name, tostring(err)); end
	return true;
end

return { load_beside = load_beside };
