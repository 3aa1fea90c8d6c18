-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What Prosody knows before the plugin begins: where liveness.so is, what the operator configured for a host, and
-- what stands in for what they did not. The server and prosodyctl must come to the same.

local configmanager = require "core.configmanager";
local datamanager = require "util.datamanager";
local lfs = require "lfs";
local pposix = require "util.pposix";

local version = module:require "version";

local option_prefix = "liveness_";

-- The table of functions of liveness.so, or nil and why not. Lua never lets go of a shared object (package.loadlib):
-- after an upgrade a reload has the new Lua files, and the object that the server started with.
local function native()
	local path = module:get_directory() .. "/liveness.so";
	local open, err = package.loadlib(path, "luaopen_liveness");
	if not open then return nil, "cannot load " .. path .. ": " .. tostring(err); end
	local functions = open();
	if functions.version ~= version then
		return nil, ("%s of version %s is in use, and the Lua files beside it are of %s: restart Prosody")
			:format(path, functions.version, version);
	end
	return functions;
end

local function options(host)
	local found = {};
	local config = configmanager.getconfig();
	for _, section in ipairs { "*", host } do -- the host's own come last and win
		for name, value in pairs(config[section] or {}) do
			if type(name) == "string" and name:sub(1, #option_prefix) == option_prefix then
				found[name:sub(#option_prefix + 1)] = value;
			end
		end
	end
	return found;
end

local function absolute(path)
	return path:sub(1, 1) == "/" and path or lfs.currentdir() .. "/" .. path;
end

-- The connection string of the store, the name of the node, and the path of the spool file. With `make` the folder
-- that the files are in is made.
local function defaults(host, make)
	local function file(extension)
		return absolute(datamanager.getpath(nil, host, "liveness", extension, make));
	end
	local node = ("%s:%s"):format(pposix.uname().nodename, absolute(prosody.paths.data));
	return "sqlite3://" .. file("sqlite3"), node, file("spool");
end

-- Whether no other server writes to this host's database.
local function has_own_database(host)
	local store = options(host).store;
	return store == nil or store:sub(1, 8) == "sqlite3:";
end

return { native = native; options = options; defaults = defaults; has_own_database = has_own_database };
