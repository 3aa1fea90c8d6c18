// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>

namespace liveness::bench {

/// How often this program's operator new was called. A bench links counted_allocations.cpp to have its own;
/// one that exports its symbols has a shared object's counted as well.
extern std::size_t allocations;

}  // namespace liveness::bench
