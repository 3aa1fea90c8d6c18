// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>

namespace liveness::store {

/// How long things take; a test has less time.
struct Timing {
  std::chrono::milliseconds beat{20'000};    ///< how often a run says that it lives, at least
  std::chrono::milliseconds lease{120'000};  ///< how long it may say nothing before others take it for dead
  std::chrono::milliseconds purge{std::chrono::hours{1}};  ///< how often the history is looked through
  std::chrono::milliseconds patience{2'000};  ///< how long a database that is away may hold up the stop
};

}  // namespace liveness::store
