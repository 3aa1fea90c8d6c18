// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/utc_text.h"

#include <doctest/doctest.h>
#include <time.h>

#include <clocale>
#include <cstdio>

namespace liveness::store {

namespace {

UtcTime at(std::int64_t millis) {
  return UtcTime{std::chrono::milliseconds{millis}};
}

/// What the C library makes of it.
std::string reference(std::int64_t millis) {
  const auto seconds = static_cast<time_t>(millis / 1000 - (millis % 1000 < 0 ? 1 : 0));
  tm t{};
  gmtime_r(&seconds, &t);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1,
                t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, static_cast<int>(millis - seconds * 1000));
  return text;
}

constexpr std::int64_t kFirst = -62167219200000;  // 0000-01-01T00:00:00.000Z
constexpr std::int64_t kLast = 253402300799999;   // 9999-12-31T23:59:59.999Z

}  // namespace

TEST_SUITE("store/utc_text") {
  TEST_CASE("a time is written as ISO 8601 in UTC, to the millisecond") {
    CHECK(toUtcText(at(0)) == "1970-01-01T00:00:00.000Z");
    CHECK(toUtcText(at(1795394688123)) == "2026-11-23T00:44:48.123Z");
    CHECK(toUtcText(at(951782400000)) == "2000-02-29T00:00:00.000Z");
    CHECK(toUtcText(at(-1)) == "1969-12-31T23:59:59.999Z");
  }

  TEST_CASE("every day of ten thousand years is written as the C library does, and read again") {
    int wrong = 0;
    for (std::int64_t day = kFirst; day <= kLast; day += 86400000) {
      const std::int64_t millis = day + (day / 86400000 * 7919 % 86400000 + 86400000) % 86400000;
      const std::string text = toUtcText(at(millis));
      if (text != reference(millis) || fromUtcText(text) != at(millis)) ++wrong;
    }
    CHECK(wrong == 0);
  }

  TEST_CASE("a time outside of four-digit years becomes the nearest inside") {
    CHECK(toUtcText(at(kFirst)) == "0000-01-01T00:00:00.000Z");
    CHECK(toUtcText(at(kFirst - 1)) == "0000-01-01T00:00:00.000Z");
    CHECK(toUtcText(at(kLast)) == "9999-12-31T23:59:59.999Z");
    CHECK(toUtcText(at(kLast + 1)) == "9999-12-31T23:59:59.999Z");
    CHECK(toUtcText(UtcTime::max()) == "9999-12-31T23:59:59.999Z");
    CHECK(toUtcText(UtcTime::min()) == "0000-01-01T00:00:00.000Z");
  }

  TEST_CASE("the locale changes nothing") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    for (const char* locale : {"de_DE.UTF-8", "ar_EG.UTF-8", "C.UTF-8"}) {
      std::setlocale(LC_ALL, locale);
      CHECK(toUtcText(at(1795394688123)) == "2026-11-23T00:44:48.123Z");
    }
    std::setlocale(LC_ALL, before.c_str());
  }

  TEST_CASE("a text that is no such time is not read") {
    for (const char* text : {"",
                             "2026-11-23",
                             "2026-11-23T00:44:48Z",
                             "2026-11-23T00:44:48.12Z",
                             "2026-11-23T00:44:48.1234Z",
                             "2026-11-23 00:44:48.123Z",
                             "2026-11-23T00:44:48.123",
                             "2026-11-23T00:44:48.123+",
                             "2026-13-23T00:44:48.123Z",
                             "2026-00-23T00:44:48.123Z",
                             "2026-11-31T00:44:48.123Z",
                             "2026-02-29T00:44:48.123Z",
                             "1900-02-29T00:44:48.123Z",
                             "2026-11-00T00:44:48.123Z",
                             "2026-11-23T24:44:48.123Z",
                             "2026-11-23T00:60:48.123Z",
                             "2026-11-23T00:44:60.123Z",
                             "-026-11-23T00:44:48.123Z",
                             " 026-11-23T00:44:48.123Z",
                             "2026-11-23t00:44:48.123z"}) {
      CAPTURE(text);
      CHECK_FALSE(fromUtcText(text).has_value());
    }
    CHECK_FALSE(fromUtcText(std::string_view("2026-11-23T00:44:48.\0"
                                             "23Z",
                                             24))
                    .has_value());
  }
}

}  // namespace liveness::store
