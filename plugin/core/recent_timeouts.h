// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>

#include "core/ticks.h"

namespace liveness::core {

/// Which users were logged out for their silence within the last minute: who of them is available again had
/// been alive after all, as a rule. Bounded: of very many, the latest 65,536 count.
class RecentTimeouts {
 public:
  void add(std::string_view user, Tick at);

  /// Whether the user is one of them; then no longer.
  bool take(std::string_view user, Tick now);

 private:
  void expire(Tick now);
  void dropOldest();

  std::deque<std::pair<std::uint64_t, Tick>> in_order_;
  tsl::robin_map<std::uint64_t, Tick> at_;  // by hash: one in 2^64 is taken for another
};

}  // namespace liveness::core
