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
  const UtcTime from = kept == kept_ ? from_ : kOldest;
  kept_ = kept;
  from_ = kOldest;
  due_ = now + every_;  // also where it fails: what is to be written does not wait for it again and again
  const auto purged = database.purge(from, before, kRows);
  if (purged.rows < kRows) return false;
  from_ = purged.up_to;
  due_ = now;
  return true;
}

}  // namespace liveness::store
