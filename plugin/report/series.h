// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "liveness/plugin.h"

namespace liveness::report {

/// What happened from one look at the plugin to the next, and what was so at the second one.
struct Sample {
  UtcTime at{};
  std::array<std::uint32_t, 3> sessions{};  ///< at that moment, by SessionState
  std::array<std::uint32_t, kCauses> logouts{};
  std::uint32_t probes_sent = 0;
  std::uint32_t probes_answered = 0;
  std::uint32_t probes_saved = 0;
  std::array<std::uint32_t, kRoundTripBounds.size() + 1> round_trips{};
};

/// The latest samples of one spacing; the oldest gives way. Takes all its memory at once.
class SampleRing {
 public:
  /// A sample each `step`, for as long as `span`.
  SampleRing(std::chrono::seconds step, std::chrono::seconds span);

  std::chrono::seconds step() const noexcept { return step_; }
  std::chrono::seconds span() const noexcept { return step_ * static_cast<int>(samples_.size()); }
  std::size_t size() const noexcept { return used_; }

  /// From the oldest, 0, to the latest, size() - 1.
  const Sample& operator[](std::size_t i) const noexcept {
    return samples_[(next_ + samples_.size() - used_ + i) % samples_.size()];
  }

  bool due(MonotonicTime now) const noexcept { return now >= due_at_; }

  /// Compares with the look before; the first one compares with a plugin to which nothing had happened.
  void add(const Now& now, const Plugin::Stats& stats);

 private:
  std::chrono::seconds step_;
  std::vector<Sample> samples_;
  std::size_t next_ = 0;
  std::size_t used_ = 0;
  MonotonicTime due_at_{};
  Plugin::Stats before_;
};

/// How it went, for somebody who comes later: the last hour closely, the last day less so. On the host's
/// thread.
class Series {
 public:
  /// Looks at the plugin where a sample is due; to be called often, costs nothing in between.
  void look(const Plugin& plugin, const Now& now);

  const SampleRing& hour() const noexcept { return hour_; }
  const SampleRing& day() const noexcept { return day_; }

 private:
  SampleRing hour_{std::chrono::seconds{10}, std::chrono::hours{1}};
  SampleRing day_{std::chrono::minutes{1}, std::chrono::hours{24}};
};

}  // namespace liveness::report
