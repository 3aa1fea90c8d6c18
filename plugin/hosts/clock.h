// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <time.h>

#include "liveness/time.h"

namespace liveness::hosts {

/// Counts the time of a suspended machine too, and is moved by nobody (Linux: CLOCK_BOOTTIME).
inline MonotonicTime readMonotonic() noexcept {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return MonotonicTime{std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec}};
}

inline Now readClocks() noexcept {
  return {readMonotonic(),
          std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

}  // namespace liveness::hosts
