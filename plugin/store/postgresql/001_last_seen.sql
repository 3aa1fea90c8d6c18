-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- Which migrations this schema has had; the highest version is the one it has.
CREATE TABLE schema_version (
  version    integer PRIMARY KEY,
  applied_at timestamptz NOT NULL
);

-- When and how each user was last seen: one row for each, their latest logout. Names are compared byte by byte.
-- Pages have room left, so that a row that changes stays on its page and no index has to follow it.
CREATE TABLE last_seen (
  bare_jid         text COLLATE "C" NOT NULL PRIMARY KEY,
  last_heard_at    timestamptz NOT NULL,  -- the last byte from any of their available clients
  logged_out_at    timestamptz NOT NULL,  -- the last of them went
  cause            text NOT NULL,         -- logged_out, connection_lost, timed_out, replaced, kicked, ...
  resource         text,                  -- of the client that went last
  status           text,                  -- the words that it left
  offline_presence text                   -- the whole of its last presence, as XML
) WITH (fillfactor = 80);
