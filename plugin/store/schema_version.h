// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>

#include "store/database.h"
#include "store/dialect.h"

namespace liveness::store {

/// A schema that is not for us to touch.
DatabaseError unfit(const std::string& why);

/// What the table schema_version says. Throws unfit() where that is nothing, or more than `newest`; `or_else`
/// is what an operator may do but install the newer version.
int versionOnRecord(soci::session& sql, const Dialect& dialect, int newest, const std::string& or_else);

/// A schema that is made, or brought up to date, by a server that may be about to.
DatabaseError notYet(const std::string& why);

/// Throws notYet() where the version is older than `newest`.
void checkIsNewest(int version, int newest);

}  // namespace liveness::store
