// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

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
  Tick put_off_to = 0;  ///< of a probe: as late as this it does not move what follows it
};

/// The rule of the heartbeat: of a session unheard since `base` (its last byte, put off by the server's own
/// stalls), probes are due evenly spaced from half of the idle timeout on, and the logout at the whole of it.
///
/// All deadlines are computed from the last byte, never from the check before: checks that come late do not
/// add up. But each probe gets at least half of its spacing before the next step (the other half is room to
/// spread the probes of sessions that fall due together), and all of it if it was sent later than that: a
/// logout is never the answer to a probe that had no time to be answered. New rules may find a probe overdue:
/// it has the same room from then on.
class Heartbeat {
 public:
  /// `new_since`: when these rules took the place of other ones, by which nobody was overdue.
  explicit Heartbeat(const Policy& policy, std::optional<Tick> new_since = std::nullopt) noexcept;

  /// Judges a session of phase listening or probed, `probes_out` of the latter.
  Verdict judge(const Session& session, Tick last_heard, std::uint32_t probes_out, const Stalls& stalls,
                Tick now) const noexcept;

  /// When to look first at a session heard at `last_heard`.
  Tick firstCheck(const Session& session, Tick last_heard, Tick now) const noexcept;

  /// How many of the `probes_out`, which other rules have sent, these would have sent by the time of the last
  /// one; that of a doubted client included, which is one more than attempts().
  std::uint32_t counting(const Session& session, Tick last_heard, std::uint32_t probes_out,
                         const Stalls& stalls) const noexcept;

  /// Whether these rules are those of `other`: for active or inactive sessions, or for both.
  bool isAs(const Heartbeat& other, bool inactive) const noexcept {
    return timeout(inactive) == other.timeout(inactive) &&
           (timeout(inactive) == 0 || attempts_ == other.attempts_);
  }
  bool isAs(const Heartbeat& other) const noexcept { return isAs(other, false) && isAs(other, true); }

  /// To be called now and then: rules become old.
  void age(Tick now) noexcept;

  /// Whether a session's negotiation is over, so that something may be sent to it.
  bool maySend(const Session& session, Tick now) const noexcept;

  /// How many probes a silent session gets before it is given up.
  std::uint32_t attempts() const noexcept { return attempts_; }

  /// Ticks between two probes of a session.
  std::uint32_t spacing(const Session& session) const noexcept { return spacing(session.inactive); }
  std::uint32_t spacing(bool inactive) const noexcept {
    return attempts_ == 0 ? 0 : timeout(inactive) / 2 / attempts_;
  }

  /// The idle timeout that counts for a session, in ticks; zero: never.
  std::uint32_t timeout(const Session& session) const noexcept { return timeout(session.inactive); }
  std::uint32_t timeout(bool inactive) const noexcept { return inactive ? timeout_inactive_ : timeout_; }

  /// The longer one of the two idle timeouts, in ticks.
  std::uint32_t longestTimeout() const noexcept { return std::max(timeout_, timeout_inactive_); }

 private:
  static Tick baseOf(const Session& session, Tick last_heard, const Stalls& stalls) noexcept;
  Tick due(std::uint32_t whole, Tick base, std::uint32_t sent) const noexcept;

  std::uint32_t timeout_;           // ticks; 0: never
  std::uint32_t timeout_inactive_;  // the same, XEP-0352
  std::uint32_t attempts_;          // 0: no probes
  std::optional<Tick> new_since_;   // until nobody is overdue by them any more
};

}  // namespace liveness::core
