// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store {

/// Adds what SQLite lacks to a connection, once for each, for the conditions of kSqlite:
///
/// - `holds(text, part)`: whether the text, folded (core/folded_text.h), has this in it. NULL has nothing.
/// - `is_here(bare_jid, 'once')`: whether a row of online_users has this user. All of them are read when a
///   statement calls it first, and remembered for as long as it runs: a list of many users asks without an
///   index, which would cost each login and logout.
void addFunctions(soci::session& sql);

}  // namespace liveness::store
