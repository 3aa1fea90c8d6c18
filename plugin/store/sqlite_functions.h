// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store {

/// Who is here, available or only connected (Dialect::here).
constexpr const char* kHere =
    "SELECT bare_jid FROM main.online_users UNION ALL "
    "SELECT bare_jid FROM main.connected_users WHERE run IN (SELECT run FROM main.runs WHERE taken_by IS "
    "NULL)";

/// Adds what SQLite lacks to a connection, once for each, for the conditions of kSqlite:
///
/// - `holds(text, part)`: whether the text, folded (core/folded_text.h), has this in it. NULL has nothing.
/// - `is_here(bare_jid, 'once')`: whether this user is here, by kHere. All of them are read when a
///   statement calls it first, and remembered for as long as it runs: a list of many users asks without an
///   index, which would cost each login and logout.
void addFunctions(soci::session& sql);

}  // namespace liveness::store
