// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "store/news.h"

namespace liveness::store {

/// News that cannot go on yet: of each user one piece. So it is no larger than the number of users, for
/// however long nothing goes on.
class Waiting {
 public:
  /// Returns how many logouts had to go, of those that were there or of these.
  std::size_t put(News news);

  bool empty() const noexcept { return news_.empty(); }
  std::size_t size() const noexcept { return by_user_.size(); }
  bool has(std::string_view bare_jid) const { return by_user_.count(bare_jid) != 0; }

  /// Pieces have numbers, in the order in which the users came: of the next one, and of the oldest that is
  /// still here (that of the next one, where none is).
  std::uint64_t next() const noexcept { return next_; }
  std::uint64_t oldest() const noexcept { return news_.empty() ? next_ : news_.front().number; }

  /// `count` pieces, or all; they stay, and good until they are erased or put again. Where there are more,
  /// they are those of the next users by name after the last ones erased, around and around: rows that share
  /// a page of a large file come together, and everybody's turn comes.
  std::vector<const News*> some(std::size_t count) const;
  void erase(const News& news);

  /// Those of these users.
  std::vector<const News*> of(const std::unordered_set<std::string>& users) const;

  /// The oldest.
  News popFront();

 private:
  struct Piece {
    News news;
    std::uint64_t number = 0;
  };
  using All = std::list<Piece>;

  All news_;
  std::map<std::string_view, All::iterator> by_user_;  // keys lie in news_; never rehashed at once
  std::uint64_t next_ = 0;
  std::string erased_last_;
};

}  // namespace liveness::store
