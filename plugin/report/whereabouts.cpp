// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/whereabouts.h"

#include "report/words.h"

namespace liveness::report {

namespace {

std::string counted(std::uint32_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

std::string whereabouts(const std::string& bare_jid, const UserInfo& user) {
  if (user.available == 0 && user.hidden == 0) return {};
  if (user.available == 0) {
    std::string text = bare_jid + " is held, with " + counted(user.hidden, "session") +
                       " to resume; contacts see them as unavailable";
    if (user.away) text += ", last heard at " + utc(user.away->last_heard);
    return text;
  }
  std::string text = bare_jid + " is here now, with " + counted(user.available, "available resource");
  const std::uint32_t held_and_seen = user.held - user.hidden;
  if (held_and_seen > 0) text += ", " + std::to_string(held_and_seen) + " of them held";
  if (user.hidden > 0)
    text += (held_and_seen > 0 ? ", and " : "; ") + counted(user.hidden, "other session") +
            (user.hidden == 1 ? " is" : " are") + " held, and seen as unavailable";
  return text;
}

}  // namespace liveness::report
