// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "core/heartbeat.h"
#include "core/session_table.h"
#include "core/ticks.h"
#include "liveness/policy.h"

namespace liveness::core {

/// Judges whether it is the clients that fell silent, or the server that is cut off: where an unusual share
/// of all sessions has had every probe and answered none, each of them is to get one more. And bounds how
/// many are logged out in a second, so that the server keeps serving while thousands are.
class MassEvents {
 public:
  explicit MassEvents(const Policy& policy) noexcept;

  /// Whether so many are silent together now. Counts the whole table, at most once in a second.
  bool now(const SessionTable& table, const Heartbeat& heartbeat, Tick tick);

  /// Takes leave to log one out; false: not in this tick.
  bool admit(Tick tick) noexcept;

  void setPolicy(const Policy& policy) noexcept;

 private:
  static std::uint32_t countSilent(const SessionTable& table, const Heartbeat& heartbeat, Tick tick);

  std::uint32_t minimum_ = 0;
  double share_ = 0;
  std::uint32_t rate_ = 0;  // a second

  Tick counted_at_ = 0;
  bool counted_ = false;
  bool mass_event_ = false;

  Tick filled_at_ = 0;
  double allowance_ = 0;
};

}  // namespace liveness::core
