// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/buckets.h"

namespace liveness::report {

/// How often something took how long. The bounds are whoever uses it's: of each bucket the longest time that
/// is still in it, ascending.
template <std::size_t kBounds>
struct Histogram {
  std::array<std::uint64_t, kBounds + 1> counts{};  ///< by bound; the last: longer
  std::chrono::microseconds sum{0};

  void add(const std::array<std::chrono::microseconds, kBounds>& bounds, std::chrono::microseconds took) {
    ++counts[core::bucketOf(bounds, took)];
    sum += took;
  }

  std::uint64_t total() const {
    std::uint64_t all = 0;
    for (const std::uint64_t n : counts) all += n;
    return all;
  }
};

}  // namespace liveness::report
