-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- What the network told of a timeout: network_gone, client_silent; NULL where it told nothing.
ALTER TABLE last_seen ADD COLUMN evidence TEXT;
ALTER TABLE logouts ADD COLUMN evidence TEXT;
