// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_questions.h"

#include "store/postgresql_values.h"

namespace liveness::store::postgresql {

namespace {

/// For ILIKE. What is the same letter is up to the locale of the database.
std::string toPattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern += '%';
}

}  // namespace

const Dialect kPostgresql{
    "liveness.",
    // Row by row it would be for ever: what a question leaves of last_seen is more than PostgreSQL expects of
    // its conditions, and online_users has no index by user.
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_nestloop = off",
    "right(bare_jid, length(:suffix)) = :suffix",
    "NOT EXISTS (SELECT FROM liveness.online_users WHERE online_users.bare_jid = last_seen.bare_jid)",
    "CAST(:moment AS timestamptz)", "(bare_jid COLLATE \"default\" ILIKE :text OR status ILIKE :text)",
    " COLLATE \"C\"", toPattern, toPostgresqlTime, fromPostgresqlTime};

std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids) {
  PostgresqlArray asked;
  for (const std::string& user : bare_jids) asked.add(user);
  std::vector<std::string> found;
  std::string name;
  soci::statement never =
      (sql.prepare
           << "SELECT name FROM unnest(CAST(:asked AS text[])) WITH ORDINALITY AS asked (name, place) "
              "WHERE NOT EXISTS (SELECT FROM last_seen WHERE bare_jid = name) "
              "AND NOT EXISTS (SELECT FROM online_users WHERE bare_jid = name) ORDER BY place",
       soci::use(asked.text(), "asked"), soci::into(name));
  for (never.execute(); never.fetch();) found.push_back(name);
  return found;
}

}  // namespace liveness::store::postgresql
