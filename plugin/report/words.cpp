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

std::string utcExactly(UtcTime t) {
  using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
  const auto since_epoch = t.time_since_epoch();
  const auto day = std::chrono::floor<Days>(since_epoch);
  auto ms = (since_epoch - day).count();

  // A page of sessions has thousands of these, so the calendar is computed here: counted from March, the days
  // before a month are a line of slope 153 / 5, and 400 years are always 146097 days.
  const std::int64_t shifted = day.count() + 719468;  // since 1 March of the year 0
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int64_t of_era = shifted - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  const std::int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0 || year > 9999) return "9999-12-31T23:59:59.999Z";

  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t end, std::int64_t n) {
    for (; n > 0; n /= 10) text[--end] = static_cast<char>('0' + n % 10);
  };
  put(4, year);
  put(7, month);
  put(10, of_year - (153 * from_march + 2) / 5 + 1);
  put(23, ms % 1000);
  ms /= 1000;
  put(19, ms % 60);
  put(16, ms / 60 % 60);
  put(13, ms / 3600);
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
