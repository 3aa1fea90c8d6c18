// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "core/session_table.h"

namespace liveness::core {

/// How many sessions can fall silent, by which of the two idle timeouts counts for them.
///
/// A session is counted from the heartbeat's first look at it on: half of its idle timeout (all of it, where
/// nobody is probed) after its stream began, or after the client became active or inactive (XEP-0352). It is
/// not while it is held or closing, or where its timeout is never. Who has only just come, or was resumed
/// just now, cannot have fallen silent yet; after an outage these are many.
class Census {
 public:
  /// Counts a session, if it is not counted yet.
  void count(Session& session) noexcept {
    if (!std::exchange(session.counted, true)) ++sizes_[session.inactive ? 1 : 0];
  }

  /// Counts it no longer. To be called before it changes from active to inactive or back.
  void drop(Session& session) noexcept {
    if (std::exchange(session.counted, false)) --sizes_[session.inactive ? 1 : 0];
  }

  std::uint32_t size(bool inactive) const noexcept { return sizes_[inactive ? 1 : 0]; }

 private:
  std::array<std::uint32_t, 2> sizes_{};
};

}  // namespace liveness::core
