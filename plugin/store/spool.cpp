// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool.h"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "store/spool_reader.h"
#include "store/sqlite_database.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_transaction.h"

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = 8192;

void removeFile(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
}

/// A name is only there for good when its folder is on disk.
void flushFolder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

void putForgotten(const std::string& path, const std::vector<const News*>& all) {
  try {
    soci::session sql(soci::sqlite3, sqliteConnectString(path));
    sql << "CREATE TABLE IF NOT EXISTS forgotten (bare_jid TEXT NOT NULL PRIMARY KEY)";
    SqliteStatement forget(sql, "INSERT INTO forgotten VALUES (?1) ON CONFLICT DO NOTHING");
    SqliteTransaction transaction(sql);
    for (const News* news : all) {
      if (!news->forgotten) continue;
      forget.set(1, news->bare_jid);
      forget.run();
    }
    transaction.commit();
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

/// Where one row is refused the others are not to wait for it.
template <class Row, class Write>
void writeRows(const std::vector<Row>& rows, const Write& write) {
  try {
    write(rows);
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    if (rows.size() == 1) return;
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
    writeRows(std::vector<Row>(rows.begin(), middle), write);
    writeRows(std::vector<Row>(middle, rows.end()), write);
  }
}

}  // namespace

void Spool::put(const Run& run, const Waiting& waiting, UtcTime now, bool keep_history) const {
  const std::string part = path_ + ".part";
  removeFile(part);
  if (std::filesystem::exists(path_)) {
    SqliteDatabase before(path_);
    before.open();
    before.close();  // now it is one file, without a log that would be taken for the next one's
    std::filesystem::copy_file(path_, part);
  }

  SqliteDatabase file(part);
  file.open();
  Run ended = run;
  ended.beats = file.beginRun(run, now);
  const auto all = waiting.some(waiting.size());
  putForgotten(part, all);
  for (std::size_t at = 0; at < all.size(); at += kSlice) {
    Batch batch;
    for (std::size_t i = at; i < std::min(all.size(), at + kSlice); ++i) add(*all[i], batch);
    batch.online.clear();
    batch.now = now;
    batch.keep_history = keep_history;
    file.write(ended, batch);
  }
  file.close();
  std::filesystem::rename(part, path_);
  flushFolder(path_);
}

std::optional<std::uint64_t> Spool::takeIn(Database& database, UtcTime now, bool keep_history) const {
  if (!wanted() || !std::filesystem::exists(path_)) return std::nullopt;
  std::uint64_t logouts = 0, users = 0;
  {
    SpoolReader file(path_);
    Batch common;
    common.now = now;
    common.keep_history = keep_history;
    common.late = true;

    const auto forgotten = file.forgotten();
    bool forget = !forgotten.empty();
    for (const Run& ended : file.runs()) {
      Run run = ended;
      run.beats = 0;
      run.beats = database.beginRun(run, now);
      if (std::exchange(forget, false)) {
        Batch batch = common;
        for (const std::string& user : forgotten) batch.forgotten.push_back(&user);
        run.beats = database.write(run, batch);
      }
      for (auto slice = file.logouts(run, kSlice); !slice.empty(); slice = file.logouts(run, kSlice)) {
        logouts += slice.size();
        writeRows(slice, [&](const std::vector<News::Logout>& rows) {
          Batch batch = common;
          for (const auto& [login, record] : rows) batch.ended.push_back({login, &record});
          run.beats = database.write(run, batch);
        });
      }
      database.endRun(run);
    }
    if (!file.runs().empty()) {
      Run last = file.runs().back();
      last.beats = 0;
      last.beats = database.beginRun(last, now);
      for (auto slice = file.lastSeen(kSlice); !slice.empty(); slice = file.lastSeen(kSlice)) {
        users += slice.size();
        writeRows(slice, [&](const std::vector<LastSeen>& rows) {
          Batch batch = common;
          for (const LastSeen& record : rows) batch.last_seen.push_back(&record);
          last.beats = database.write(last, batch);
        });
      }
      database.endRun(last);
    }
  }
  try {
    removeFile(path_);
  } catch (const std::filesystem::filesystem_error& e) {
    throw SpoolError(std::string("it was taken in, but cannot be deleted: ") + e.code().message());
  }
  flushFolder(path_);
  return std::max(logouts, users);
}

}  // namespace liveness::store
