// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "fakes/virtual_clock.h"
#include "liveness/session.h"
#include "liveness/time.h"

namespace liveness::simulation {

using Duration = fakes::VirtualClock::Duration;

/// What the oracle knows of one session.
struct Seat {
  SessionId id;
  std::string bare_jid;
  std::string full_jid;
  bool available = false;
  bool held = false;
  std::optional<MonotonicTime> settled_at;  ///< may be sent to since then
  MonotonicTime opened_at;
  MonotonicTime last_heard;
  std::uint32_t probes_out = 0;        ///< the heartbeat's
  std::uint32_t operators_probes = 0;  ///< out besides: an operator's, and those that new rules do not count
  bool unsure = false;  ///< how many of its probes new rules count: the plugin's sixteenths decide
  Duration end_by{0};   ///< as long as its silence may become, where new rules or their queue put the end off
  std::uint32_t probes_sent = 0;
  MonotonicTime asked_at;          ///< by the last of either
  std::uint32_t asked_number = 0;  ///< which it was
  MonotonicTime heard_before_probe;
  bool blurred = false;  ///< heard so soon after a probe that the plugin cannot tell
  std::optional<MonotonicTime> told_to_close;
  bool kicked = false;  ///< by an operator
  bool managed = false;
  bool inactive = false;
  bool doubted = false;
  bool surely_counted = false;  ///< among those who can fall silent, since before the rules changed
  bool maybe_counted = false;   ///< the same, as it may seem
  MonotonicTime began_at;       ///< its stream, or its being active or inactive
  MonotonicTime put_off_at;     ///< when its next check was last put off
  MonotonicTime held_at;
  MonotonicTime probed_at;
  std::optional<HeldView> shown;

  /// What a deadline counts from: of one that is older than the plugin, no earlier than that.
  MonotonicTime countsFrom() const { return std::max(last_heard, opened_at); }
  Evidence evidence = Evidence::none;  ///< what the wire said when the session was given up

  /// Its silence is over: it was heard, or is held.
  void isThere() {
    probes_out = operators_probes = 0;
    doubted = unsure = false;
    end_by = {};
  }

  /// Whether it is active or not is another one now, or its stream.
  void begin(MonotonicTime now) {
    began_at = now;
    surely_counted = maybe_counted = false;
  }

  /// Contacts see it as unavailable, although it is held.
  bool hidden() const { return shown && !shown->available; }
};

}  // namespace liveness::simulation
