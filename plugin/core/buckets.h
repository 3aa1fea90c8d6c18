// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstddef>

namespace liveness::core {

/// In which bucket of a histogram a value falls: that of the first bound which it does not exceed; behind the
/// last where it exceeds them all.
template <class Bounds, class Value>
std::size_t bucketOf(const Bounds& bounds, const Value& value) {
  return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
}

}  // namespace liveness::core
