// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>

namespace liveness::store {

enum class Access { read, write };

/// Connects with libpq's keywords. Throws DatabaseError.
void connect(soci::session& sql, const std::string& keywords);

/// Sees to it that the server talks as we do (UTF-8, UTC, ISO), looks into our schema alone, and gives up by
/// itself on what would take for ever; what an operator has set for the role or the database stays. Throws
/// DatabaseError.
void setUp(soci::session& sql, Access access);

}  // namespace liveness::store
