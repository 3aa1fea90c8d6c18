// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace liveness::support {

/// A connection to an SQLite file with SQLite's own library: an operator who looks in, or somebody else who
/// writes. Every call throws std::runtime_error with what SQLite said.
class SqliteFile {
 public:
  enum class Mode { read, write };
  using Row = std::vector<std::string>;  ///< NULL is ""

  explicit SqliteFile(const std::filesystem::path& file, Mode mode = Mode::read);

  void execute(const std::string& sql) { rows(sql); }

  /// Of all statements in `sql`, the rows that they answered with.
  std::vector<Row> rows(const std::string& sql);

  /// The first column of the first row; "" where there is none.
  std::string one(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace liveness::support
