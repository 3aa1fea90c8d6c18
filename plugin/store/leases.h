// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "store/batch.h"

namespace liveness::store {

/// Which of the others are dead: those whose beats have stood still for long, by the clock of whoever looks.
/// No two machines' clocks are compared.
class Leases {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr int kLooks = 3;  // in between: that long a silence was watched, not slept through

  /// `own`: whose number is that of the run that looks.
  Leases(std::chrono::milliseconds lease, std::int64_t own) : lease_(lease), own_(own) {}

  /// Takes in what is there now. Returns those whose lease has run out, and whom nobody else who lives has
  /// taken for dead already.
  std::vector<Run> look(const std::vector<Run>& runs, Time now);

  /// To be called where the database was away: nobody could beat.
  void beginAnew() noexcept { watched_.clear(); }

 private:
  struct Watched {
    std::uint64_t beats = 0;
    Time since{};
    int looks = 0;
  };

  std::chrono::milliseconds lease_;
  std::int64_t own_;
  std::map<std::int64_t, Watched> watched_;
};

}  // namespace liveness::store
