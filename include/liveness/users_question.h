// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "liveness/last_seen.h"
#include "liveness/session.h"

namespace liveness {

/// Which of the users who are not here somebody wants to look at, and in what order: a page of a long list.
struct UsersQuestion {
  enum class Sort : std::uint8_t { jid, last_heard, logged_out, cause };

  /// A part of the bare JID or of the status, capitals and small letters being the same; the first
  /// kMaxTextBytes of it count. Empty: everybody.
  std::string text;
  std::optional<Cause> cause;  ///< only those who went so; none: all
  Sort sort = Sort::jid;       ///< and by their JIDs where that is the same
  bool descending = false;
  std::size_t offset = 0;  ///< so many of them are passed over
  std::size_t limit = 0;   ///< so many at most; 0: they are only counted

  static constexpr std::size_t kMaxTextBytes = 256;
};

/// "jid", "last_heard", "logged_out" or "cause".
const char* toString(UsersQuestion::Sort sort) noexcept;
std::optional<UsersQuestion::Sort> usersSortFromString(const std::string& text) noexcept;

struct FoundUsers {
  std::uint64_t matched = 0;    ///< on all pages
  std::vector<LastSeen> users;  ///< in the order asked for; without their offline presence
};

}  // namespace liveness
