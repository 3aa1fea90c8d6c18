// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace liveness::store {

/// How long to leave a database alone that has failed: longer each time, but never for long.
class BackOff {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kLongest{5000};

  std::chrono::milliseconds next() noexcept { return std::exchange(next_, std::min(2 * next_, kLongest)); }
  void reset() noexcept { next_ = kFirst; }

 private:
  std::chrono::milliseconds next_ = kFirst;
};

}  // namespace liveness::store
