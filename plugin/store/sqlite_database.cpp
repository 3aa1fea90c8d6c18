// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_database.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <utility>

#include "store/rows.h"
#include "store/sql_questions.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"
#include "store/sqlite_functions.h"
#include "store/sqlite_questions.h"
#include "store/sqlite_runs.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_transaction.h"
#include "store/sqlite_writing.h"

namespace liveness::store {

namespace {

// Readers and the writer do not wait for each other; one flush for each commit (see soci_store.h). The log
// goes into the file when it has 64 MB, so that a burst of logouts does not do it after each batch, and what
// a batch touches is read once. What is deleted is overwritten; and a new file is one that can become smaller
// (sqlite_upkeep.h), which has to be said before there is anything in it.
constexpr const char* kPragmas[] = {
    "PRAGMA auto_vacuum = INCREMENTAL",  "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = WAL",         "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 16384", "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -65536"};

constexpr std::chrono::seconds kUpkeepAgain{60};  // where it failed

}  // namespace

/// What lives from open() to close().
class SqliteDatabase::Connection {
 public:
  explicit Connection(const std::string& path) : sql_(soci::sqlite3, sqliteConnectString(path)), file_(path) {
    sql_ << "PRAGMA busy_timeout = 1000";
    addFunctions(sql_);
  }

  void prepareToWrite() {
    const int version = checkSchema(sql_);
    for (const char* pragma : kPragmas) sql_ << pragma;
    migrate(sql_, version);
    writing_ = std::make_unique<SqliteWriting>(sql_);
  }
  void prepareToRead() {
    checkSchemaIsNew(sql_);
    for (const char* pragma : {"PRAGMA query_only = 1", "PRAGMA cache_size = -16384"}) sql_ << pragma;
  }

  soci::session& sql() noexcept { return sql_; }
  const FileIdentity& file() const noexcept { return file_; }

  std::uint64_t write(const Run& run, const Batch& batch) {
    SqliteTransaction transaction(sql_);
    const auto beats = writing_->write(run, batch);
    transaction.commit();
    return beats;
  }

 private:
  soci::session sql_;
  FileIdentity file_;
  std::unique_ptr<SqliteWriting> writing_;  // goes before the session that its statements are of
};

SqliteDatabase::SqliteDatabase(std::string path, std::uint64_t largest_log)
    : path_(std::move(path)), name_lock_(path_), upkeep_(path_, largest_log) {}
SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::open() {
  close();
  prepareFile(path_);
  connect(&Connection::prepareToWrite);
  upkeep_.onOpened();
}

void SqliteDatabase::openToRead() {
  close();
  checkFileExists(path_);
  connect(&Connection::prepareToRead);
}

void SqliteDatabase::connect(void (Connection::*prepare)()) {
  try {
    connection_ = std::make_unique<Connection>(path_);
    (*connection_.*prepare)();
  } catch (const soci::soci_error& e) {
    close();
    throw describe(e);
  } catch (...) {
    close();
    throw;
  }
}

void SqliteDatabase::close() noexcept {
  connection_.reset();
}

template <class What>
auto SqliteDatabase::with(What what) {
  if (!(connection_->file() == FileIdentity(path_)))
    throw DatabaseError(DatabaseError::Kind::away,
                        "the file was moved or deleted; a new one is made in its place");
  try {
    return what(*connection_);
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

bool SqliteDatabase::takeName(const Run& run) {
  return name_lock_.take(run);
}

/// The kernel knows who lives.
void SqliteDatabase::freeName(const Run&) {}

void SqliteDatabase::letGo() noexcept {
  close();
  name_lock_.letGo();
}

std::uint64_t SqliteDatabase::beginRun(const Run& run, UtcTime now) {
  return with([&](Connection& c) { return store::beginRun(c.sql(), run, now); });
}

std::uint64_t SqliteDatabase::write(const Run& run, const Batch& batch) {
  const auto beats = with([&](Connection& c) { return c.write(run, batch); });
  if (!batch.forgotten.empty()) upkeep_.onForgotten();
  return beats;
}

std::vector<Run> SqliteDatabase::runs() {
  return with([&](Connection& c) { return store::runs(c.sql(), kSqlite); });
}

std::size_t SqliteDatabase::recover(const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                                    bool keep_history) {
  return with([&](Connection& c) { return store::recover(c.sql(), dead, taker, now, limit, keep_history); });
}

void SqliteDatabase::endRun(const Run& run) {
  with([&](Connection& c) { store::endRun(c.sql(), run); });
}

Database::Purged SqliteDatabase::purge(UtcTime from, UtcTime before, std::size_t limit) {
  const auto purged = with([&](Connection& c) { return store::purge(c.sql(), from, before, limit); });
  if (purged.rows != 0) upkeep_.onPurged();
  return purged;
}

Upkeep SqliteDatabase::keepUp() {
  try {
    return with([&](Connection& c) { return upkeep_.some(c.sql(), std::chrono::steady_clock::now()); });
  } catch (const DatabaseError&) {  // whoever writes next hears of it
    return {{}, kUpkeepAgain};
  }
}

std::optional<LastSeen> SqliteDatabase::find(const std::string& bare_jid) {
  return with([&](Connection& c) { return store::find(c.sql(), kSqlite, bare_jid); });
}

std::vector<LastSeen> SqliteDatabase::history(const std::string& bare_jid, std::size_t limit) {
  return with([&](Connection& c) { return store::history(c.sql(), kSqlite, bare_jid, limit); });
}

Store::Inactive SqliteDatabase::inactive(const std::string& domain, UtcTime before, std::size_t limit) {
  return with([&](Connection& c) { return store::inactive(c.sql(), kSqlite, domain, before, limit); });
}

std::vector<std::uint64_t> SqliteDatabase::active(const std::string& domain,
                                                  const std::vector<UtcTime>& since) {
  return with([&](Connection& c) { return store::active(c.sql(), kSqlite, domain, since); });
}

std::vector<std::string> SqliteDatabase::unknown(const std::vector<std::string>& bare_jids) {
  return with([&](Connection& c) { return store::unknown(c.sql(), bare_jids); });
}

FoundUsers SqliteDatabase::users(const std::string& domain, const UsersQuestion& question) {
  return with([&](Connection& c) { return store::users(c.sql(), kSqlite, domain, question); });
}

}  // namespace liveness::store
