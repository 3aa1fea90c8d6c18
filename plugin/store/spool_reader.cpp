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

/// That is for a database.
std::string withoutAdvice(const DatabaseError& e) {
  const std::string text = e.what();
  return text.substr(0, text.find("; "));
}

SpoolError spoolError(const DatabaseError& e) {
  return SpoolError(withoutAdvice(e), e.spoiled || e.kind == DatabaseError::Kind::unfit);
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
    readUnfinished();
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

/// In a file of an earlier version all have ended.
void SpoolReader::readUnfinished() {
  if (!hasColumn("unfinished", "run")) return;
  SpoolScan scan(*sql_, "run", "unfinished",
                 [&](soci::statement& all) { all.exchange(soci::into(number_)); });
  while (scan.next()) unfinished_.insert(number_);
  ends_lost_ = !scan.damage().empty();
  noteDamage(scan);
}

std::vector<Run> SpoolReader::unfinished() const {
  std::vector<Run> some;
  for (const Run& run : runs_)
    if (!hasEnded(run.number)) some.push_back(run);
  return some;
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
    row_.offline_presence = row_.has_account = soci::i_null;
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
      last_seen_.emplace(*sql_, std::string(kRecord) + ", offline_presence, coalesce(account, 0)",
                         "last_seen", [&](soci::statement& all) {
                           exchange(all, row_);
                           all.exchange(soci::into(row_.record.offline_presence, row_.offline_presence));
                           all.exchange(soci::into(row_.account, row_.has_account));
                         });
    std::vector<LastSeen> slice;
    while (slice.size() < most && last_seen_->next())
      if (auto record = read()) slice.push_back(std::move(*record));
    noteDamage(*last_seen_);
    return slice;
  });
}

std::vector<SpoolReader::Login> SpoolReader::logins(std::size_t most) {
  return reading([&] {
    std::vector<Login> slice;
    while (slice.size() < most && fetchLogin()) {
      const auto since = kSqlite.fromText(since_), heard = kSqlite.fromText(heard_at_);
      if (!since || !heard) {
        noteSenseless(cleanJid(user_), "the time in its row is none");
        continue;
      }
      News came;
      came.login = {static_cast<std::uint64_t>(login_), user_, resource_, *since, *heard};
      slice.push_back({number_, *clean(std::move(came)).login});
    }
    return slice;
  });
}

/// They lie in the order of their key, without numbers of their own by which to go around damage: who is
/// behind it is lost.
bool SpoolReader::fetchLogin() {
  if (logins_read_) return false;
  try {
    if (!logins_) selectLogins();
    logins_read_ = !logins_->fetch();
  } catch (const soci::soci_error& e) {
    const DatabaseError described = describe(e);
    if (!described.spoiled) throw;
    if (damage_.empty()) damage_ = withoutAdvice(described);
    logins_read_ = true;
  }
  return !logins_read_;
}

void SpoolReader::selectLogins() {
  logins_.emplace(*sql_);
  logins_->exchange(soci::into(number_));
  logins_->exchange(soci::into(login_));
  for (std::string* text : {&user_, &resource_, &since_, &heard_at_}) logins_->exchange(soci::into(*text));
  logins_->alloc();
  logins_->prepare(
      "SELECT run, login, coalesce(bare_jid, ''), coalesce(resource, ''), coalesce(available_since, ''), "
      "coalesce(last_heard_at, '') FROM online_users NOT INDEXED ORDER BY run, login");
  logins_->define_and_bind();
  logins_->execute();
}

std::vector<SpoolReader::Heard> SpoolReader::heard(std::size_t most) {
  return reading([&] {
    std::vector<Heard> slice;
    if (!hasColumn("heard", "login")) return slice;
    if (!heard_)
      heard_.emplace(*sql_, "coalesce(run, 0), coalesce(login, 0), coalesce(last_heard_at, '')", "heard",
                     [&](soci::statement& all) {
                       all.exchange(soci::into(number_));
                       all.exchange(soci::into(login_));
                       all.exchange(soci::into(heard_at_));
                     });
    while (slice.size() < most && heard_->next())
      if (const auto at = kSqlite.fromText(heard_at_))
        slice.push_back({number_, {static_cast<std::uint64_t>(login_), *at}});
    noteDamage(*heard_);
    return slice;
  });
}

std::optional<LastSeen> SpoolReader::read() {
  try {
    return clean(row_.read());
  } catch (const DatabaseError& e) {
    noteSenseless(cleanJid(row_.record.bare_jid), e.what());
    return std::nullopt;
  }
}

void SpoolReader::noteSenseless(const std::string& whose, const std::string& why) {
  ++senseless_;
  why_senseless_ = whose + ": " + why;
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
