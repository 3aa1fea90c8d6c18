// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "test_database.h"

#include <cstdlib>
#include <stdexcept>

#include "store_world.h"
#include "support/postgresql_client.h"
#include "support/postgresql_server.h"

namespace liveness::store {

DatabaseKind databaseKind() {
  const char* set = std::getenv("LIVENESS_STORE_KIND");
  const std::string kind = set == nullptr ? "sqlite3" : set;
  if (kind == "sqlite3") return DatabaseKind::sqlite3;
  if (kind == "postgresql") return DatabaseKind::postgresql;
  throw std::runtime_error("LIVENESS_STORE_KIND is \"" + kind + "\"; accepted are sqlite3 and postgresql");
}

TestDatabase::TestDatabase() {
  if (databaseKind() == DatabaseKind::sqlite3) {
    connection_string_ = "sqlite3://" + file().string();
    return;
  }
  auto& server = support::sharedPostgresql();
  const std::string name = server.makeDatabase();
  connection_string_ = server.uri(name);
  operator_ = server.superuser(name);
}

void TestDatabase::execute(const std::string& sql) {
  if (operator_.empty())
    Sqlite(file()).execute(sql);
  else
    support::PostgresqlClient(operator_).execute(sql);
}

std::string TestDatabase::ask(const std::string& sql) {
  return operator_.empty() ? Sqlite(file()).ask(sql) : support::PostgresqlClient(operator_).ask(sql);
}

}  // namespace liveness::store
