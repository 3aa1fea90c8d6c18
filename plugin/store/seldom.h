// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace liveness::store {

/// Lets a few of its kind be said one by one, and what comes on and on after them only every ten minutes,
/// summed up: nothing outside makes notices without end.
class Seldom {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t kAtOnce = 4;
  static constexpr std::chrono::minutes kEvery{10};

  /// It has happened again, so many times. Returns how many are to be said now, those among them that were
  /// not said before; 0: none.
  std::uint64_t happened(std::uint64_t times, Time now) noexcept {
    unsaid_ += times;
    const auto passed = static_cast<std::uint64_t>((now - since_) / kEvery);
    if (passed != 0) {
      since_ = now;
      said_ = passed >= said_ ? 0 : said_ - static_cast<std::uint32_t>(passed);
    }
    if (said_ == kAtOnce) return 0;
    if (said_++ == 0) since_ = now;
    return std::exchange(unsaid_, 0);
  }

  /// Those that were not said yet.
  std::uint64_t rest() noexcept { return std::exchange(unsaid_, 0); }

  /// Whether the next one will not be said.
  bool isSilent() const noexcept { return said_ == kAtOnce; }

 private:
  Time since_{};
  std::uint32_t said_ = 0;  // one less for each ten minutes
  std::uint64_t unsaid_ = 0;
};

}  // namespace liveness::store
