// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdlib>

#include "store/timing.h"

namespace liveness::hosts {

/// The store's own timing; in a server that was started with LIVENESS_TEST_LEASE_MS in its environment, which
/// is for tests only, leases are that short: nobody would wait two minutes for each.
inline store::Timing storeTiming() {
  store::Timing timing;
  const char* lease = std::getenv("LIVENESS_TEST_LEASE_MS");
  const long ms = lease == nullptr ? 0 : std::strtol(lease, nullptr, 10);
  if (ms <= 0 || ms >= timing.lease.count()) return timing;
  timing.lease = std::chrono::milliseconds{ms};
  timing.beat = timing.lease / 6;  // as it is otherwise
  return timing;
}

}  // namespace liveness::hosts
