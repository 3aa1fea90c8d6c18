-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What has to hold before the module is reloaded. A load that fails after the unload would leave nobody to watch the
-- sessions: so it is found out before, and Prosody gives the reload up (core.modulemanager, do_reload_module, where
-- module.save() raises an error).

local lfs = require "lfs";

local host = module.host;

-- Prosody looks at the module's main file only (do_reload_module, loader:load_code).
local function faulty_file()
	local folder = module:get_directory();
	for name in lfs.dir(folder) do
		if name:find("%.lib%.lua$") then
			local _, err = loadfile(folder .. "/" .. name, "t");
			if err then return err; end
		end
	end
end

-- Why the next load would fail, with the files and the configuration as they are now; nil where it will go well.
local function obstacle(plugin)
	local err = faulty_file();
	if err then return err; end
	local setup = module:require "setup";
	local native, err_of_native = setup.native();
	if not native then return err_of_native; end
	return select(2, plugin:judge(setup.options(host)));
end

return { obstacle = obstacle };
