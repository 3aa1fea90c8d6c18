// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/leases.h"

#include <algorithm>
#include <set>
#include <utility>

namespace liveness::store {

std::vector<Run> Leases::look(const std::vector<Run>& runs, Time now) {
  std::vector<Run> dead;
  std::set<std::int64_t> living;
  std::map<std::int64_t, Watched> watched;
  for (const Run& run : runs) {
    if (run.number == own_) continue;
    const auto before = watched_.find(run.number);
    const bool moved = before == watched_.end() || before->second.beats != run.beats;
    Watched& seen = watched[run.number];
    seen = moved ? Watched{run.beats, now, 0} : before->second;
    if (!moved && now - seen.since >= lease_ && seen.looks >= kLooks)
      dead.push_back(run);
    else
      living.insert(run.number);
    if (!moved) ++seen.looks;
  }
  const auto is_seen_to = [&](const Run& run) { return living.count(run.taken_by) != 0; };
  dead.erase(std::remove_if(dead.begin(), dead.end(), is_seen_to), dead.end());
  watched_ = std::move(watched);
  return dead;
}

}  // namespace liveness::store
