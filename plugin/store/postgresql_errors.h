// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>

#include "store/database.h"

namespace liveness::store {

/// What PostgreSQL said, as the writer's and the operator's words.
DatabaseError describePostgresql(const soci::soci_error& error);

/// Another transaction was in the way (a deadlock): it is rolled back, and may be tried again at once.
bool wasInTheWay(const soci::soci_error& error);

/// The same from one of its codes (SQLSTATE, five characters); where the code says nothing to us, its own
/// words do.
DatabaseError describeState(const std::string& state, const std::string& message);

}  // namespace liveness::store
