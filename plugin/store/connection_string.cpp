// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/connection_string.h"

#include <utility>

#include "store/postgresql_database.h"
#include "store/shown.h"
#include "store/soci_store.h"
#include "store/sqlite_database.h"

namespace liveness::store {

namespace {

/// Names the string as the operator wrote it, as far as a log can show that.
StoreError unusable(const std::string& text, const char* why) {
  return StoreError("store \"" + shown(text, 256) + "\": " + why +
                    "; accepted is sqlite3://PATH, like sqlite3:///var/lib/prosody/liveness.sqlite3, or "
                    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
}

/// What is wrong with a path of SQLite's; nullptr: nothing.
const char* faultOf(const std::string& path) {
  if (path.empty()) return "there is no path in it";
  if (path.find('\0') != std::string::npos) return "the path has a NUL in it";
  if (path.back() == '/') return "the path is a folder's";
  if (path == ":memory:") return "a database in memory is forgotten with the process";
  if (path.find('=') != std::string::npos && path.find('"') != std::string::npos)
    return "SOCI cannot be given a path with both '=' and '\"'";
  return nullptr;
}

std::unique_ptr<Database> sqliteFor(const std::string& connection_string, std::string path) {
  if (const char* fault = faultOf(path)) throw unusable(connection_string, fault);
  if (path.front() != '/') path.insert(0, "./");  // SQLite takes "file:..." for a URI
  return std::make_unique<SqliteDatabase>(std::move(path));
}

}  // namespace

std::unique_ptr<Database> databaseFor(const std::string& connection_string) {
  const auto slashes = connection_string.find("://");
  const std::string kind = slashes == std::string::npos ? "" : connection_string.substr(0, slashes);
  if (kind == "sqlite3") return sqliteFor(connection_string, connection_string.substr(slashes + 3));
  if (kind == "postgresql") return std::make_unique<PostgresqlDatabase>(parsePostgresql(connection_string));
  throw unusable(withoutPassword(connection_string), "there is no such kind of database");
}

void checkConnectionString(const std::string& connection_string) {
  databaseFor(connection_string);
}

std::unique_ptr<Reader> openReader(const std::string& connection_string) {
  auto database = databaseFor(connection_string);
  database->openToRead();
  return database;
}

}  // namespace liveness::store
