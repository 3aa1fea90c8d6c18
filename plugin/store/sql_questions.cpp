// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sql_questions.h"

#include <limits>

#include "store/rows.h"
#include "store/transaction.h"

namespace liveness::store {

namespace {

const char* columnOf(UsersQuestion::Sort sort) {
  switch (sort) {
    case UsersQuestion::Sort::last_heard:
      return "last_heard_at";
    case UsersQuestion::Sort::logged_out:
      return "logged_out_at";
    case UsersQuestion::Sort::cause:
      return "cause";
    case UsersQuestion::Sort::jid:
      break;
  }
  return "bare_jid";
}

std::string orderOf(const UsersQuestion& question, const Dialect& dialect) {
  const std::string way = question.descending ? " DESC" : "", by_jid = "bare_jid" + way;
  if (question.sort == UsersQuestion::Sort::jid) return " ORDER BY " + by_jid;
  const std::string bytewise = question.sort == UsersQuestion::Sort::cause ? dialect.bytewise : "";
  return " ORDER BY " + (columnOf(question.sort) + bytewise) + way + ", " + by_jid;
}

/// As a database counts.
long long toCount(std::size_t n) {
  constexpr auto kMost = std::numeric_limits<long long>::max();
  return n > static_cast<std::size_t>(kMost) ? kMost : static_cast<long long>(n);
}

}  // namespace

std::optional<LastSeen> find(soci::session& sql, const Dialect& dialect, const std::string& bare_jid) {
  Row row(dialect);
  row.record.bare_jid = bare_jid;
  sql << std::string(
             "SELECT last_heard_at, logged_out_at, cause, evidence, resource, status, "
             "offline_presence, account FROM ") +
             dialect.schema + "last_seen WHERE bare_jid = :bare_jid",
      soci::use(bare_jid, "bare_jid"), soci::into(row.last_heard_at), soci::into(row.logged_out_at),
      soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
      soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status),
      soci::into(row.record.offline_presence, row.offline_presence), soci::into(row.account, row.has_account);
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
      (sql.prepare
           << std::string("SELECT last_heard_at, logged_out_at, cause, evidence, resource, status FROM ") +
                  dialect.schema +
                  "logouts WHERE bare_jid = :bare_jid ORDER BY logged_out_at DESC, login DESC LIMIT :most",
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
  const std::string they = std::string(" FROM ") + dialect.schema + "seen WHERE last_heard_at < " +
                           dialect.moment + " AND " + dialect.of_domain + " AND " + dialect.away;
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
  sql << std::string("SELECT count(DISTINCT bare_jid) FROM (") + dialect.here + ") AS here WHERE " +
             dialect.of_domain,
      soci::use(suffix, "suffix"), soci::into(here);

  std::vector<std::uint64_t> counts;
  std::string moment;
  long long gone = 0;
  soci::statement count = (sql.prepare << std::string("SELECT count(*) FROM ") + dialect.schema +
                                              "seen WHERE logged_out_at >= " + dialect.moment + " AND " +
                                              dialect.of_domain + " AND " + dialect.away,
                           soci::use(moment, "moment"), soci::use(suffix, "suffix"), soci::into(gone));
  for (const UtcTime time : since) {
    moment = dialect.toText(time);
    count.execute(true);
    counts.push_back(static_cast<std::uint64_t>(here + gone));
  }
  reading.commit();
  return counts;
}

FoundUsers users(soci::session& sql, const Dialect& dialect, const std::string& domain,
                 const UsersQuestion& question) {
  const std::string suffix = '@' + domain, cause = question.cause ? toString(*question.cause) : "",
                    text = question.text.empty() ? "" : dialect.toSearch(question.text);
  const std::string table = std::string(" FROM ") + dialect.schema + "seen";
  const std::string they = table + " WHERE " + dialect.of_domain + " AND " + dialect.away +
                           " AND (:cause = '' OR cause = :cause) AND (:text = '' OR " + dialect.holds_text +
                           ")";
  FoundUsers found;
  long long matched = 0;
  Transaction reading(sql, dialect.begin_reading);
  if (question.limit > 0) {
    const auto first = toCount(question.offset), most = toCount(question.limit);
    const std::string order = orderOf(question, dialect);
    const std::string columns = question.sort == UsersQuestion::Sort::jid
                                    ? "bare_jid"
                                    : std::string("bare_jid, ") + columnOf(question.sort);
    Row row(dialect);
    // One look at everybody, and names are put in order, not whole rows.
    soci::statement page =
        (sql.prepare
             << "WITH matched AS MATERIALIZED (SELECT " + columns + they +
                    ") SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, status, "
                    "(SELECT count(*) FROM matched)" +
                    table + " WHERE bare_jid IN (SELECT bare_jid FROM matched" + order +
                    " LIMIT :most OFFSET :first)" + order,
         soci::use(suffix, "suffix"), soci::use(cause, "cause"), soci::use(text, "text"),
         soci::use(most, "most"), soci::use(first, "first"), soci::into(row.record.bare_jid),
         soci::into(row.last_heard_at), soci::into(row.logged_out_at), soci::into(row.cause),
         soci::into(row.evidence, row.has_evidence), soci::into(row.record.resource, row.resource),
         soci::into(row.record.status, row.status), soci::into(matched));
    for (page.execute(); page.fetch();) found.users.push_back(row.read());
  }
  if (found.users.empty())  // none on this page says nothing of how many there are
    sql << "SELECT count(*)" + they, soci::use(suffix, "suffix"), soci::use(cause, "cause"),
        soci::use(text, "text"), soci::into(matched);
  found.matched = static_cast<std::uint64_t>(matched);
  reading.commit();
  return found;
}

}  // namespace liveness::store
