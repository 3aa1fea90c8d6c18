// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "liveness/time.h"

namespace liveness::store {

/// For what is written about the store's own doings: the users' times come from the core.
inline UtcTime utcNow() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace liveness::store
