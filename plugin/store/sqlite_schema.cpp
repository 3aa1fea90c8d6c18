// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_schema.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <string>

#include "store/schema_version.h"
#include "store/sqlite_migrations.h"
#include "store/sqlite_questions.h"
#include "store/sqlite_transaction.h"

namespace liveness::store {

namespace {

constexpr int kNewest = static_cast<int>(std::size(kMigrations));

/// SOCI runs the first statement of a text only.
void runScript(soci::session& sql, const char* script) {
  const auto* backend = static_cast<soci::sqlite3_session_backend*>(sql.get_backend());
  const int failed = sqlite_api::sqlite3_exec(backend->conn_, script, nullptr, nullptr, nullptr);
  if (failed != SQLITE_OK) throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(backend->conn_), failed);
}

}  // namespace

int checkSchema(soci::session& sql) {
  int tables = 0, ours = 0;
  sql << "SELECT count(*), total(name = 'schema_version') FROM sqlite_master WHERE type = 'table'",
      soci::into(tables), soci::into(ours);
  if (tables == 0) return 0;
  if (ours == 0) throw unfit("it is another program's database; set another path");
  return versionOnRecord(sql, kSqlite, kNewest, "set another path");
}

void checkSchemaIsNew(soci::session& sql) {
  checkIsNewest(checkSchema(sql), kNewest);
}

void migrate(soci::session& sql, int version) {
  if (version == kNewest) return;
  SqliteTransaction transaction(sql);
  for (version = checkSchema(sql); version < kNewest; ++version) {  // another process may have been faster
    runScript(sql, kMigrations[version]);
    sql << "INSERT INTO schema_version (version, applied_at) "
           "VALUES (:version, strftime('%Y-%m-%dT%H:%M:%fZ'))",
        soci::use(version + 1, "version");
  }
  transaction.commit();
}

}  // namespace liveness::store
