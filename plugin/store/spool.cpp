// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool.h"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "store/counted.h"
#include "store/spool_reader.h"
#include "store/spool_transfer.h"
#include "store/sqlite_database.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_transaction.h"

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = 8192;

/// A name is only there for good when its folder is on disk.
void flushFolder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

void putForgotten(const std::string& path, const std::vector<Forgotten>& users) {
  try {
    soci::session sql(soci::sqlite3, sqliteConnectString(path));
    sql << "CREATE TABLE IF NOT EXISTS forgotten (bare_jid TEXT NOT NULL PRIMARY KEY, forgotten_at TEXT)";
    int dated = 0;  // in a file of an earlier version
    sql << "SELECT count(*) FROM pragma_table_info('forgotten') WHERE name = 'forgotten_at'",
        soci::into(dated);
    if (dated == 0) sql << "ALTER TABLE forgotten ADD COLUMN forgotten_at TEXT";
    SqliteStatement forget(sql,
                           "INSERT INTO forgotten (bare_jid, forgotten_at) VALUES (?1, ?2) "
                           "ON CONFLICT (bare_jid) DO UPDATE SET forgotten_at = excluded.forgotten_at");
    SqliteTransaction transaction(sql);
    for (const auto& [bare_jid, at] : users) {
      forget.set(1, bare_jid);
      forget.set(2, at);
      forget.run();
    }
    transaction.commit();
  } catch (const soci::soci_error& e) {
    throw describe(e);
  }
}

void putNews(SqliteDatabase& file, const Run& run, const Waiting& waiting, UtcTime now, bool keep_history) {
  Run ended = run;
  ended.beats = file.beginRun(run, now);
  const auto all = waiting.some(waiting.size());
  std::vector<Forgotten> forgotten;
  for (const News* news : all)
    if (news->forgotten) forgotten.push_back({news->bare_jid, *news->forgotten});
  putForgotten(file.name(), forgotten);
  for (std::size_t at = 0; at < all.size(); at += kSlice) {
    Batch batch;
    for (std::size_t i = at; i < std::min(all.size(), at + kSlice); ++i) add(*all[i], batch);
    batch.online.clear();
    batch.now = now;
    batch.keep_history = keep_history;
    file.write(ended, batch);
  }
}

Spool::Taken came(const SpoolTransfer& of, const SpoolReader& file) {
  return {of.records(), of.refused(), of.whyRefused(), file.damage(), ""};
}

/// All that can be read of a file that cannot be added to.
Spool::Taken salvage(const std::string& path, SqliteDatabase& into, UtcTime now, bool keep_history) {
  try {
    SpoolReader file(path);
    SpoolTransfer transfer(file, into, now, keep_history);
    putForgotten(into.name(), file.forgotten());
    for (const Run& run : file.runs()) into.beginRun(run, run.beat_at);
    transfer.giveLogouts();
    transfer.giveLastSeen();
    return came(transfer, file);
  } catch (const SpoolError& e) {
    Spool::Taken nothing;
    nothing.damage = e.what();
    return nothing;
  }
}

bool isThere(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

std::optional<Spool::Taken> Spool::put(const Run& run, const Waiting& waiting, UtcTime now,
                                       bool keep_history) const {
  const std::string part = path_ + ".part";
  std::optional<std::string> why_not;
  if (isThere(path_)) {
    try {
      copyTo(part);
      SqliteDatabase file(part);
      file.open();
      putNews(file, run, waiting, now, keep_history);
    } catch (const std::exception& e) {
      if (!std::filesystem::is_regular_file(path_)) throw;
      why_not = e.what();
    }
  }
  std::optional<Taken> before;
  if (why_not || !isThere(path_)) {
    removeFile(part);
    SqliteDatabase file(part);
    file.open();
    if (why_not) {
      before = salvage(path_, file, now, keep_history);
      if (before->damage.empty()) before->damage = *why_not;
    }
    putNews(file, run, waiting, now, keep_history);
  }
  if (before) before->aside = setAside(path_);
  std::filesystem::rename(part, path_);
  flushFolder(path_);
  return before;
}

void Spool::copyTo(const std::string& part) const {
  removeFile(part);
  SqliteDatabase before(path_);
  before.open();
  before.close();  // now it is one file, without a log that would be taken for the next one's
  std::filesystem::copy_file(path_, part);
}

std::optional<Spool::Taken> Spool::takeIn(Database& database, UtcTime now, bool keep_history) const {
  if (!wanted() || !isThere(path_)) return std::nullopt;
  Taken taken;
  try {
    SpoolReader file(path_);
    SpoolTransfer transfer(file, database, now, keep_history);
    transfer.forget(file.forgotten());
    transfer.giveLogouts();
    transfer.giveLastSeen();
    transfer.endRuns();
    taken = came(transfer, file);
  } catch (const SpoolError& e) {
    if (!e.spoiled) throw;
    taken.damage = e.what();
  }
  try {
    if (taken.damage.empty() && taken.refused == 0)
      removeFile(path_);
    else
      taken.aside = setAside(path_);
  } catch (const std::filesystem::filesystem_error& e) {
    throw SpoolError("it was taken in, but cannot be deleted or renamed: " + e.code().message(), false);
  }
  flushFolder(path_);
  return taken;
}

std::string describe(const Spool::Taken& taken) {
  std::string text = records(taken.records) + " of it could be taken in";
  if (taken.refused != 0) text += ", " + records(taken.refused) + " refused; the last: " + taken.why_refused;
  if (!taken.damage.empty()) text += "; the rest is spoiled: " + taken.damage;
  return text + ". The file is now " + taken.aside;
}

}  // namespace liveness::store
