// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <semaphore.h>

#include <atomic>
#include <chrono>

namespace liveness::store {

/// One thread sleeps, another wakes it, and no lock is taken. What the waking thread did before wake() is
/// seen by the sleeping one after its wait.
class Wake {
 public:
  Wake() noexcept { sem_init(&semaphore_, 0, 0); }
  ~Wake() { sem_destroy(&semaphore_); }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void wake() noexcept {
    if (!woken_.exchange(true, std::memory_order_acq_rel)) sem_post(&semaphore_);
  }

  void wait() noexcept;

  /// Also returns when it is `until`.
  void waitUntil(std::chrono::steady_clock::time_point until) noexcept;

 private:
  sem_t semaphore_;
  std::atomic<bool> woken_{false};  // saves a system call where the other is awake anyway
};

}  // namespace liveness::store
