// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_database.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_transaction.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

constexpr const char* kUpsert =
    "INSERT INTO last_seen (bare_jid, last_heard_at, logged_out_at, cause, resource, status, "
    "offline_presence) "
    "VALUES (:bare_jid, :last_heard_at, :logged_out_at, :cause, :resource, :status, :offline_presence) "
    "ON CONFLICT (bare_jid) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "status = excluded.status, offline_presence = excluded.offline_presence";

constexpr std::size_t kSlice = 1024;  // of a batch, handed to SOCI at once; it keeps columns of it

std::string connectString(const std::string& path) {
  return path.find('=') == std::string::npos ? path : "dbname=\"" + path + '"';
}

/// A column of a batch, where SOCI reads it from. Empty texts are NULL in it.
struct Column {
  std::vector<std::string> texts;
  std::vector<soci::indicator> present;

  void resize(std::size_t n) {
    texts.resize(n);
    present.resize(n);
  }
  void set(std::size_t row, const std::string& text) {
    texts[row] = text;
    present[row] = text.empty() ? soci::i_null : soci::i_ok;
  }
};

UtcTime timeFrom(const std::string& text) {
  if (const auto time = fromUtcText(text)) return *time;
  throw DatabaseError(DatabaseError::Kind::refused,
                      "the time \"" + text + "\" in its row is none; correct it");
}

Cause causeFrom(const std::string& text) {
  if (const auto cause = causeFromString(text)) return *cause;
  throw DatabaseError(DatabaseError::Kind::refused,
                      "the cause \"" + text + "\" in its row is none; correct it");
}

}  // namespace

/// What lives from open() to close(). Members go in the order opposite to this: statements before the
/// session.
class SqliteDatabase::Connection {
 public:
  explicit Connection(const std::string& path);

  const FileIdentity& file() const noexcept { return file_; }
  void write(std::vector<const LastSeen*> records);
  std::optional<LastSeen> find(const std::string& bare_jid);

 private:
  void set(std::size_t row, const LastSeen& record);
  std::array<Column*, 7> columns() noexcept {
    return {&bare_jid_, &last_heard_at_, &logged_out_at_, &cause_, &resource_, &status_, &offline_presence_};
  }

  soci::session sql_;
  FileIdentity file_;
  Column bare_jid_, last_heard_at_, logged_out_at_, cause_, resource_, status_, offline_presence_;
  std::optional<soci::statement> upsert_;
};

SqliteDatabase::Connection::Connection(const std::string& path)
    : sql_(soci::sqlite3, connectString(path)), file_(path) {
  sql_ << "PRAGMA busy_timeout = 1000";
  const int version = checkSchema(sql_);

  // Readers and the writer do not wait for each other; one flush for each commit (see soci_store.h); the log
  // goes into the file when it has 16 MB, so that a burst of logouts does not do it after each batch.
  for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                             "PRAGMA wal_autocheckpoint = 4096", "PRAGMA journal_size_limit = 16777216"})
    sql_ << pragma;
  migrate(sql_, version);

  for (Column* c : columns()) c->resize(1);  // SOCI wants to see some when it binds
  upsert_.emplace((sql_.prepare << kUpsert, soci::use(bare_jid_.texts, bare_jid_.present, "bare_jid"),
                   soci::use(last_heard_at_.texts, last_heard_at_.present, "last_heard_at"),
                   soci::use(logged_out_at_.texts, logged_out_at_.present, "logged_out_at"),
                   soci::use(cause_.texts, cause_.present, "cause"),
                   soci::use(resource_.texts, resource_.present, "resource"),
                   soci::use(status_.texts, status_.present, "status"),
                   soci::use(offline_presence_.texts, offline_presence_.present, "offline_presence")));
}

void SqliteDatabase::Connection::write(std::vector<const LastSeen*> records) {
  // Rows that share a page of the file come together: it is read and logged once.
  std::sort(records.begin(), records.end(),
            [](const LastSeen* a, const LastSeen* b) { return a->bare_jid < b->bare_jid; });
  SqliteTransaction transaction(sql_);
  for (std::size_t at = 0; at < records.size(); at += kSlice) {
    const std::size_t rows = std::min(kSlice, records.size() - at);
    for (Column* c : columns()) c->resize(rows);
    for (std::size_t row = 0; row < rows; ++row) set(row, *records[at + row]);
    upsert_->execute(true);
  }
  transaction.commit();
}

void SqliteDatabase::Connection::set(std::size_t row, const LastSeen& record) {
  bare_jid_.set(row, record.bare_jid);
  last_heard_at_.set(row, toUtcText(record.last_heard));
  logged_out_at_.set(row, toUtcText(record.logged_out_at));
  cause_.set(row, toString(record.cause));
  resource_.set(row, record.resource);
  status_.set(row, record.status);
  offline_presence_.set(row, record.offline_presence);
}

std::optional<LastSeen> SqliteDatabase::Connection::find(const std::string& bare_jid) {
  LastSeen record;
  record.bare_jid = bare_jid;
  std::string last_heard_at, logged_out_at, cause;
  soci::indicator resource = soci::i_ok, status = soci::i_ok, offline_presence = soci::i_ok;
  sql_ << "SELECT last_heard_at, logged_out_at, cause, resource, status, offline_presence "
          "FROM last_seen WHERE bare_jid = :bare_jid",
      soci::use(bare_jid, "bare_jid"), soci::into(last_heard_at), soci::into(logged_out_at),
      soci::into(cause), soci::into(record.resource, resource), soci::into(record.status, status),
      soci::into(record.offline_presence, offline_presence);
  if (!sql_.got_data()) return std::nullopt;
  record.last_heard = timeFrom(last_heard_at);
  record.logged_out_at = timeFrom(logged_out_at);
  record.cause = causeFrom(cause);
  return record;
}

SqliteDatabase::SqliteDatabase(std::string path) : path_(std::move(path)) {}
SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::open() {
  close();
  prepareFile(path_);
  try {
    connection_ = std::make_unique<Connection>(path_);
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

void SqliteDatabase::close() noexcept {
  connection_.reset();
}

void SqliteDatabase::checkFile() const {
  if (connection_->file() == FileIdentity(path_)) return;
  throw DatabaseError(DatabaseError::Kind::away,
                      "the file was moved or deleted; a new one is made in its place");
}

void SqliteDatabase::write(const std::vector<const LastSeen*>& records) {
  checkFile();
  try {
    connection_->write(records);
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

std::optional<LastSeen> SqliteDatabase::find(const std::string& bare_jid) {
  checkFile();
  try {
    return connection_->find(bare_jid);
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

}  // namespace liveness::store
