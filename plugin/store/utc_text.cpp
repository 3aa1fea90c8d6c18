// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/utc_text.h"

#include <algorithm>
#include <cstdint>

namespace liveness::store {

namespace {

using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";
constexpr std::int64_t kDaysTo1970 = 719528;  // from 0000-01-01, proleptic Gregorian

constexpr bool isLeap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int daysInMonth(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && isLeap(year) ? 29 : kDays[month - 1];
}

/// Days from 0000-01-01 to the first of January of a year in 0..10000.
constexpr std::int64_t daysBeforeYear(std::int64_t year) {
  return year == 0 ? 0 : 365 * year + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1;
}

constexpr UtcTime kFirst{Days{-kDaysTo1970}};
constexpr UtcTime kLast{std::chrono::milliseconds{Days{daysBeforeYear(10000) - kDaysTo1970}} -
                        std::chrono::milliseconds{1}};

void putDigits(std::string& text, std::size_t at, int width, std::int64_t number) {
  for (int i = width; i-- > 0; number /= 10)
    text[at + static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
}

/// Of a text that has digits there.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  int number = 0;
  for (const char c : text.substr(at, width)) number = 10 * number + (c - '0');
  return number;
}

bool hasShape(std::string_view text) {
  return text.size() == kShape.size() &&
         std::equal(text.begin(), text.end(), kShape.begin(),
                    [](char c, char shape) { return shape == '0' ? c >= '0' && c <= '9' : c == shape; });
}

}  // namespace

std::string toUtcText(UtcTime time) {
  const auto since_0000 = std::clamp(time, kFirst, kLast) - kFirst;
  const auto days = std::chrono::duration_cast<Days>(since_0000).count();
  const auto millis = std::chrono::milliseconds{since_0000 - Days{days}}.count();

  auto year = days / 366;  // too early by a few years, never too late
  while (daysBeforeYear(year + 1) <= days) ++year;
  auto day = static_cast<int>(days - daysBeforeYear(year));
  int month = 1;
  for (; day >= daysInMonth(year, month); ++month) day -= daysInMonth(year, month);

  std::string text(kShape);
  putDigits(text, 0, 4, year);
  putDigits(text, 5, 2, month);
  putDigits(text, 8, 2, day + 1);
  putDigits(text, 11, 2, millis / 3600000);
  putDigits(text, 14, 2, millis / 60000 % 60);
  putDigits(text, 17, 2, millis / 1000 % 60);
  putDigits(text, 20, 3, millis % 1000);
  return text;
}

std::optional<UtcTime> fromUtcText(std::string_view text) {
  if (!hasShape(text)) return std::nullopt;
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 ||
      second > 59)
    return std::nullopt;

  auto days = daysBeforeYear(year) + day - 1;
  for (int m = 1; m < month; ++m) days += daysInMonth(year, m);
  return kFirst + Days{days} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + std::chrono::milliseconds{digits(text, 20, 3)};
}

}  // namespace liveness::store
