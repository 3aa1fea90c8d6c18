// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <vector>

#include "e2e/stage.h"

namespace liveness::e2e {

/// A client that watches what it is told of another session, to the last attribute.
class Onlooker : public RawClient {
 public:
  /// Available from the beginning.
  Onlooker(Stage& stage, const std::string& username, const std::string& resource);

  /// All presences from a full JID so far, oldest first; not the errors by which a hold that expires gives
  /// back what was queued.
  std::vector<std::string> presencesFrom(const std::string& full_jid);

  /// Waits for the next presence from a full JID that nobody waited for yet; empty if there is none.
  std::string next(const std::string& full_jid, milliseconds deadline = kPatience);

  /// Checks that nothing more comes from a full JID, for a while.
  void nothingMore(const std::string& full_jid, milliseconds in = kQuiet);

  /// The answer to a query for last activity (XEP-0012): its seconds, or -1.
  int lastActivity(const std::string& bare_jid);

 private:
  std::size_t waited_for_ = 0;
};

bool has(const std::string& xml, const std::string& text);

/// The moment in the <delay/> of a stanza (XEP-0203).
UtcMillis delayOf(const std::string& xml);

/// What messages hold, in the order in which they came.
std::vector<std::string> bodiesIn(const RawClient& client);

}  // namespace liveness::e2e
