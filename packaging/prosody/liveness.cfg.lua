-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
--
-- Liveness: who is really there, and when everybody was last seen. man mod_liveness has the whole story.
--
-- To enable it, add ONE line to modules_enabled in /etc/prosody/prosody.cfg.lua:
--
--     "liveness";
--
-- and restart Prosody, or load it into the running server:
--
--     prosodyctl shell 'module:load("liveness")'
--
-- This file is not needed for that: the defaults suit a server that nobody configured. It is for those who want
-- something else. Take the dashes from the line that says it, and let Prosody read this file:
--
--     ln -s ../conf.avail/liveness.cfg.lua /etc/prosody/conf.d/
--
-- What is set here is for all VirtualHosts; what a VirtualHost sets itself comes first. Do not set modules_enabled
-- here, outside of a VirtualHost: that would not add to the list of prosody.cfg.lua, it would replace it.

-- a client unheard for this long is logged out
-- accepted: 0 (never) or a number of seconds from 1 to 2592000 (30 days)
--liveness_idle_timeout = 360

-- probe a silent client from half of its idle timeout on
-- accepted: true or false
--liveness_ping = true

-- probes between half and whole of the idle timeout, evenly spaced
-- accepted: a whole number from 1 to 10
--liveness_ping_attempts = 2

-- the same as idle_timeout, of a client that said it is inactive (XEP-0352)
-- accepted: 0 (never) or a number of seconds from 1 to 2592000 (30 days)
--liveness_inactive_idle_timeout = 1800

-- what contacts see of a held session after the grace
-- accepted: "unavailable", "away" or "keep"
--liveness_held_presence = "unavailable"

-- how long contacts see a held session as it was
-- accepted: a number of seconds from 0 to 86400 (a day)
--liveness_held_grace = 60

-- so many clients that fall silent together are asked once more before any is logged out
-- accepted: a whole number from 1 to 4294967295
--liveness_mass_minimum = 20

-- where they are at least this share of the clients that can fall silent
-- accepted: a number from 0 to 1
--liveness_mass_share = 0.1

-- silent clients that are logged out in any second, at most
-- accepted: a whole number from 1 to 100000
--liveness_logout_rate = 100

-- where last seen is kept
-- accepted: "sqlite3:///path/of/the/file" or "postgresql://user:password@machine/database"
-- default: an SQLite file in the host's data directory
--liveness_store = "postgresql:///prosody?host=/run/postgresql"

-- this server's name among those that share a database; no two that run may have the same
-- accepted: a text of at most 255 bytes
-- default: the machine's name and the server's data directory
--liveness_node = "xmpp1"

-- at most this much of when a client was last heard is lost by a crash
-- accepted: a number of seconds from 1 to 3600
--liveness_checkpoint_interval = 60

-- how long single logouts are kept
-- accepted: a number of days from 0 (none is kept) to 36500
--liveness_history_days = 90

-- serve the page, and the JSON behind it, to administrators at /liveness/ of Prosody's HTTP server
-- accepted: true or false
--liveness_page = false

-- from where the page may be asked for
-- accepted: a list of addresses and networks, like { "127.0.0.1", "192.0.2.0/24", "2001:db8::/32" }
--liveness_page_networks = { "127.0.0.1", "::1" }

-- let users who say so (in an ad-hoc command) show everybody whether they are there, at /presence/ of Prosody's
-- HTTP server
-- accepted: true or false
--liveness_public_presence = false

-- Numbers for Prometheus, at http://127.0.0.1:5280/metrics: these two lines, and "http_openmetrics" beside "liveness".
-- They are Prosody's own options. "manual" collects when it is asked, and not by the clock.
--statistics = "internal"
--statistics_interval = "manual"

-- To watch only one VirtualHost, leave "liveness" out of prosody.cfg.lua, and add it where that VirtualHost is
-- described, or here if nothing else in its description sets modules_enabled. These come on top of the modules that
-- all hosts have. Keep it the last thing in this file: what follows is for this VirtualHost.
--VirtualHost "example.com"
--	modules_enabled = { "liveness" }
