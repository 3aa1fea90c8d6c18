// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>
#include <vector>

#include "store/dialect.h"

namespace liveness::store {

extern const Dialect kSqlite;  ///< on a connection with sqlite_functions.h

/// Reader's function of the same name.
std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids);

}  // namespace liveness::store
