// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "liveness/time.h"
#include "report/histogram.h"

namespace liveness::report {

/// How long the plugin's ticks take the host, what it carries out in them included, and how much later they
/// come than they were asked for. Since the plugin began; on the host's thread.
class TickMeter {
 public:
  static constexpr std::array<std::chrono::microseconds, 12> kTookBounds{
      std::chrono::microseconds{50},      std::chrono::microseconds{100},
      std::chrono::microseconds{250},     std::chrono::microseconds{500},
      std::chrono::microseconds{1000},    std::chrono::microseconds{2500},
      std::chrono::microseconds{5000},    std::chrono::microseconds{10'000},
      std::chrono::microseconds{25'000},  std::chrono::microseconds{50'000},
      std::chrono::microseconds{100'000}, std::chrono::microseconds{1'000'000}};
  static constexpr std::array<std::chrono::microseconds, 11> kLateBounds{
      std::chrono::microseconds{1000},      std::chrono::microseconds{2500},
      std::chrono::microseconds{5000},      std::chrono::microseconds{10'000},
      std::chrono::microseconds{25'000},    std::chrono::microseconds{50'000},
      std::chrono::microseconds{100'000},   std::chrono::microseconds{250'000},
      std::chrono::microseconds{1'000'000}, std::chrono::microseconds{5'000'000},
      std::chrono::microseconds{30'000'000}};
  using Took = Histogram<kTookBounds.size()>;
  using Late = Histogram<kLateBounds.size()>;

  /// A tick begins, on time or late; the first one is neither.
  void began(MonotonicTime now);

  /// All that the tick asked for is done; the next one is to come in `wait`. Without a tick that began,
  /// nothing.
  void ended(MonotonicTime now, std::chrono::milliseconds wait);

  /// A tick was asked for between two; never later than the next one would come anyway.
  void asked(MonotonicTime now, std::chrono::milliseconds delay);

  const Took& took() const noexcept { return took_; }
  const Late& late() const noexcept { return late_; }

 private:
  Took took_;
  Late late_;
  std::optional<MonotonicTime> began_;
  std::optional<MonotonicTime> expected_;
};

}  // namespace liveness::report
