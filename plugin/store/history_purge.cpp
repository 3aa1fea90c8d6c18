// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/history_purge.h"

#include "store/utc_now.h"

namespace liveness::store {

HistoryPurge::Time HistoryPurge::due(std::optional<std::chrono::hours> kept) const noexcept {
  if (!kept) return Time::max();
  return kept == kept_ ? due_ : Time{};
}

bool HistoryPurge::some(Database& database, std::optional<std::chrono::hours> kept, Time now) {
  if (now < due(kept)) return false;
  const auto before = kept->count() == 0 ? UtcTime::max() : utcNow() - *kept;
  const bool more = database.purge(before, kRows) == kRows;
  kept_ = kept;
  due_ = more ? now : now + every_;
  return more;
}

}  // namespace liveness::store
