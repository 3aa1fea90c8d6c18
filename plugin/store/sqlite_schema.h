// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store {

/// The version of the schema that the file has; 0 for a new file. Throws DatabaseError (unfit) where it is
/// newer than ours or another program's, without having written anything.
int checkSchema(soci::session& sql);

/// Throws DatabaseError where the file's schema is not the newest: as checkSchema(), and `away` where it is
/// none yet, or older.
void checkSchemaIsNew(soci::session& sql);

/// Brings a file of this version to the newest, in one transaction.
void migrate(soci::session& sql, int version);

}  // namespace liveness::store
