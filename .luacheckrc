-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
std = "lua54"
max_line_length = 120
unused_args = true

-- A module of Prosody runs in an environment of its own, with these.
local in_prosody = {
	read_globals = { prosody = { other_fields = true } };
	globals = { module = { other_fields = true } };
};
files["plugin/hosts/prosody"] = in_prosody;
files["tests/bench/lua_baseline"] = in_prosody;
files["tests/e2e/modules"] = in_prosody;

-- Build folders hold copies.
exclude_files = { "build*/" }
