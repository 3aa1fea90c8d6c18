// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_questions.h"

#include "store/postgresql_rows.h"
#include "store/postgresql_transaction.h"
#include "store/postgresql_values.h"

namespace liveness::store::postgresql {

namespace {

// A domain's users, whatever they have before the '@'; and those of them who are away.
const std::string kOfDomain = "right(bare_jid, length(:suffix)) = :suffix";
const std::string kAwayOfDomain =
    kOfDomain + " AND NOT EXISTS (SELECT FROM online_users WHERE online_users.bare_jid = last_seen.bare_jid)";

}  // namespace

std::optional<LastSeen> find(soci::session& sql, const std::string& bare_jid) {
  Row row;
  row.record.bare_jid = bare_jid;
  sql << "SELECT last_heard_at, logged_out_at, cause, evidence, resource, status, offline_presence "
         "FROM last_seen WHERE bare_jid = :bare_jid",
      soci::use(bare_jid, "bare_jid"), soci::into(row.last_heard_at), soci::into(row.logged_out_at),
      soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
      soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status),
      soci::into(row.record.offline_presence, row.offline_presence);
  if (!sql.got_data()) return std::nullopt;
  return row.read();
}

std::vector<LastSeen> history(soci::session& sql, const std::string& bare_jid, std::size_t limit) {
  std::vector<LastSeen> found;
  Row row;
  row.record.bare_jid = bare_jid;
  const auto most = static_cast<long long>(limit);
  soci::statement all =
      (sql.prepare << "SELECT last_heard_at, logged_out_at, cause, evidence, resource, status FROM logouts "
                      "WHERE bare_jid = :bare_jid ORDER BY logged_out_at DESC, login DESC LIMIT :most",
       soci::use(bare_jid, "bare_jid"), soci::use(most, "most"), soci::into(row.last_heard_at),
       soci::into(row.logged_out_at), soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
       soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status));
  for (all.execute(); all.fetch();) found.push_back(row.read());
  return found;
}

Store::Inactive inactive(soci::session& sql, const std::string& domain, UtcTime before, std::size_t limit) {
  const std::string suffix = '@' + domain, unheard_since = toPostgresqlTime(before);
  const auto most = static_cast<long long>(limit);
  const std::string they =
      " FROM last_seen WHERE last_heard_at < CAST(:before AS timestamptz) AND " + kAwayOfDomain;
  Store::Inactive found;
  long long total = 0;
  Transaction reading(sql, kReading);
  sql << "SELECT count(*)" + they, soci::use(unheard_since, "before"), soci::use(suffix, "suffix"),
      soci::into(total);
  found.total = static_cast<std::uint64_t>(total);

  Row row;
  soci::statement first =
      (sql.prepare << "SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, status" +
                          they + " ORDER BY last_heard_at, bare_jid LIMIT :most",
       soci::use(unheard_since, "before"), soci::use(suffix, "suffix"), soci::use(most, "most"),
       soci::into(row.record.bare_jid), soci::into(row.last_heard_at), soci::into(row.logged_out_at),
       soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
       soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status));
  for (first.execute(); first.fetch();) found.users.push_back(row.read());
  reading.commit();
  return found;
}

std::vector<std::uint64_t> active(soci::session& sql, const std::string& domain,
                                  const std::vector<UtcTime>& since) {
  const std::string suffix = '@' + domain;
  long long here = 0, gone = 0;
  Transaction reading(sql, kReading);
  sql << "SELECT count(DISTINCT bare_jid) FROM online_users WHERE " + kOfDomain, soci::use(suffix, "suffix"),
      soci::into(here);
  std::vector<std::uint64_t> counts;
  for (const UtcTime time : since) {
    const std::string moment = toPostgresqlTime(time);
    sql << "SELECT count(*) FROM last_seen WHERE logged_out_at >= CAST(:moment AS timestamptz) AND " +
               kAwayOfDomain,
        soci::use(moment, "moment"), soci::use(suffix, "suffix"), soci::into(gone);
    counts.push_back(static_cast<std::uint64_t>(here + gone));
  }
  reading.commit();
  return counts;
}

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
