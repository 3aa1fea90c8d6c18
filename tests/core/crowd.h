// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/every_host.h"

namespace liveness::tests {

/// So many clients, available, each of a user of its own.
inline std::vector<SessionId> crowd(World& world, const std::string& name, int n) {
  std::vector<SessionId> ids;
  for (int i = 0; i < n; ++i) {
    ids.push_back(world.host.open(name + std::to_string(i)));
    world.host.present(ids.back(), available());
  }
  return ids;
}
inline std::vector<SessionId> crowd(World& world, int n) {
  return crowd(world, "u", n);
}

struct SpreadProbes {
  int most = 0;  ///< in one second
  int all = 0;
  std::size_t seconds = 0;  ///< in which there were any
};

/// Runs a world whose clients came at its begin, with a timeout of 360 s, past the 45 s that their first
/// probes may be spread over. All of these are answered; checks that none is early, and none too late.
inline SpreadProbes answerSpreadProbes(World& world) {
  std::map<milliseconds::rep, int> in_second;
  world.host.when_probed = [&](SessionId id, const Probe& probe) {
    ++in_second[world.elapsed().count() / 1000];
    world.host.answer(id, probe.number);
  };
  world.runTo(260s);
  world.host.when_probed = nullptr;
  SpreadProbes spread;
  spread.seconds = in_second.size();
  for (const auto& [second, n] : in_second) {
    CHECK(second >= 179);
    CHECK(second <= 226);
    spread.most = std::max(spread.most, n);
    spread.all += n;
  }
  return spread;
}

}  // namespace liveness::tests
