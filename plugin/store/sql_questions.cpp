// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sql_questions.h"

#include "store/rows.h"
#include "store/transaction.h"

namespace liveness::store {

std::optional<LastSeen> find(soci::session& sql, const Dialect& dialect, const std::string& bare_jid) {
  Row row(dialect);
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

std::vector<LastSeen> history(soci::session& sql, const Dialect& dialect, const std::string& bare_jid,
                              std::size_t limit) {
  std::vector<LastSeen> found;
  Row row(dialect);
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

Store::Inactive inactive(soci::session& sql, const Dialect& dialect, const std::string& domain,
                         UtcTime before, std::size_t limit) {
  const std::string suffix = '@' + domain, unheard_since = dialect.toText(before);
  const auto most = static_cast<long long>(limit);
  const std::string they = std::string(" FROM last_seen WHERE last_heard_at < ") + dialect.moment + " AND " +
                           dialect.of_domain + " AND " + dialect.away;
  Store::Inactive found;
  long long total = 0;
  Transaction reading(sql, dialect.begin_reading);
  sql << "SELECT count(*)" + they, soci::use(unheard_since, "moment"), soci::use(suffix, "suffix"),
      soci::into(total);
  found.total = static_cast<std::uint64_t>(total);

  Row row(dialect);
  soci::statement first =
      (sql.prepare << "SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, status" +
                          they + " ORDER BY last_heard_at, bare_jid LIMIT :most",
       soci::use(unheard_since, "moment"), soci::use(suffix, "suffix"), soci::use(most, "most"),
       soci::into(row.record.bare_jid), soci::into(row.last_heard_at), soci::into(row.logged_out_at),
       soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
       soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status));
  for (first.execute(); first.fetch();) found.users.push_back(row.read());
  reading.commit();
  return found;
}

std::vector<std::uint64_t> active(soci::session& sql, const Dialect& dialect, const std::string& domain,
                                  const std::vector<UtcTime>& since) {
  const std::string suffix = '@' + domain;
  long long here = 0;
  Transaction reading(sql, dialect.begin_reading);
  sql << "SELECT count(DISTINCT bare_jid) FROM online_users WHERE " + std::string(dialect.of_domain),
      soci::use(suffix, "suffix"), soci::into(here);

  std::vector<std::uint64_t> counts;
  std::string moment;
  long long gone = 0;
  soci::statement count =
      (sql.prepare << std::string("SELECT count(*) FROM last_seen WHERE logged_out_at >= ") + dialect.moment +
                          " AND " + dialect.of_domain + " AND " + dialect.away,
       soci::use(moment, "moment"), soci::use(suffix, "suffix"), soci::into(gone));
  for (const UtcTime time : since) {
    moment = dialect.toText(time);
    count.execute(true);
    counts.push_back(static_cast<std::uint64_t>(here + gone));
  }
  reading.commit();
  return counts;
}

}  // namespace liveness::store
