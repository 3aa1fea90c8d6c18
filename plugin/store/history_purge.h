// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <optional>

#include "store/database.h"

namespace liveness::store {

/// Deletes single logouts that are older than they are kept, a few at a time, where there is nothing else to
/// do: when it is first asked, when it is told to keep them for another time, and every so often.
class HistoryPurge {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kRows = 1000;  // some milliseconds, during which nothing else is written

  explicit HistoryPurge(std::chrono::milliseconds every) : every_(every) {}

  /// When there is something to do; Time::max() where nothing is ever to go.
  Time due(std::optional<std::chrono::hours> kept) const noexcept;

  /// A part of it, where it is due. True: there is more. Throws DatabaseError; then it is not due again
  /// before it would have been after its end.
  bool some(Database& database, std::optional<std::chrono::hours> kept, Time now);

 private:
  static constexpr UtcTime kOldest = UtcTime::min();

  std::chrono::milliseconds every_;
  Time due_{};
  UtcTime from_ = kOldest;  // where the last part came to
  std::optional<std::chrono::hours> kept_;
};

}  // namespace liveness::store
