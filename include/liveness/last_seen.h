// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "liveness/session.h"
#include "liveness/time.h"

namespace liveness {

/// One logout of one user: the moment they went from having an available resource to having none. The latest
/// one of each user is their *last seen*.
struct LastSeen {
  std::string bare_jid;
  UtcTime last_heard{};     ///< of all their resources that were available, the latest byte
  UtcTime logged_out_at{};  ///< never before last_heard, never in the future
  Cause cause = Cause::logged_out;
  Evidence evidence = Evidence::none;  ///< of a timeout
  std::string resource;                ///< of the session that went last
  std::string status;                  ///< what it said when it went; at most kMaxStatusBytes
  std::string offline_presence;        ///< its whole last presence, where it had one to keep (Presence::xml)
};

}  // namespace liveness
