// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <cstdlib>
#include <set>

#include "store/connection_string.h"
#include "store_world.h"
#include "support/postgresql_client.h"
#include "support/postgresql_server.h"

namespace liveness::store {

namespace {

using support::PostgresqlClient;
using support::sharedPostgresql;

std::set<std::string> filesIn(const std::string& dialect) {
  const char* folder = std::getenv("LIVENESS_STORE_SOURCE");
  REQUIRE_MESSAGE(folder != nullptr, "LIVENESS_STORE_SOURCE is not set: run this with meson test");
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(folder) / dialect))
    names.insert(file.path().filename());
  return names;
}

// A line for each column: its table and name, whether it may be NULL, its place in the primary key, its type.
constexpr const char* kSqliteColumns =
    "SELECT group_concat(line, char(10)) FROM (SELECT m.name || '.' || c.name || ' ' || "
    "CASE WHEN c.\"notnull\" OR c.pk > 0 THEN 'NOT NULL' ELSE 'NULL' END || ' key ' || c.pk || ' ' || "
    "CASE WHEN c.name LIKE '%\\_at' ESCAPE '\\' OR c.name LIKE '%\\_since' ESCAPE '\\' THEN 'time ' ELSE '' "
    "END "
    "|| lower(c.type) AS line FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c "
    "WHERE m.type = 'table' ORDER BY line)";
constexpr const char* kPostgresqlColumns =
    "SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (SELECT t.relname || '.' || c.attname "
    "|| ' ' || CASE WHEN c.attnotnull THEN 'NOT NULL' ELSE 'NULL' END || ' key ' || "
    "COALESCE(array_position(k.indkey::int2[], c.attnum), -1) + 1 || ' ' || "
    "CASE format_type(c.atttypid, c.atttypmod) WHEN 'timestamp with time zone' THEN 'time text' "
    "WHEN 'bigint' THEN 'integer' ELSE format_type(c.atttypid, c.atttypmod) END AS line "
    "FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped "
    "LEFT JOIN pg_index AS k ON k.indrelid = t.oid AND k.indisprimary "
    "WHERE t.relkind = 'r' AND t.relnamespace = 'liveness'::regnamespace) AS columns";

constexpr const char* kSqliteIndexes =
    "SELECT group_concat(line, char(10)) FROM (SELECT m.tbl_name || ' ' || m.name || ' ' || c.name AS line "
    "FROM sqlite_master AS m JOIN pragma_index_info(m.name) AS c "
    "WHERE m.type = 'index' AND m.sql IS NOT NULL ORDER BY line)";
constexpr const char* kPostgresqlIndexes =
    "SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (SELECT t.relname || ' ' || i.relname "
    "|| ' ' "
    "|| c.attname AS line FROM pg_index AS k JOIN pg_class AS t ON t.oid = k.indrelid "
    "JOIN pg_class AS i ON i.oid = k.indexrelid "
    "JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (k.indkey::int2[]) "
    "WHERE NOT k.indisprimary AND t.relnamespace = 'liveness'::regnamespace) AS indexes";

}  // namespace

TEST_SUITE("store/postgresql_dialects") {
  TEST_CASE("both have a file for each version, of the same name") {
    CHECK(filesIn("sqlite").size() >= 2);
    CHECK(filesIn("sqlite") == filesIn("postgresql"));
  }

  TEST_CASE("after all migrations both have the same tables, columns, keys and indexes") {
    const std::string name = sharedPostgresql().makeDatabase();
    const support::TempDir folder("liveness-store");
    const auto file = folder.path() / "liveness.sqlite3";
    databaseFor(sharedPostgresql().uri(name))->open();
    databaseFor("sqlite3://" + file.string())->open();
    PostgresqlClient postgresql(sharedPostgresql().superuser(name));
    Sqlite sqlite(file);
    CHECK(sqlite.ask(kSqliteColumns).find("last_seen.bare_jid NOT NULL key 1 text") != std::string::npos);
    CHECK(sqlite.ask(kSqliteColumns) == postgresql.ask(kPostgresqlColumns));
    CHECK(sqlite.ask(kSqliteIndexes) == postgresql.ask(kPostgresqlIndexes));
    const std::string versions = "SELECT count(*) || ' ' || max(version) FROM schema_version";
    CHECK(sqlite.ask(versions) == postgresql.ask(versions));
  }
}

}  // namespace liveness::store
