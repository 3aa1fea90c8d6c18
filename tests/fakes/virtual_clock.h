// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>

#include "liveness/time.h"

namespace liveness::fakes {

/// Both clocks of a host, moved by hand. They move together, except where somebody sets the date.
class VirtualClock {
 public:
  using Duration = MonotonicTime::duration;

  /// 2026-11-23T00:44:48.123Z, on a machine that has been up for a while.
  VirtualClock() = default;
  explicit VirtualClock(MonotonicTime start) : start_(start), monotonic_(start) {}

  Now now() const {
    return {monotonic_, utc_at_start_ + std::chrono::floor<std::chrono::milliseconds>(monotonic_ - start_)};
  }
  Duration elapsed() const { return monotonic_ - start_; }
  MonotonicTime start() const { return start_; }

  void advance(Duration by) { monotonic_ += by; }
  void advanceTo(MonotonicTime t) {
    if (t > monotonic_) monotonic_ = t;
  }

  /// Somebody sets the date: UTC jumps, what measures silence does not.
  void setDate(std::chrono::milliseconds by) { utc_at_start_ += by; }

 private:
  MonotonicTime start_{std::chrono::hours{100}};
  MonotonicTime monotonic_ = start_;
  UtcTime utc_at_start_{std::chrono::milliseconds{1795394688123}};
};

}  // namespace liveness::fakes
