// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/stored_records.h"

#include "support/sqlite_file.h"

namespace liveness::support {
namespace {

/// `ask` sees both tables as they were at one moment. `utc` makes the SQL that gives a column of time as
/// SQLite has it.
template <class Ask, class Utc>
StoredRecords read(Ask&& ask, Utc&& utc) {
  const std::string times = utc("last_heard_at") + ", " + utc("logged_out_at");
  StoredRecords records;
  for (const auto& row :
       ask("SELECT bare_jid, " + times + ", cause, resource, status, offline_presence FROM last_seen"))
    records.last_seen.emplace(
        row[0], StoredLastSeen{parseUtc(row[1]), parseUtc(row[2]), row[3], row[4], row[5], row[6]});
  for (const auto& row : ask("SELECT bare_jid, " + times + ", cause, resource FROM logouts"))
    records.logouts.push_back({row[0], row[4], parseUtc(row[1]), parseUtc(row[2]), row[3]});
  return records;
}

}  // namespace

StoredRecords readRecords(const std::filesystem::path& database) {
  if (!std::filesystem::exists(database)) return {};
  SqliteFile file(database);
  file.execute("BEGIN");
  if (file.one("SELECT count(*) FROM sqlite_master WHERE name IN ('last_seen', 'logouts')") != "2") return {};
  auto records = read([&](const std::string& sql) { return file.rows(sql); },
                      [](const std::string& column) { return column; });
  file.execute("COMMIT");
  return records;
}

StoredRecords readRecords(PostgresqlClient& database) {
  database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  if (database.ask("SELECT to_regclass('liveness.logouts')").empty()) return {};
  auto records =
      read([&](const std::string& sql) { return database.rows(sql); },
           [](const std::string& column) {
             return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
           });
  database.execute("COMMIT");
  return records;
}

}  // namespace liveness::support
