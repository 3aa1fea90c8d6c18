// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "liveness/session.h"
#include "liveness/time.h"

namespace liveness::store {

// What stands in a column; DatabaseError `refused` where somebody spoiled it.

UtcTime timeFrom(const std::string& text);
Cause causeFrom(const std::string& text);

}  // namespace liveness::store
