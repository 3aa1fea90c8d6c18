-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- The server that the user was with, by its name; NULL where it has none, or from before there was this column.
ALTER TABLE last_seen ADD COLUMN node TEXT;

-- Who writes here: one row for each VirtualHost of a server that is up, or died and was not seen to yet.
CREATE TABLE runs (
  run        INTEGER PRIMARY KEY,   -- a number drawn by lot
  node       TEXT NOT NULL,         -- the server's name among those that share the database
  domain     TEXT NOT NULL,         -- the VirtualHost
  started_at TEXT NOT NULL,
  beats      INTEGER NOT NULL,      -- grows for as long as it lives
  beat_at    TEXT NOT NULL          -- when it last did, by that server's clock
);

-- Who is here. What is left of a run that died becomes logouts.
CREATE TABLE online_users (
  run             INTEGER NOT NULL,
  login           INTEGER NOT NULL, -- counted by the run
  bare_jid        TEXT NOT NULL,
  resource        TEXT,
  available_since TEXT NOT NULL,
  last_heard_at   TEXT NOT NULL,    -- written every now and then
  PRIMARY KEY (run, login)
) WITHOUT ROWID;

-- The single logouts, for as long as they are kept. Rows lie in the order in which they came: to have them lie
-- by user would cost a page of the file for nearly each of them.
CREATE TABLE logouts (
  bare_jid      TEXT NOT NULL,
  run           INTEGER NOT NULL,
  login         INTEGER NOT NULL,
  last_heard_at TEXT NOT NULL,
  logged_out_at TEXT NOT NULL,
  cause         TEXT NOT NULL,
  resource      TEXT,
  status        TEXT,
  node          TEXT,
  PRIMARY KEY (bare_jid, run, login)
);

CREATE INDEX logouts_by_time ON logouts (logged_out_at);
