// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string_view>
#include <vector>

#include "store/news.h"

namespace liveness::store {

/// News that cannot go on yet: of each user one piece, in the order in which the users came. So it is no
/// larger than the number of users, for however long nothing goes on.
class Waiting {
 public:
  /// Returns how many logouts had to go, of those that were there or of these.
  std::size_t put(News news);

  bool empty() const noexcept { return news_.empty(); }
  std::size_t size() const noexcept { return by_user_.size(); }
  bool has(std::string_view bare_jid) const { return by_user_.count(bare_jid) != 0; }

  /// How many have ever been popped: what is put now is gone once that has grown by size().
  std::uint64_t passed() const noexcept { return passed_; }

  /// The first `count`, or all; they stay, and good until they are popped or put again.
  std::vector<const News*> front(std::size_t count) const;

  News popFront();

 private:
  using All = std::list<News>;

  All news_;
  std::map<std::string_view, All::iterator> by_user_;  // keys lie in news_; never rehashed at once
  std::uint64_t passed_ = 0;
};

}  // namespace liveness::store
