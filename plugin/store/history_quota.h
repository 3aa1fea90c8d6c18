// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <tsl/robin_map.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "store/batch.h"
#include "store/news.h"

namespace liveness::store {

/// How many of a user's logouts of one day (UTC) stand in the history, so that a client which comes and goes
/// all day long fills no database: kADay. Each further one takes the place of the one before it, so that the
/// last one of the day is always there.
///
/// It counts from anew after a restart, and where more than kMostUsers have logged out since it began to
/// count: memory is bounded, and who comes and goes all the time is back in it at once.
class HistoryQuota {
 public:
  static constexpr std::size_t kADay = 100;
  static constexpr std::size_t kMostUsers = 65'536;

  /// Says of these logouts, which are the last ones in the batch, which of them go into the history, and
  /// whose place they take.
  void judge(const News& news, Batch& batch) const;

  /// They are in the database.
  void written(const News& news);

 private:
  struct Kept {
    std::int64_t day = 0;
    std::size_t count = 0;
    std::uint64_t newest = 0;  ///< its login
  };

  /// Of the same account on the same day as these.
  Kept keptOf(const News& news) const;

  tsl::robin_map<std::uint64_t, Kept> kept_;  // by hash of the JID
};

}  // namespace liveness::store
