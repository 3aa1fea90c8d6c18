// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>

namespace liveness {

/// The two clocks that a host reads for the plugin. Nothing in the core reads a clock: time is a parameter,
/// so a test is as fast as its arithmetic.
///
/// This one orders events and measures silence. It never goes back and is not moved by whoever sets the date;
/// where the system offers it, it also counts the time for which the machine was suspended (Linux:
/// CLOCK_BOOTTIME). It has no now() on purpose.
struct HostClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<HostClock>;
  static constexpr bool is_steady = true;
};

/// For deadlines and silence.
using MonotonicTime = HostClock::time_point;

/// For records: what an operator reads. Milliseconds since the Unix epoch.
using UtcTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// One reading of both clocks, taken by the host right before it calls.
struct Now {
  MonotonicTime monotonic;
  UtcTime utc;
};

}  // namespace liveness
