// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_file.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <utility>

#include "store/sqlite_database.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_runs.h"
#include "store/sqlite_transaction.h"

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = SpoolReader::kSlice;

constexpr const char* kPragmas[] = {"PRAGMA busy_timeout = 1000", "PRAGMA secure_delete = ON",
                                    "PRAGMA synchronous = FULL"};

constexpr const char* kHeardTable =
    "CREATE TABLE IF NOT EXISTS heard (run INTEGER NOT NULL, login INTEGER NOT NULL, "
    "last_heard_at TEXT NOT NULL, PRIMARY KEY (run, login))";

constexpr const char* kTables[] = {
    "CREATE TABLE IF NOT EXISTS forgotten (bare_jid TEXT NOT NULL PRIMARY KEY, forgotten_at TEXT)",
    "CREATE TABLE IF NOT EXISTS unfinished (run INTEGER PRIMARY KEY)", kHeardTable,
    "CREATE INDEX IF NOT EXISTS online_users_by_name ON online_users (bare_jid)"};

constexpr const char* kForget =
    "INSERT INTO forgotten (bare_jid, forgotten_at) VALUES (?1, ?2) "
    "ON CONFLICT (bare_jid) DO UPDATE SET forgotten_at = excluded.forgotten_at";

constexpr const char* kHear =
    "INSERT INTO heard (run, login, last_heard_at) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (run, login) DO UPDATE SET last_heard_at = excluded.last_heard_at";

constexpr const char* kIsUnfinished = "INSERT OR IGNORE INTO unfinished (run) VALUES (?1)";

// What is in last_seen is of some run's logout, and a later one than that of any run before it.
constexpr const char* kDropRun[] = {
    "DELETE FROM last_seen WHERE bare_jid IN (SELECT bare_jid FROM logouts WHERE run = :run)",
    "DELETE FROM logouts WHERE run = :run",
    "DELETE FROM online_users WHERE run = :run",
    "DELETE FROM heard WHERE run = :run",
    "DELETE FROM unfinished WHERE run = :run",
    "DELETE FROM runs WHERE run = :run"};

constexpr const char* kEndRun[] = {"DELETE FROM online_users WHERE run = :run",
                                   "DELETE FROM heard WHERE run = :run",
                                   "DELETE FROM unfinished WHERE run = :run"};

