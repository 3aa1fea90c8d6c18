-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors

-- The run that took this one for dead, and puts on record who was with it; NULL while nobody has.
ALTER TABLE runs ADD COLUMN taken_by INTEGER;
