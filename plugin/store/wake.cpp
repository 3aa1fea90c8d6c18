// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/wake.h"

#include <time.h>

#include <cerrno>

namespace liveness::store {

void Wake::wait() noexcept {
  while (sem_wait(&semaphore_) != 0 && errno == EINTR) continue;
  woken_.exchange(false, std::memory_order_acq_rel);
}

void Wake::waitUntil(std::chrono::steady_clock::time_point until) noexcept {
  const auto nanos = std::chrono::nanoseconds{until.time_since_epoch()}.count();
  timespec at{};
  at.tv_sec = static_cast<time_t>(nanos / 1'000'000'000);
  at.tv_nsec = static_cast<long>(nanos % 1'000'000'000);

  int failed = 0;
  while ((failed = sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &at)) != 0 && errno == EINTR) continue;
  if (failed == 0) woken_.exchange(false, std::memory_order_acq_rel);
}

}  // namespace liveness::store
