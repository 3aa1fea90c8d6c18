-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- Which account the logout is of, where there may be several of one name: a mark of the server's; NULL: not known.
ALTER TABLE last_seen ADD COLUMN account INTEGER;

-- Users who are connected without an available resource, and who last was: one row for each. It is no logout.
CREATE TABLE connected_users (
  bare_jid      TEXT NOT NULL PRIMARY KEY,
  run           INTEGER,            -- they are here for as long as this run lives; NULL: no longer
  last_heard_at TEXT NOT NULL,      -- the last byte from any of their clients; written every now and then
  ended_at      TEXT NOT NULL,      -- where they are no longer here
  cause         TEXT NOT NULL,
  resource      TEXT
);

-- How each user was here last: by their logout, or connected only, whichever was heard later. The words are those of
-- the logout, which contacts are still told.
CREATE VIEW seen AS
  SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, status FROM last_seen
  WHERE NOT EXISTS (SELECT 1 FROM connected_users AS c
    WHERE c.bare_jid = last_seen.bare_jid AND c.last_heard_at > last_seen.last_heard_at)
  UNION ALL
  SELECT bare_jid, last_heard_at, ended_at, cause, NULL, resource,
    (SELECT status FROM last_seen AS s WHERE s.bare_jid = connected_users.bare_jid) FROM connected_users
  WHERE NOT EXISTS (SELECT 1 FROM last_seen AS s
    WHERE s.bare_jid = connected_users.bare_jid AND s.last_heard_at >= connected_users.last_heard_at);
