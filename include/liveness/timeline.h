// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "liveness/time.h"

namespace liveness {

/// Something that happened to a session: one line of its timeline.
struct SessionEvent {
  enum class Kind : std::uint8_t {
    opened,
    available,     ///< its client said so, having been unavailable
    presence,      ///< said something new
    unavailable,   ///< said so, and the session goes on
    probed,        ///< asked for a sign of life, by the heartbeat or by an operator
    answered,      ///< was heard after that: by an answer, or by anything else
    suspect,       ///< a probe is out: comes right after the first one
    held,          ///< the stream was lost, the host keeps the session
    resumed,       ///< goes on, on a new stream
    shown_held,    ///< contacts see what the policy says of a held session
    shown_again,   ///< and again what its client had said
    inactive,      ///< nobody is looking at the client (XEP-0352)
    active,        ///< somebody is
    timed_out,     ///< given up for its silence: its stream was asked to be closed
    disconnected,  ///< an operator wants it to end
    closed,        ///< gone
  };
  UtcTime at{};
  Kind kind = Kind::opened;

  /// Of `answered` the round trip in microseconds, 0 where none was measured; of `held` and `closed` the
  /// Cause; else 0.
  std::int64_t value = 0;
};

const char* toString(SessionEvent::Kind kind) noexcept;

}  // namespace liveness
