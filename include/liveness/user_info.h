// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "liveness/presence.h"
#include "liveness/time.h"

namespace liveness {

/// What contacts see of a user whose sessions are all held and shown as unavailable, while their logout is
/// not on record yet: what it would say.
struct HeldAway {
  UtcTime last_heard{};          ///< of all the sessions of this login, the latest byte
  std::string status;            ///< the last words of a session of this login that has gone
  std::string offline_presence;  ///< its whole last presence, where it had one to keep (Presence::xml)
  UtcTime said_at{};             ///< when it said them; where there are none, last_heard
};

/// What contacts see of a user, in one place for all who ask: XEP-0012, presence probes, operators, the page.
///
/// A held session counts as what contacts see of it: within the grace, and shown as away or kept as it was,
/// it is an available resource; shown as unavailable it is none, until it is resumed.
struct UserInfo {
  std::uint32_t available = 0;  ///< resources that contacts see as available
  std::uint32_t held = 0;       ///< held sessions with a presence
  std::uint32_t hidden = 0;     ///< of these, the ones that contacts see as unavailable

  /// Where a resource is available: the one with the highest priority, and of several the one that is the
  /// most there (rankOf()), as contacts see it.
  std::optional<Presence> presence;

  /// Where none is available, but the hold of a session decides whether that was a logout. Where it is empty
  /// as well, what is on record holds, although a session may be held.
  std::optional<HeldAway> away;
};

}  // namespace liveness
