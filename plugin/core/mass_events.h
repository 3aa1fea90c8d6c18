// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
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

  /// Takes leave to log one out; false: not in this tick. In no stretch of a second, wherever it begins, are
  /// more admitted than the policy's rate, and in none of its ticks more than an eighth of them.
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

  // Admitted in each of the last ticks. A second that begins and ends within a tick touches so many.
  static constexpr std::uint32_t kWindow = Ticks::period::den + 1;
  std::array<std::uint32_t, kWindow> admitted_{};
  std::uint32_t in_window_ = 0;  // their sum
  std::uint32_t place_ = 0;      // of the tick `admitted_at_`
  Tick admitted_at_ = 0;
};

}  // namespace liveness::core
