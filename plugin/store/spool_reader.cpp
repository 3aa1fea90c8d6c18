// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_reader.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "store/counted.h"
#include "store/news.h"
#include "store/sqlite_database.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"

namespace liveness::store {

namespace {

// Each of them is fetched into a variable that cannot be NULL.
constexpr const char* kRecord =
    "coalesce(bare_jid, ''), coalesce(last_heard_at, ''), coalesce(logged_out_at, ''), coalesce(cause, ''), "
    "evidence, resource, status";

void exchange(soci::statement& statement, Row& row) {
  statement.exchange(soci::into(row.record.bare_jid));
  statement.exchange(soci::into(row.last_heard_at));
  statement.exchange(soci::into(row.logged_out_at));
  statement.exchange(soci::into(row.cause));
  statement.exchange(soci::into(row.evidence, row.has_evidence));
  statement.exchange(soci::into(row.record.resource, row.resource));
  statement.exchange(soci::into(row.record.status, row.status));
}

SpoolError spoolError(const DatabaseError& e) {
  const std::string text = e.what();  // the advice behind it is for a database
  return SpoolError(text.substr(0, text.find("; ")), e.spoiled || e.kind == DatabaseError::Kind::unfit);
}

}  // namespace

template <class What>
auto SpoolReader::reading(What what) {
  try {
    return what();
  } catch (const soci::soci_error& e) {
    throw spoolError(describe(e));
  } catch (const DatabaseError& e) {
    throw spoolError(e);
  }
}

SpoolReader::SpoolReader(const std::string& path) {
  reading([&] {
    SqliteDatabase file(path);
    file.open();  // brings an older one's schema up to date
    file.close();
    sql_.emplace(soci::sqlite3, sqliteConnectString(path));
    *sql_ << "PRAGMA busy_timeout = 1000";
    readRuns();
  });
}

void SpoolReader::readRuns() {
  std::string beat_at;
  SpoolScan scan(*sql_, "run, coalesce(node, ''), coalesce(domain, ''), coalesce(beat_at, '')", "runs",
                 [&](soci::statement& runs) {
                   runs.exchange(soci::into(number_));
                   runs.exchange(soci::into(run_.node));
                   runs.exchange(soci::into(run_.domain));
                   runs.exchange(soci::into(beat_at));
                 });
  while (scan.next())
    runs_.push_back({number_, cleanJid(run_.node), cleanJid(run_.domain), 0,
                     kSqlite.fromText(beat_at).value_or(UtcTime{})});
  noteDamage(scan);
  std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.beat_at < b.beat_at; });
}

bool SpoolReader::hasColumn(const std::string& table, const std::string& column) {
  int columns = 0;
  *sql_ << "SELECT count(*) FROM pragma_table_info(:table) WHERE name = :column", soci::use(table, "table"),
      soci::use(column, "column"), soci::into(columns);
  return columns != 0;
}

std::vector<Forgotten> SpoolReader::forgotten() {
  return reading([&] {
    std::vector<Forgotten> users;
    if (!hasColumn("forgotten", "bare_jid")) return users;
    // An earlier version did not say when: at the latest when the last of the runs ended.
    const auto at_the_latest = runs_.empty() ? UtcTime::max() : runs_.back().beat_at;
    std::string user, at;
    SpoolScan scan(*sql_,
                   hasColumn("forgotten", "forgotten_at")
                       ? "coalesce(bare_jid, ''), coalesce(forgotten_at, '')"
                       : "coalesce(bare_jid, ''), ''",
                   "forgotten", [&](soci::statement& all) {
                     all.exchange(soci::into(user));
                     all.exchange(soci::into(at));
                   });
    while (scan.next()) users.push_back({cleanJid(user), kSqlite.fromText(at).value_or(at_the_latest)});
    noteDamage(scan);
    return users;
  });
}

std::vector<SpoolReader::Logout> SpoolReader::logouts(std::size_t most) {
  return reading([&] {
    if (!logouts_)
      logouts_.emplace(*sql_,
                       std::string("coalesce(run, 0), coalesce(node, ''), coalesce(login, 0), ") + kRecord,
                       "logouts", [&](soci::statement& all) {
                         all.exchange(soci::into(number_));
                         all.exchange(soci::into(run_.node));
                         all.exchange(soci::into(login_));
                         exchange(all, row_);
                       });
    row_.offline_presence = soci::i_null;
    std::vector<Logout> slice;
    while (slice.size() < most && logouts_->next()) {
      auto record = read();
      if (!record) continue;
      Run run;
      run.number = number_;
      run.node = cleanJid(run_.node);
      slice.push_back({std::move(run), static_cast<std::uint64_t>(login_), std::move(*record)});
    }
    noteDamage(*logouts_);
    return slice;
  });
}

std::vector<LastSeen> SpoolReader::lastSeen(std::size_t most) {
  return reading([&] {
    if (!last_seen_)
      last_seen_.emplace(*sql_, std::string(kRecord) + ", offline_presence", "last_seen",
                         [&](soci::statement& all) {
                           exchange(all, row_);
                           all.exchange(soci::into(row_.record.offline_presence, row_.offline_presence));
                         });
    std::vector<LastSeen> slice;
    while (slice.size() < most && last_seen_->next())
      if (auto record = read()) slice.push_back(std::move(*record));
    noteDamage(*last_seen_);
    return slice;
  });
}

std::optional<LastSeen> SpoolReader::read() {
  try {
    return clean(row_.read());
  } catch (const DatabaseError& e) {
    ++senseless_;
    why_senseless_ = cleanJid(row_.record.bare_jid) + ": " + e.what();
    return std::nullopt;
  }
}

void SpoolReader::noteDamage(const SpoolScan& scan) {
  if (damage_.empty()) damage_ = scan.damage();
}

std::string SpoolReader::damage() const {
  if (senseless_ == 0) return damage_;
  return damage_ + (damage_.empty() ? "" : "; ") + counted(senseless_, "row makes", "rows make") +
         " no sense; the last: " + why_senseless_;
}

}  // namespace liveness::store
