// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/leases.h"

#include <utility>

namespace liveness::store {

std::vector<Run> Leases::look(const std::vector<Run>& runs, Time now) {
  std::vector<Run> dead;
  std::map<std::int64_t, Watched> watched;
  for (const Run& run : runs) {
    const auto before = watched_.find(run.number);
    const bool moved = before == watched_.end() || before->second.beats != run.beats;
    Watched& seen = watched[run.number];
    seen = moved ? Watched{run.beats, now, 0} : before->second;
    if (!moved && now - seen.since >= lease_ && seen.looks >= kLooks)
      dead.push_back(run);
    else if (!moved)
      ++seen.looks;
  }
  watched_ = std::move(watched);
  return dead;
}

}  // namespace liveness::store
