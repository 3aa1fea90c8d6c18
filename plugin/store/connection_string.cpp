// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/connection_string.h"

#include "store/soci_store.h"
#include "store/sqlite_database.h"

namespace liveness::store {

namespace {

std::unique_ptr<Database> sqliteFor(std::string path, const std::string& whole) {
  const auto unusable = [&whole](const char* why) {
    return StoreError("store \"" + whole + "\": " + why +
                      "; accepted is the path of a file, like sqlite3:///var/lib/prosody/liveness.sqlite3");
  };
  if (path.empty()) throw unusable("there is no path in it");
  if (path.find('\0') != std::string::npos) throw unusable("the path has a NUL in it");
  if (path.back() == '/') throw unusable("the path is a folder's");
  if (path == ":memory:") throw unusable("a database in memory is forgotten with the process");
  if (path.find('=') != std::string::npos && path.find('"') != std::string::npos)
    throw unusable("a path with both '=' and '\"' cannot be given to SOCI");
  if (path.front() != '/') path.insert(0, "./");  // SQLite takes "file:..." for a URI
  return std::make_unique<SqliteDatabase>(std::move(path));
}

}  // namespace

std::unique_ptr<Database> databaseFor(const std::string& connection_string) {
  const auto slashes = connection_string.find("://");
  const std::string scheme = connection_string.substr(0, slashes);
  if (slashes == std::string::npos || scheme != "sqlite3")
    throw StoreError("store \"" + connection_string +
                     "\": no such kind of database; accepted is sqlite3://PATH");
  return sqliteFor(connection_string.substr(slashes + 3), connection_string);
}

}  // namespace liveness::store
