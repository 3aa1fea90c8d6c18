// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "liveness/time.h"

namespace liveness::report {

/// "2026-11-23 04:40:02 UTC"
std::string utc(UtcTime t);

/// "2026-11-23T04:40:02.123Z", for whoever computes with it.
std::string utcExactly(UtcTime t);

/// "0.8 ms", "12.5 s", "17 min", "5 h", "3 d"; nothing is negative.
std::string span(std::chrono::microseconds d);

/// "once", "3 times"
std::string times(std::uint32_t n);

}  // namespace liveness::report
