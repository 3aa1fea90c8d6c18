-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- A server whose thread is held up: `stall(seconds)` in its shell serves nobody for so long.

module:set_global();

local sleep = require "socket".sleep;

module:shared("/*/admin_shell/env").stall = sleep;
