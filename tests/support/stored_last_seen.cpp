// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/stored_last_seen.h"

#include <sqlite3.h>

#include <ctime>
#include <iomanip>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace liveness::support {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = sqlite3_column_blob(row, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return bytes == nullptr ? std::string{} : std::string(static_cast<const char*>(bytes), size);
}

UtcMillis parseUtc(const std::string& written) {
  std::tm fields{};
  std::string millis;
  std::istringstream in(written);
  in >> std::get_time(&fields, "%Y-%m-%dT%H:%M:%S") >> millis;
  const bool whole = in && millis.size() == 5 && millis.front() == '.' && millis.back() == 'Z' &&
                     millis.find_first_not_of("0123456789", 1) == 4;
  if (!whole || written.size() != 24)
    throw std::runtime_error("the store has a time written as \"" + written + "\"");
  return UtcMillis{std::chrono::seconds{timegm(&fields)} +
                   std::chrono::milliseconds{std::stoi(millis.substr(1))}};
}

}  // namespace

std::optional<StoredLastSeen> readLastSeen(const std::filesystem::path& database,
                                           const std::string& bare_jid) {
  if (!std::filesystem::exists(database)) return std::nullopt;
  sqlite3* opened = nullptr;
  const int failed = sqlite3_open_v2(database.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const Database db(opened);
  if (failed != SQLITE_OK) throw std::runtime_error("cannot open " + database.string());
  sqlite3_busy_timeout(db.get(), 5000);

  sqlite3_stmt* prepared = nullptr;
  constexpr const char* query =
      "SELECT last_heard_at, logged_out_at, cause, resource, status, offline_presence "
      "FROM last_seen WHERE bare_jid = ?";
  if (sqlite3_prepare_v2(db.get(), query, -1, &prepared, nullptr) != SQLITE_OK) {
    const std::string why = sqlite3_errmsg(db.get());
    if (why.find("no such table") != std::string::npos) return std::nullopt;  // still being made
    throw std::runtime_error(database.string() + ": " + why);
  }
  const Statement row(prepared);
  sqlite3_bind_text(row.get(), 1, bare_jid.c_str(), -1, SQLITE_TRANSIENT);
  if (sqlite3_step(row.get()) != SQLITE_ROW) return std::nullopt;
  return StoredLastSeen{parseUtc(text(row.get(), 0)), parseUtc(text(row.get(), 1)), text(row.get(), 2),
                        text(row.get(), 3),           text(row.get(), 4),           text(row.get(), 5)};
}

}  // namespace liveness::support
