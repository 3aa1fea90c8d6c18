// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store::postgresql {

/// Our tables lie in a PostgreSQL schema of their own, `liveness`: the database may be shared with the
/// server's own, one of whose tables could have one of our names.
///
/// Makes it where there is none, and brings it to the newest version, in one transaction that one server at a
/// time does. Throws DatabaseError (unfit) where it is newer than ours or another program's, without having
/// written anything.
void migrate(soci::session& sql);

/// Throws DatabaseError where it is not the newest version: `away` where it is none yet, or older, else
/// `unfit`.
void checkSchemaIsNew(soci::session& sql);

}  // namespace liveness::store::postgresql
