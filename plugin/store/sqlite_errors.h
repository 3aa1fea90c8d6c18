// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include "store/database.h"

namespace liveness::store {

/// What SQLite said, as the writer's and the operator's words.
DatabaseError describe(const soci::soci_error& error);

}  // namespace liveness::store
