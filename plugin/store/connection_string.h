// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <string>

#include "store/database.h"

namespace liveness::store {

/// The database that a connection string names, not yet opened. Throws StoreError.
std::unique_ptr<Database> databaseFor(const std::string& connection_string);

}  // namespace liveness::store
