// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "liveness/time.h"

namespace liveness::store {

/// A column of a batch as PostgreSQL takes it in one parameter: the text of an array, for unnest(). SOCI has
/// no such type, and its own batches are a round trip for each row.
class PostgresqlArray {
 public:
  /// Throws DatabaseError (refused) for a text with a NUL in it: PostgreSQL has no such texts, and would not
  /// see what comes after it.
  void add(std::string_view text);
  void addOrNull(std::string_view text) { text.empty() ? addNull() : add(text); }
  void addNull();
  void add(UtcTime time);
  void addNumber(std::uint64_t number);

  void clear() { text_ = "{}"; }

  /// The same object for as long as this one lives, for SOCI to be bound to.
  const std::string& text() const noexcept { return text_; }

 private:
  void append(std::string_view element);

  std::string text_ = "{}";
};

/// As PostgreSQL reads a timestamptz: UTC, to the millisecond. It knows no year 0: that is the first before
/// Christ. Bounded as toUtcText() is.
std::string toPostgresqlTime(UtcTime time);

/// As PostgreSQL writes one, under DateStyle ISO and the time zone UTC. nullopt for what is no time that a
/// record may have: infinity, or a year of five digits.
std::optional<UtcTime> fromPostgresqlTime(std::string_view text);

}  // namespace liveness::store
