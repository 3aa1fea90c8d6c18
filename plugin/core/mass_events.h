// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <cstdint>

#include "core/census.h"
#include "core/heartbeat.h"
#include "core/session_table.h"
#include "core/stalls.h"
#include "core/ticks.h"
#include "liveness/policy.h"

namespace liveness::core {

/// Judges whether it is the clients that fell silent, or the server that is cut off: where an unusual share
/// of the sessions that can fall silent (Census) is, each of them is to get one more probe. And bounds how
/// many are logged out in a second, so that the server keeps serving while thousands are.
///
/// A session is silent that has had every probe, the last of them long enough ago to be answered, and that
/// was not heard since; the probe more that it gets where it is doubted takes nothing from that.
///
/// The share is one of all that can fall silent, or one of those alone that are active, or inactive
/// (XEP-0352): a timeout that is many times as long keeps the ones from being asked while the others are
/// judged, and they must not hide that of these all fell silent.
class MassEvents {
 public:
  explicit MassEvents(const Policy& policy) noexcept;

  /// Whether so many are silent together now that one of them is to be doubted which is active or inactive.
  /// Looks the probed ones over at most once in a second, and no further than until there are enough.
  bool now(const SessionTable& table, const Heartbeat& heartbeat, const Census& census, const Stalls& stalls,
           bool inactive, Tick tick);

  /// Takes leave to log one out; false: not in this tick. In no stretch of a second, wherever it begins, are
  /// more admitted than the policy's rate, and in none of its ticks more than an eighth of them.
  bool admit(Tick tick) noexcept;

  void setPolicy(const Policy& policy) noexcept;

 private:
  void count(const SessionTable& table, const Heartbeat& heartbeat, const Census& census,
             const Stalls& stalls, Tick tick);
  bool isMass(std::uint32_t silent, std::uint32_t all) const noexcept {
    return silent >= minimum_ && silent >= share_ * all;
  }

  std::uint32_t minimum_ = 0;
  double share_ = 0;
  std::uint32_t rate_ = 0;  // a second

  Tick counted_at_ = 0;
  bool counted_ = false;
  std::array<bool, 2> mass_event_{};  // of active ones, of inactive ones

  // Admitted in each of the last ticks. A second that begins and ends within a tick touches so many.
  static constexpr std::uint32_t kWindow = Ticks::period::den + 1;
  std::array<std::uint32_t, kWindow> admitted_{};
  std::uint32_t in_window_ = 0;  // their sum
  std::uint32_t place_ = 0;      // of the tick `admitted_at_`
  Tick admitted_at_ = 0;
};

}  // namespace liveness::core
