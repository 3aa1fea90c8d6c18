// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace liveness::core {

/// Users (indices of Users) of whom there is something to tell. A user is in it once, however often they are
/// marked: so it is no longer than the list of users. A place that has got another user meanwhile is no harm.
class MarkedUsers {
 public:
  void mark(std::uint32_t user) {
    if (user >= marked_.size()) marked_.resize(user + std::size_t{1});
    if (marked_[user]) return;
    marked_[user] = true;
    in_order_.push_back(user);
  }

  /// The one that was marked first, who is marked no longer. Not of an empty one.
  std::uint32_t take() {
    const std::uint32_t user = in_order_.front();
    in_order_.pop_front();
    marked_[user] = false;
    return user;
  }

  bool empty() const noexcept { return in_order_.empty(); }

 private:
  std::vector<bool> marked_;
  std::deque<std::uint32_t> in_order_;
};

}  // namespace liveness::core
