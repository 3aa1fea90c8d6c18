// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_schema.h"

#include <string>

#include "store/postgresql_migrations.h"
#include "store/postgresql_questions.h"
#include "store/postgresql_transaction.h"
#include "store/schema_version.h"

namespace liveness::store::postgresql {

namespace {

constexpr int kNewest = static_cast<int>(std::size(kMigrations));

/// Any number will do, as long as everybody takes the same: "liveness", in hexadecimal.
constexpr const char* kLock = "SELECT pg_advisory_xact_lock(x'6c6976656e657373'::bigint)";

/// 0 where there is nothing yet.
int versionOf(soci::session& sql) {
  int tables = 0, ours = 0;
  sql << "SELECT count(*), count(*) FILTER (WHERE relname = 'schema_version') FROM pg_class "
         "WHERE relnamespace = to_regnamespace('liveness') AND relkind = 'r'",
      soci::into(tables), soci::into(ours);
  if (tables == 0) return 0;
  if (ours == 0) throw unfit("its schema liveness is another program's; use another database");
  return versionOnRecord(sql, kPostgresql, kNewest, "use another database");
}

bool hasSchema(soci::session& sql) {
  int schemas = 0;
  sql << "SELECT count(*) FROM pg_namespace WHERE nspname = 'liveness'", soci::into(schemas);
  return schemas != 0;
}

}  // namespace

void migrate(soci::session& sql) {
  if (versionOf(sql) == kNewest) return;
  store::Transaction transaction(sql, "BEGIN");
  sql << kLock;
  if (!hasSchema(sql)) sql << "CREATE SCHEMA liveness";  // IF NOT EXISTS asks for the right to do so anyway
  sql << "SET LOCAL search_path = liveness";             // where the migrations make what they make
  for (int version = versionOf(sql); version < kNewest; ++version) {  // another server may have been faster
    sql << kMigrations[version];
    sql << "INSERT INTO liveness.schema_version (version, applied_at) VALUES (:version, now())",
        soci::use(version + 1, "version");
  }
  transaction.commit();
}

void checkSchemaIsNew(soci::session& sql) {
  const int version = versionOf(sql);
  if (version == 0) throw notYet("it has no schema liveness yet; start the server once, which makes it");
  checkIsNewest(version, kNewest);
}

}  // namespace liveness::store::postgresql
