// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "support/temp_dir.h"

namespace liveness::store {

/// What the suite runs on: it is run once for each kind, by LIVENESS_STORE_KIND in the environment, "sqlite3"
/// (also where it is not set) or "postgresql". Throws support::Skip where that is not installed.
enum class DatabaseKind { sqlite3, postgresql };
DatabaseKind databaseKind();

/// For a test case that is about SQLite's file: TEST_CASE("..." * sqliteOnly()).
inline doctest::skip sqliteOnly() {
  return doctest::skip(databaseKind() != DatabaseKind::sqlite3);
}

/// An empty database of the test's own, of that kind, and an operator who has its own library in hand.
class TestDatabase {
 public:
  TestDatabase();

  /// For openStore().
  const std::string& connectionString() const noexcept { return connection_string_; }

  /// For what is about a file of SQLite's.
  std::filesystem::path file() const { return folder_.path() / "liveness.sqlite3"; }
  const std::filesystem::path& folder() const noexcept { return folder_.path(); }

  /// SQL that both understand. Throws std::runtime_error where the database says no.
  void execute(const std::string& sql);

  /// The first column of the first row; "" where there is none.
  std::string ask(const std::string& sql);

 private:
  support::TempDir folder_{"liveness-store"};
  std::string operator_;  ///< how PostgreSQL's superuser connects
  std::string connection_string_;
};

}  // namespace liveness::store
