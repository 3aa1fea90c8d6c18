// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/sqlite_file.h"

#include <sqlite3.h>

#include <stdexcept>

namespace liveness::support {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = sqlite3_column_blob(row, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return bytes == nullptr ? std::string{} : std::string(static_cast<const char*>(bytes), size);
}

}  // namespace

void SqliteFile::Close::operator()(sqlite3* db) const noexcept {
  sqlite3_close(db);
}

SqliteFile::SqliteFile(const std::filesystem::path& file, Mode mode) {
  sqlite3* opened = nullptr;
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int failed = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
  db_.reset(opened);
  if (failed != SQLITE_OK) throw std::runtime_error("cannot open " + file.string());
  sqlite3_busy_timeout(db_.get(), 5000);
}

std::vector<SqliteFile::Row> SqliteFile::rows(const std::string& sql) {
  const auto fail = [this, &sql]() { return std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get())); };
  std::vector<Row> found;
  for (const char* rest = sql.c_str(); *rest != '\0';) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(db_.get(), rest, -1, &prepared, &rest) != SQLITE_OK) throw fail();
    if (prepared == nullptr) continue;  // a comment, or blanks
    const Statement statement(prepared);
    int step = sqlite3_step(prepared);
    for (; step == SQLITE_ROW; step = sqlite3_step(prepared)) {
      Row row;
      for (int column = 0; column < sqlite3_column_count(prepared); ++column)
        row.push_back(text(prepared, column));
      found.push_back(std::move(row));
    }
    if (step != SQLITE_DONE) throw fail();
  }
  return found;
}

std::string SqliteFile::one(const std::string& sql) {
  const auto found = rows(sql);
  return found.empty() || found.front().empty() ? std::string{} : found.front().front();
}

}  // namespace liveness::support
