// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_questions.h"

#include "store/news.h"
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
    "SELECT bare_jid FROM liveness.online_users UNION ALL SELECT bare_jid FROM liveness.connected_users "
    "WHERE run IN (SELECT run FROM liveness.runs WHERE taken_by IS NULL)",
    "NOT EXISTS (SELECT FROM liveness.online_users WHERE online_users.bare_jid = seen.bare_jid) "
    "AND NOT EXISTS (SELECT FROM liveness.connected_users AS c WHERE c.bare_jid = seen.bare_jid "
    "AND c.run IN (SELECT run FROM liveness.runs WHERE taken_by IS NULL))",
    "CAST(:moment AS timestamptz)", "(bare_jid COLLATE \"default\" ILIKE :text OR status ILIKE :text)",
    " COLLATE \"C\"", toPattern, toPostgresqlTime, fromPostgresqlTime};

std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids) {
  PostgresqlArray asked;
  std::vector<std::size_t> places;  // in what was asked, of those whom the database is asked for
  std::vector<bool> never_seen(bare_jids.size(), true);
  for (std::size_t i = 0; i < bare_jids.size(); ++i) {
    if (!canBeOnRecord(bare_jids[i])) continue;
    asked.add(bare_jids[i]);
    places.push_back(i);
    never_seen[i] = false;
  }
  long long place = 0;
  soci::statement never =
      (sql.prepare
           << "SELECT place FROM unnest(CAST(:asked AS text[])) WITH ORDINALITY AS asked (name, place) "
              "WHERE NOT EXISTS (SELECT FROM liveness.last_seen WHERE bare_jid = name) "
              "AND NOT EXISTS (SELECT FROM liveness.online_users WHERE bare_jid = name) "
              "AND NOT EXISTS (SELECT FROM liveness.connected_users WHERE bare_jid = name)",
       soci::use(asked.text(), "asked"), soci::into(place));
  for (never.execute(); never.fetch();) never_seen[places.at(static_cast<std::size_t>(place) - 1)] = true;

  std::vector<std::string> found;
  for (std::size_t i = 0; i < bare_jids.size(); ++i)
    if (never_seen[i]) found.push_back(bare_jids[i]);
  return found;
}

}  // namespace liveness::store::postgresql
