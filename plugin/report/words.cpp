// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/words.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace liveness::report {

std::string utc(UtcTime t) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
  std::tm parts{};
  char text[64];
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    return "a time that no calendar has";
  return text;
}

std::string span(std::chrono::microseconds d) {
  const double seconds = static_cast<double>(std::max<std::int64_t>(0, d.count())) / 1e6;
  char text[40];
  if (seconds < 0.1)
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
  else if (seconds < 120)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (seconds < 7200)
    std::snprintf(text, sizeof text, "%.0f min", std::floor(seconds / 60));
  else if (seconds < 172800)
    std::snprintf(text, sizeof text, "%.0f h", std::floor(seconds / 3600));
  else
    std::snprintf(text, sizeof text, "%.0f d", std::floor(seconds / 86400));
  return text;
}

std::string times(std::uint32_t n) {
  return n == 1 ? "once" : std::to_string(n) + " times";
}

}  // namespace liveness::report
