// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <vector>

#include "core/ticks.h"

namespace liveness::core {

/// The stretches of time in which the server did not listen: a stalled or stopped process, a suspended
/// machine. Nobody's silence is counted over them.
class Stalls {
 public:
  /// The server was away from `from` to `to`. Stretches come in order of time and do not overlap.
  void add(Tick from, Tick to);

  /// How much of the time since `heard` the server was away: what a deadline that counts from `heard` is to
  /// be put off by.
  std::uint32_t since(Tick heard) const noexcept;

 private:
  struct Stall {
    Tick from;
    Tick to;
  };
  std::vector<Stall> stalls_;  // oldest first
};

}  // namespace liveness::core