/// Makes of SOCI's errors our own.
template <class What>
auto described(What what) {
  try {
    return what();
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

/// What every other SQLite file has. As one that is closed again: its log is in it then.
const std::string& withSchema(const std::string& path) {
  SqliteDatabase file(path);
  file.open();
  return path;
}

void makeTables(soci::session& sql) {
  SqliteTransaction transaction(sql);
  for (const char* table : kTables) sql << table;
  int dated = 0;  // in a file of an earlier version
  sql << "SELECT count(*) FROM pragma_table_info('forgotten') WHERE name = 'forgotten_at'", soci::into(dated);
  if (dated == 0) sql << "ALTER TABLE forgotten ADD COLUMN forgotten_at TEXT";
  transaction.commit();
}

void setHeard(SqliteStatement& hear, std::int64_t run, std::uint64_t login, UtcTime at) {
  hear.set(1, run);
  hear.set(2, static_cast<std::int64_t>(login));
  hear.set(3, at);
  hear.run();
}

void setForgotten(SqliteStatement& forget, const Forgotten& user) {
  forget.set(1, user.bare_jid);
  forget.set(2, user.at);
  forget.run();
}

/// Calls `put` with a statement, for all of it in one transaction.
template <class Put>
void inFile(const std::string& path, const char* statement, Put put) {
  described([&] {
    soci::session sql(soci::sqlite3, sqliteConnectString(path));
    makeTables(sql);
    SqliteStatement prepared(sql, statement);
    SqliteTransaction transaction(sql);
    put(prepared);
    transaction.commit();
  });
}

}  // namespace

void putForgotten(const std::string& path, const std::vector<Forgotten>& users) {
  inFile(path, kForget, [&](SqliteStatement& forget) {
    for (const Forgotten& user : users) setForgotten(forget, user);
  });
}

void putUnfinished(const std::string& path, const std::vector<Run>& runs) {
  inFile(path, kIsUnfinished, [&](SqliteStatement& unfinished) {
    for (const Run& run : runs) {
      unfinished.set(1, run.number);
      unfinished.run();
    }
  });
}

void putHeard(const std::string& path, const std::vector<SpoolReader::Heard>& heard) {
  inFile(path, kHear, [&](SqliteStatement& hear) {
    for (const auto& [run, user] : heard) setHeard(hear, run, user.login, user.last_heard);
  });
}

SpoolFile::SpoolFile(const std::string& path, Run run, UtcTime now) try
    : path_(withSchema(path)),
      file_(path),
      run_(std::move(run)),
      sql_(soci::sqlite3, sqliteConnectString(path)) {
  for (const char* pragma : kPragmas) sql_ << pragma;
  makeTables(sql_);
  sql_ << "INSERT OR IGNORE INTO unfinished (run) VALUES (:run)", soci::use(run_.number, "run");
  run_.beats = beginRun(sql_, run_, now);  // after it: one that is not marked has ended
  writing_ = std::make_unique<SqliteWriting>(sql_);
  const auto statement = [this](const char* text) { return std::make_unique<SqliteStatement>(sql_, text); };
  drop_logouts_ = statement("DELETE FROM logouts WHERE bare_jid = ?1 AND run = ?2");
  drop_logins_ = statement("DELETE FROM online_users WHERE bare_jid = ?1 AND run = ?2");
  drop_heard_ = statement("DELETE FROM heard WHERE run = ?1 AND login = ?2");
  hear_ = statement(kHear);
  forget_ = statement(kForget);
} catch (const soci::soci_error& e) {
  throw describe(e);
}

void SpoolFile::put(const std::vector<const News*>& news, const LastHeard& heard, UtcTime now) {
  described([&] {
    SqliteTransaction transaction(sql_);
    for (const auto& [login, at] : heard) setHeard(*hear_, run_.number, login, at);
    write(news, now, true);
    transaction.commit();
  });
  const auto wasForgotten = [](const News* one) { return one->forgotten.has_value(); };
  if (std::any_of(news.begin(), news.end(), wasForgotten)) emptyLog();
}

void SpoolFile::putLast(const std::vector<const News*>& news, UtcTime now) {
  described([&] {
    SqliteTransaction transaction(sql_);
    write(news, now, false);
    for (const char* rows : kEndRun) sql_ << rows, soci::use(run_.number, "run");
    transaction.commit();
  });
}

void SpoolFile::write(const std::vector<const News*>& news, UtcTime now, bool keep_online) {
  std::size_t at = 0;
  do {
    Batch batch;
    for (const std::size_t end = std::min(news.size(), at + kSlice); at < end; ++at) {
      makeRoomFor(*news[at]);
      add(*news[at], batch);
    }
    if (!keep_online) batch.online.clear();
    batch.now = now;
    forget(batch);
    run_.beats = writing_->write(run_, batch);
  } while (at < news.size());
}

void SpoolFile::makeRoomFor(const News& news) {
  for (SqliteStatement* drop : {drop_logouts_.get(), drop_logins_.get()}) {
    drop->set(1, news.bare_jid);
    drop->set(2, run_.number);
    drop->run();
  }
  drop_heard_->set(1, run_.number);
  for (const News::Logout& logout : news.logouts) {
    drop_heard_->set(2, static_cast<std::int64_t>(logout.login));
    drop_heard_->run();
  }
}

void SpoolFile::forget(const Batch& batch) {
  for (const Forgotten& user : batch.forgotten) setForgotten(*forget_, user);
}

/// Where the words of a deleted account are still to be read. Another time, where somebody else reads just
/// now: the log is gone with the trouble, too.
void SpoolFile::emptyLog() {
  try {
    sql_ << "PRAGMA wal_checkpoint(TRUNCATE)";
  } catch (const soci::soci_error&) {
  }
}

bool SpoolFile::hasOthers() {
  return described([&] {
    int others = 0;
    sql_ << "SELECT EXISTS (SELECT 1 FROM runs WHERE run <> :run)", soci::use(run_.number, "run"),
        soci::into(others);
    return others != 0;
  });
}

void SpoolFile::drop() {
  described([&] {
    SqliteTransaction transaction(sql_);
    for (const char* rows : kDropRun) sql_ << rows, soci::use(run_.number, "run");
    transaction.commit();
  });
  emptyLog();
}

}  // namespace liveness::store
