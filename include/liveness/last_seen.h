// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string>

#include "liveness/session.h"
#include "liveness/time.h"

namespace liveness {

/// One logout of one user: the moment they went from having an available resource to having none. The latest
/// one of each user is their *last seen*.
///
/// Exactly one for each login. A login begins with a user's first available resource. A held session that
/// contacts see as unavailable (HeldView) is no available resource; but that it is shown so is no logout yet,
/// as it may be resumed. So a login ends
/// - when the last resource that is available goes, although others are held and shown as unavailable: on
///   record at once, and the end of these holds adds nothing;
/// - where none was available any more, when the last of the holds ends.
/// A session that is resumed after the logout is on record begins a new login.
struct LastSeen {
  std::string bare_jid;
  UtcTime last_heard{};     ///< of all their resources of this login, held ones as well, the latest byte
  UtcTime logged_out_at{};  ///< never before last_heard, never in the future
  Cause cause = Cause::logged_out;
  Evidence evidence = Evidence::none;  ///< of a timeout
  std::string resource;                ///< of the session that went last

  /// The last words of this login: what the last one of its resources that said something said when it went;
  /// at most kMaxStatusBytes. Another one that becomes available makes them void.
  std::string status;
  std::string offline_presence;  ///< that one's whole presence, where it had one to keep (Presence::xml)

  std::uint64_t account = 0;  ///< whose logout it is: AccountMark::toInteger(); 0: not known
};

}  // namespace liveness
