// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>

namespace liveness::store {

/// For a connection that was just made with these keywords of libpq's, before anything is changed on it.
///
/// Throws DatabaseError (unfit) where a pooler is in between that gives what lies behind the connection to
/// others after each transaction, or statement. There the statements that we prepare and the bounds that we
/// set would be another client's, and its own would be ours. A pooler that keeps sessions does no harm.
void checkSessionIsOurs(soci::session& sql, const std::string& keywords);

}  // namespace liveness::store
