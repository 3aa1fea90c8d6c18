// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_values.h"

#include <algorithm>

#include "store/database.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

constexpr std::string_view kYearZero = "0000";
constexpr std::string_view kBeforeChrist = " BC";
constexpr std::string_view kUtc = "+00";

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

void PostgresqlArray::append(std::string_view element) {
  text_.back() = ',';
  if (text_.size() == 2) text_.pop_back();  // the first one
  text_.append(element) += '}';
}

void PostgresqlArray::add(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    throw DatabaseError(DatabaseError::Kind::refused, "there is a NUL in its text");
  append("\"");
  text_.pop_back();
  for (const char c : text) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += "\"}";
}

void PostgresqlArray::addNull() {
  append("NULL");
}

void PostgresqlArray::add(UtcTime time) {
  append('"' + toPostgresqlTime(time) + '"');
}

void PostgresqlArray::addNumber(std::uint64_t number) {
  append(std::to_string(number));
}

std::string toPostgresqlTime(UtcTime time) {
  std::string text = toUtcText(time);
  if (std::string_view(text).substr(0, 4) != kYearZero) return text;
  return text.replace(0, 4, "0001").append(kBeforeChrist);
}

std::optional<UtcTime> fromPostgresqlTime(std::string_view text) {
  const bool before_christ = endsWith(text, kBeforeChrist);
  if (before_christ) text.remove_suffix(kBeforeChrist.size());
  if (!endsWith(text, kUtc)) return std::nullopt;
  text.remove_suffix(kUtc.size());

  // 2026-11-23 00:44:48, and a fraction without its trailing zeros.
  constexpr std::size_t kSeconds = 19, kMillis = 23;
  if (text.size() < kSeconds || text[10] != ' ') return std::nullopt;
  std::string iso(text.substr(0, std::min(text.size(), kMillis)));
  iso[10] = 'T';
  if (iso.size() == kSeconds) iso += '.';
  iso.resize(kMillis, '0');
  if (before_christ) {
    if (iso.compare(0, 4, "0001") != 0) return std::nullopt;
    iso.replace(0, 4, kYearZero);
  }
  return fromUtcText(iso + 'Z');
}

}  // namespace liveness::store
