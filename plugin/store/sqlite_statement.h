// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "liveness/time.h"

namespace liveness::store {

/// A prepared statement on SOCI's connection, for what is done for each row of a large batch: SOCI's own
/// copies every text twice and prints every number. Throws soci::sqlite3_soci_error.
class SqliteStatement {
 public:
  SqliteStatement(soci::session& sql, const char* text);
  ~SqliteStatement() { sqlite_api::sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // Parameters by their number, from 1. Texts have to live until run(); an empty one is NULL.
  void set(int at, std::string_view text);
  void set(int at, std::int64_t number);
  void set(int at, UtcTime time);

  /// To the end. Returns how many rows were changed.
  int run();

 private:
  [[noreturn]] void fail(int code) const;

  sqlite_api::sqlite3* connection_;
  sqlite_api::sqlite3_stmt* statement_ = nullptr;
  std::array<std::string, 12> times_;  // by their parameter's number
};

}  // namespace liveness::store
