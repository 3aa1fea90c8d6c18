// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/ticks.h"

namespace liveness::core {

/// The stretches of time in which the server did not listen: a stalled or stopped process, a suspended
/// machine. Nobody's silence is counted over them.
///
/// Kept as a function of time: how much was lost by the end of each stretch. Exact for thousands of them.
/// Past that, neighbours become one where together they lost no more than a sixty-fourth of the time since
/// then: of a client that was heard between the two, both are counted, so it is waited for longer than due by
/// at most a sixty-fourth of its silence. For everybody else it stays exact, and nobody is ever waited for
/// too short.
class Stalls {
 public:
  /// Forgets, from now on, what no deadline of at most `horizon` ticks depends on: the stalls after which the
  /// server has listened for longer.
  void keepFor(std::uint32_t horizon) noexcept { horizon_ = horizon; }

  /// The server was away from `from` to `to`. Stretches come in order of time and do not overlap.
  void add(Tick from, Tick to);

  /// Forgets what is beyond the horizon.
  void forget(Tick now);

  /// How much of the time since `heard` the server was away: what a deadline that counts from `heard` is to
  /// be put off by.
  std::uint32_t since(Tick heard) const noexcept;

  /// How many stretches are remembered.
  std::size_t size() const noexcept { return stalls_.size(); }

 private:
  struct Stall {
    Tick to;
    std::uint32_t lost;  // ever, until `to`; wraps
  };
  void thin(Tick now);

  std::deque<Stall> stalls_;     // oldest first
  std::uint32_t forgotten_ = 0;  // lost ever, until the first of them began
  std::uint32_t lost_ = 0;       // lost ever
  std::uint32_t horizon_ = kFarTicks;
};

}  // namespace liveness::core
