-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- Which migrations this file has had; the highest version is the one it has.
CREATE TABLE schema_version (
  version    INTEGER PRIMARY KEY,
  applied_at TEXT NOT NULL          -- UTC, 2026-11-23T00:44:48.123Z, as all times here
);

-- When and how each user was last seen: one row for each, their latest logout.
CREATE TABLE last_seen (
  bare_jid         TEXT NOT NULL PRIMARY KEY,
  last_heard_at    TEXT NOT NULL,   -- the last byte from any of their available clients
  logged_out_at    TEXT NOT NULL,   -- the last of them went
  cause            TEXT NOT NULL,   -- logged_out, connection_lost, timed_out, replaced, kicked, ...
  resource         TEXT,            -- of the client that went last
  status           TEXT,            -- the words that it left
  offline_presence TEXT             -- the whole of its last presence, as XML
);
