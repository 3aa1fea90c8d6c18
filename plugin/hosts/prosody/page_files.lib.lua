-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- The files of the page: those in the folder page/ beside this file, read once, when the module is loaded. What is
-- asked for is looked up in a table, so that no path can lead out of it.

local hashes = require "util.hashes";
local hex = require "util.hex";
local lfs = require "lfs";

local deepest = 3;
local largest = 4 * 1024 * 1024;

local types = {
	copyright = "text/plain; charset=utf-8";
	css = "text/css; charset=utf-8";
	html = "text/html; charset=utf-8";
	ico = "image/x-icon";
	js = "text/javascript; charset=utf-8";
	json = "application/json";
	png = "image/png";
	svg = "image/svg+xml";
	txt = "text/plain; charset=utf-8";
	webmanifest = "application/manifest+json";
	woff2 = "font/woff2";
};

local function read(path)
	local file, err = io.open(path, "rb");
	if not file then return nil, err; end
	local data = file:read(largest + 1);
	file:close();
	return data;
end

local function read_folder(files, folder, prefix, depth)
	for name in lfs.dir(folder) do
		local path = folder .. "/" .. name;
		local mode = name:sub(1, 1) ~= "." and lfs.attributes(path, "mode");
		if mode == "directory" and depth < deepest then
			read_folder(files, path, prefix .. name .. "/", depth + 1);
		elseif mode == "file" then
			local data, err = read(path);
			if not data or #data > largest then
				module:log("error", "%s is not served: %s", path, err or "it is too large");
			else
				files[prefix .. name] = {
					data = data;
					type = types[name:match("%.(%w+)$")] or "application/octet-stream";
					etag = ('"%s"'):format(hex.encode(hashes.sha256(data)):sub(1, 32));
				};
			end
		end
	end
end

-- All files by their paths; the page itself is "". Empty where there is none.
local function load()
	local files = {};
	local folder = module:get_directory() .. "/page";
	if lfs.attributes(folder, "mode") == "directory" then
		read_folder(files, folder, "", 1);
	end
	files[""] = files["index.html"];
	return files;
end

return { load = load };
