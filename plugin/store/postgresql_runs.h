// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>

#include "store/database.h"

namespace liveness::store::postgresql {

// Database's functions of the same names.

std::uint64_t beginRun(soci::session& sql, const Run& run, UtcTime now);
std::size_t recover(soci::session& sql, const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                    bool keep_history);
void endRun(soci::session& sql, const Run& run);
Database::Purged purge(soci::session& sql, UtcTime from, UtcTime before, std::size_t limit);

}  // namespace liveness::store::postgresql
