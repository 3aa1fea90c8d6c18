// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace liveness::core {

/// Places (of users in Users, of sessions in the table) where there is something to be done. A place is in it
/// once, however often it is marked: so it is no longer than there are places. One that has got another user
/// or session meanwhile is no harm.
class Marked {
 public:
  void mark(std::uint32_t place) {
    if (place >= marked_.size()) marked_.resize(place + std::size_t{1});
    if (marked_[place]) return;
    marked_[place] = true;
    in_order_.push_back(place);
  }

  /// The one that was marked first, which is marked no longer. Not of an empty one.
  std::uint32_t take() {
    const std::uint32_t place = in_order_.front();
    in_order_.pop_front();
    marked_[place] = false;
    return place;
  }

  bool empty() const noexcept { return in_order_.empty(); }

 private:
  std::vector<bool> marked_;
  std::deque<std::uint32_t> in_order_;
};

}  // namespace liveness::core
