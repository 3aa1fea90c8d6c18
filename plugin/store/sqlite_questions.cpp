// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_questions.h"

#include <unordered_set>

#include "store/sqlite_rows.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

// A domain's users, whatever they have before the '@'; and those of them who are away.
const std::string kOfDomain = "substr(bare_jid, -length(:suffix)) = :suffix";
const std::string kAwayOfDomain = kOfDomain + " AND bare_jid NOT IN (SELECT bare_jid FROM online_users)";

}  // namespace

std::optional<LastSeen> find(soci::session& sql, const std::string& bare_jid) {
  SqliteRow row;
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
  SqliteRow row;
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
  const std::string suffix = '@' + domain, unheard_since = toUtcText(before);
  const auto most = static_cast<long long>(limit);
  const std::string they = " FROM last_seen WHERE last_heard_at < :before AND " + kAwayOfDomain;
  Store::Inactive found;
  long long total = 0;
  sql << "SELECT count(*)" + they, soci::use(unheard_since, "before"), soci::use(suffix, "suffix"),
      soci::into(total);
  found.total = static_cast<std::uint64_t>(total);

  SqliteRow row;
  soci::statement first =
      (sql.prepare << "SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, status" +
                          they + " ORDER BY last_heard_at, bare_jid LIMIT :most",
       soci::use(unheard_since, "before"), soci::use(suffix, "suffix"), soci::use(most, "most"),
       soci::into(row.record.bare_jid), soci::into(row.last_heard_at), soci::into(row.logged_out_at),
       soci::into(row.cause), soci::into(row.evidence, row.has_evidence),
       soci::into(row.record.resource, row.resource), soci::into(row.record.status, row.status));
  for (first.execute(); first.fetch();) found.users.push_back(row.read());
  return found;
}

std::vector<std::uint64_t> active(soci::session& sql, const std::string& domain,
                                  const std::vector<UtcTime>& since) {
  const std::string suffix = '@' + domain;
  long long here = 0;
  sql << "SELECT count(DISTINCT bare_jid) FROM online_users WHERE " + kOfDomain, soci::use(suffix, "suffix"),
      soci::into(here);

  std::vector<std::uint64_t> counts;
  std::string moment;
  long long gone = 0;
  soci::statement count =
      (sql.prepare << "SELECT count(*) FROM last_seen WHERE logged_out_at >= :moment AND " + kAwayOfDomain,
       soci::use(moment, "moment"), soci::use(suffix, "suffix"), soci::into(gone));
  for (const UtcTime time : since) {
    moment = toUtcText(time);
    count.execute(true);
    counts.push_back(static_cast<std::uint64_t>(here + gone));
  }
  return counts;
}

std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids) {
  std::vector<std::string> found;
  std::string name;
  int known = 0;
  soci::statement seen = (sql.prepare << "SELECT count(*) FROM last_seen WHERE bare_jid = :name",
                          soci::use(name, "name"), soci::into(known));
  for (const std::string& user : bare_jids) {
    name = user;
    seen.execute(true);
    if (known == 0) found.push_back(user);
  }
  if (found.empty()) return found;

  std::unordered_set<std::string> unseen(found.begin(), found.end());
  soci::statement all = (sql.prepare << "SELECT bare_jid FROM online_users", soci::into(name));
  for (all.execute(); all.fetch();) unseen.erase(name);
  std::vector<std::string> never;
  for (std::string& user : found)
    if (unseen.count(user) != 0) never.push_back(std::move(user));
  return never;
}

}  // namespace liveness::store
