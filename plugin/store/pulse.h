// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <chrono>

namespace liveness::store {

/// Whether the writer waits for its database, and since when: the server's thread looks, and may interrupt
/// what does not come to an end by itself.
class Pulse {
 public:
  using Clock = std::chrono::steady_clock;

  /// The writer's: it goes to work, or got something done.
  void beat() noexcept { at_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }

  /// It asks nothing of the database.
  void rest() noexcept { at_.store(0, std::memory_order_relaxed); }

  /// The server's: since the last beat; zero at rest.
  Clock::duration silence() const noexcept {
    const auto at = at_.load(std::memory_order_relaxed);
    return at == 0 ? Clock::duration{0} : Clock::now().time_since_epoch() - Clock::duration{at};
  }

 private:
  std::atomic<Clock::rep> at_{0};
};

}  // namespace liveness::store
