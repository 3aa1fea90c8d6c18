// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_upkeep.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "store/sqlite_statement.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kAgain{500};  // a reader that is short
constexpr seconds kPatience{10};     // with one that is not
constexpr seconds kSeldom{5};        // from then on

constexpr long long kPages = 256;         // given back at a time: some milliseconds
constexpr long long kConvertible = 8192;  // pages in use: what is made anew in less than a second
constexpr long long kKept = 256;          // free pages that stay, for what comes next

constexpr int kBusyTimeout = 1000;  // ms, as the connection has it otherwise

constexpr std::uint64_t kMegabyte = 1024 * 1024;

long long ask(soci::session& sql, const char* pragma) {
  long long number = 0;
  sql << pragma, soci::into(number);
  return number;
}

/// To its end: SQLite does these a step at a time.
void execute(soci::session& sql, const char* text) {
  SqliteStatement(sql, text).run();
}

std::uint64_t sizeOf(const std::string& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

/// Does not wait for others. False: somebody reads what is in it, or writes.
bool checkpoint(soci::session& sql) {
  auto* connection = static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
  sqlite_api::sqlite3_busy_timeout(connection, 0);
  const int code = sqlite_api::sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                                         nullptr, nullptr);
  sqlite_api::sqlite3_busy_timeout(connection, kBusyTimeout);
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(connection), code);
  return code == SQLITE_OK;
}

}  // namespace

SqliteUpkeep::SqliteUpkeep(std::string path, std::uint64_t largest_log)
    : path_(std::move(path)), log_(path_ + "-wal"), largest_log_(largest_log) {}

Upkeep SqliteUpkeep::some(soci::session& sql, Time now) {
  Upkeep done;
  if (now >= due_) emptyLog(sql, now, done);
  if (look_for_room_) giveRoomBack(sql);
  if (look_for_room_)
    done.again = milliseconds{0};
  else if (empty_log_ || told_)
    done.again = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(due_ - now));
  return done;
}

void SqliteUpkeep::emptyLog(soci::session& sql, Time now, Upkeep& done) {
  if (std::exchange(only_opened_, false)) checkpoint(sql);
  const auto size = sizeOf(log_);
  if (!empty_log_ && size <= largest_log_ && !told_) return;
  if (checkpoint(sql)) {
    if (std::exchange(told_, false))
      done.notices.push_back({Notice::Level::info, "its log " + log_ + " can be emptied again, and is"});
    empty_log_ = false;
    held_since_.reset();
    return;
  }
  if (!held_since_) held_since_ = now;
  const bool for_long = now - *held_since_ >= kPatience;
  due_ = now + (for_long ? milliseconds{kSeldom} : kAgain);
  if (told_ || (!for_long && size <= largest_log_)) return;
  told_ = true;
  done.notices.push_back(
      {Notice::Level::warning,
       "its log " + log_ + " cannot be emptied (" + std::to_string(size / kMegabyte) +
           " MB so far), and what was deleted stays in it: another program has a transaction open on the "
           "database; let it finish, or end it"});
}

void SqliteUpkeep::giveRoomBack(soci::session& sql) {
  const auto pages = ask(sql, "PRAGMA page_count"), free = ask(sql, "PRAGMA freelist_count");
  constexpr long long kIncremental = 2;
  const bool shrinkable = ask(sql, "PRAGMA auto_vacuum") == kIncremental;
  look_for_room_ = false;
  if (!shrinkable && pages - free <= kConvertible) {
    makeShrinkable(sql);
    empty_log_ = true;
  } else if (shrinkable && free > std::max(kKept, pages / 8)) {
    execute(sql, ("PRAGMA incremental_vacuum(" + std::to_string(kPages) + ")").c_str());
    look_for_room_ = empty_log_ = true;  // the file becomes smaller when the log goes into it
  }
}

/// A file from before there was this has to be made anew for it, once. A large one is left to its operator.
void SqliteUpkeep::makeShrinkable(soci::session& sql) {
  std::error_code unknown;
  const auto disk = std::filesystem::space(path_, unknown);
  if (unknown || disk.available < 4 * sizeOf(path_)) return;
  execute(sql, "PRAGMA auto_vacuum = INCREMENTAL");
  execute(sql, "VACUUM");
}

}  // namespace liveness::store
