-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- The server that the user was with, by its name; NULL where it has none.
ALTER TABLE last_seen ADD COLUMN node text;

-- Who writes here: one row for each VirtualHost of a server that is up, or died and was not seen to yet.
CREATE TABLE runs (
  run        bigint NOT NULL PRIMARY KEY,  -- a number drawn by lot
  node       text NOT NULL,                -- the server's name among those that share the database
  domain     text NOT NULL,                -- the VirtualHost
  started_at timestamptz NOT NULL,
  beats      bigint NOT NULL,              -- grows for as long as it lives
  beat_at    timestamptz NOT NULL          -- when it last did, by that server's clock
) WITH (fillfactor = 50);

-- Who is here. What is left of a run that died becomes logouts. All of it is written again every minute or
-- so, in its place: half of each page is for the new rows, and no index has the column that changes.
CREATE TABLE online_users (
  run             bigint NOT NULL,
  login           bigint NOT NULL,         -- counted by the run
  bare_jid        text COLLATE "C" NOT NULL,
  resource        text,
  available_since timestamptz NOT NULL,
  last_heard_at   timestamptz NOT NULL,    -- written every now and then
  PRIMARY KEY (run, login)
) WITH (fillfactor = 45);

-- The single logouts, for as long as they are kept.
CREATE TABLE logouts (
  bare_jid      text COLLATE "C" NOT NULL,
  run           bigint NOT NULL,
  login         bigint NOT NULL,
  last_heard_at timestamptz NOT NULL,
  logged_out_at timestamptz NOT NULL,
  cause         text NOT NULL,
  resource      text,
  status        text,
  node          text,
  PRIMARY KEY (bare_jid, run, login)
);

CREATE INDEX logouts_by_time ON logouts (logged_out_at);
