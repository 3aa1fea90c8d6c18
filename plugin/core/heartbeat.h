// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "core/session_table.h"
#include "core/stalls.h"
#include "core/ticks.h"
#include "liveness/policy.h"

namespace liveness::core {

/// What is to be done about one silent session, and when to look at it again if that was done.
struct Verdict {
  enum class Action : std::uint8_t { wait, probe, log_out };
  Action action = Action::wait;
  Tick check_at = 0;
};

/// The rule of the heartbeat: of a session unheard since `base` (its last byte, put off by the server's own
/// stalls), probes are due evenly spaced from half of the idle timeout on, and the logout at the whole of it.
///
/// All deadlines are computed from the last byte, never from the check before: checks that come late do not
/// add up. But each probe gets its spacing before the next step, so a logout is never the answer to a probe
/// that had no time to be answered.
class Heartbeat {
 public:
  explicit Heartbeat(const Policy& policy) noexcept;

  /// Judges a session of phase listening or probed, `probes_out` of the latter.
  Verdict judge(const Session& session, Tick last_heard, std::uint32_t probes_out, const Stalls& stalls,
                Tick now) const noexcept;

  /// When to look first at a session heard at `last_heard`.
  Tick firstCheck(Tick last_heard, Tick now) const noexcept;

 private:
  bool never() const noexcept { return timeout_ == 0; }

  std::uint32_t timeout_;   // ticks; 0: never
  std::uint32_t half_;      // ticks; of the first probe
  std::uint32_t attempts_;  // 0: no probes
};

}  // namespace liveness::core
