// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <thread>

namespace liveness::support {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

/// How long a test waits for what has to come, on a machine that may be busy. Where all is well nothing of it
/// is spent.
constexpr std::chrono::seconds kPatience{180};

/// The same for a program that does work of its own, however much that is: only one that hangs runs for
/// longer.
constexpr std::chrono::minutes kLongestRun{15};

/// Asks `predicate` until it is true, or until `deadline` has passed: true as soon as it is. For what can
/// only be asked and does not tell: a file, a log, a process.
template <class Predicate>
bool eventually(milliseconds deadline, Predicate&& predicate) {
  const auto end = SteadyClock::now() + deadline;
  while (!predicate()) {
    if (SteadyClock::now() >= end) return false;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return true;
}

}  // namespace liveness::support
