// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string_view>
#include <vector>

#include "liveness/last_seen.h"

namespace liveness::store {

/// Records that cannot go on yet: of each user one, the latest, in the order in which the users came. So it
/// is no larger than the number of users, for however long nothing goes on.
class Waiting {
 public:
  /// False where the user's place was taken: then the logout put last has it, and there is no record
  /// more than before.
  bool put(LastSeen record);

  bool empty() const noexcept { return records_.empty(); }
  std::size_t size() const noexcept { return by_user_.size(); }
  bool has(std::string_view bare_jid) const { return by_user_.count(bare_jid) != 0; }

  /// The first `count`, or all; they stay, and good until they are popped or put again.
  std::vector<const LastSeen*> front(std::size_t count) const;

  LastSeen popFront();

 private:
  using Records = std::list<LastSeen>;

  Records records_;
  std::map<std::string_view, Records::iterator> by_user_;  // keys lie in records_; never rehashed at once
};

}  // namespace liveness::store
