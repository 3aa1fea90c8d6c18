// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_reader.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "store/sqlite_database.h"
#include "store/sqlite_errors.h"
#include "store/sqlite_file.h"

namespace liveness::store {

template <class What>
auto SpoolReader::reading(What what) {
  try {
    return what();
  } catch (const soci::soci_error& e) {
    throw SpoolError(describe(e).what());
  } catch (const DatabaseError& e) {
    throw SpoolError(e.what());
  }
}

SpoolReader::SpoolReader(const std::string& path) : path_(path) {
  reading([&] {
    SqliteDatabase file(path);
    file.open();  // brings an older one's schema up to date
    runs_ = file.runs();
    file.close();
    sql_.emplace(soci::sqlite3, sqliteConnectString(path));
    *sql_ << "PRAGMA busy_timeout = 1000";
  });
  std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.beat_at < b.beat_at; });
}

std::vector<std::string> SpoolReader::forgotten() {
  return reading([&] {
    std::vector<std::string> users;
    std::string user;
    soci::statement all = (sql_->prepare << "SELECT bare_jid FROM forgotten", soci::into(user));
    for (all.execute(); all.fetch();) users.push_back(user);
    return users;
  });
}

std::vector<News::Logout> SpoolReader::logouts(const Run& run, std::size_t most) {
  return reading([&] {
    if (!logouts_) {
      logouts_.emplace(
          (sql_->prepare
               << "SELECT bare_jid, login, last_heard_at, logged_out_at, cause, evidence, resource, status "
                  "FROM logouts WHERE run = :run",
           soci::use(run.number, "run"), soci::into(row_.record.bare_jid), soci::into(login_),
           soci::into(row_.last_heard_at), soci::into(row_.logged_out_at), soci::into(row_.cause),
           soci::into(row_.evidence, row_.has_evidence), soci::into(row_.record.resource, row_.resource),
           soci::into(row_.record.status, row_.status)));
      logouts_->execute();
    }
    row_.offline_presence = soci::i_null;
    std::vector<News::Logout> slice;
    while (slice.size() < most && logouts_->fetch())
      slice.push_back({static_cast<std::uint64_t>(login_), row_.read()});
    if (slice.empty()) logouts_.reset();
    return slice;
  });
}

std::vector<LastSeen> SpoolReader::lastSeen(std::size_t most) {
  return reading([&] {
    if (!last_seen_) {
      last_seen_.emplace(
          (sql_->prepare << "SELECT bare_jid, last_heard_at, logged_out_at, cause, evidence, resource, "
                            "status, offline_presence FROM last_seen",
           soci::into(row_.record.bare_jid), soci::into(row_.last_heard_at), soci::into(row_.logged_out_at),
           soci::into(row_.cause), soci::into(row_.evidence, row_.has_evidence),
           soci::into(row_.record.resource, row_.resource), soci::into(row_.record.status, row_.status),
           soci::into(row_.record.offline_presence, row_.offline_presence)));
      last_seen_->execute();
    }
    std::vector<LastSeen> slice;
    while (slice.size() < most && last_seen_->fetch()) slice.push_back(row_.read());
    return slice;
  });
}

}  // namespace liveness::store
