// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_writing.h"

#include <algorithm>
#include <unordered_map>

#include "store/database.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

constexpr const char* kBeat =
    "UPDATE runs SET beats = beats + 1, beat_at = ?2 WHERE run = ?1 AND beats >= ?3 AND taken_by IS NULL";

constexpr const char* kForgetLastSeen =
    "DELETE FROM last_seen WHERE bare_jid = ?1 AND NOT (logged_out_at > ?2 AND logged_out_at <= ?3)";
constexpr const char* kForgetLogouts =
    "DELETE FROM logouts WHERE bare_jid = ?1 AND NOT (logged_out_at > ?2 AND logged_out_at <= ?3)";

constexpr const char* kEnd = "DELETE FROM online_users WHERE run = ?1 AND login = ?2";

constexpr const char* kRemember =
    "INSERT INTO logouts (bare_jid, run, login, last_heard_at, logged_out_at, cause, resource, status, node, "
    "evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (bare_jid, run, login) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "status = excluded.status, evidence = excluded.evidence WHERE logouts.cause = 'server_crashed'";

constexpr const char* kSee =
    "INSERT INTO last_seen (bare_jid, last_heard_at, logged_out_at, cause, resource, status, "
    "offline_presence, node, evidence, account) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?11, ?12) "
    "ON CONFLICT (bare_jid) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "status = excluded.status, offline_presence = excluded.offline_presence, node = excluded.node, "
    "evidence = excluded.evidence, account = excluded.account "
    "WHERE NOT (last_seen.logged_out_at > excluded.logged_out_at AND last_seen.logged_out_at <= ?9 "
    "AND (?10 OR last_seen.node IS NOT excluded.node))";

constexpr const char* kBegin =
    "INSERT INTO online_users (run, login, bare_jid, resource, available_since, last_heard_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (run, login) DO UPDATE SET bare_jid = excluded.bare_jid, "
    "resource = excluded.resource, available_since = excluded.available_since, "
    "last_heard_at = excluded.last_heard_at";

// ?1 of the run ?2 and the node ?6 has been here since ?4, with the login ?3.
constexpr const char* kForgetFalseEnd =
    "DELETE FROM logouts WHERE bare_jid = ?1 AND cause = 'server_crashed' AND ((run = ?2 AND login = ?3) "
    "OR (node IS ?6 AND logged_out_at >= ?4 AND logged_out_at <= ?5))";

constexpr const char* kSeeAgain =
    "UPDATE last_seen SET (last_heard_at, logged_out_at, cause, resource, node, evidence) = "
    "(SELECT last_heard_at, logged_out_at, cause, resource, node, evidence FROM logouts "
    "WHERE bare_jid = ?1 AND logged_out_at <= ?3 ORDER BY logged_out_at DESC, login DESC LIMIT 1) "
    "WHERE bare_jid = ?1 AND cause = 'server_crashed' AND node IS ?4 "
    "AND logged_out_at >= ?2 AND logged_out_at <= ?3 "
    "AND EXISTS (SELECT * FROM logouts WHERE bare_jid = ?1 AND logged_out_at <= ?3)";

constexpr const char* kForgetFalseSeen =
    "DELETE FROM last_seen WHERE bare_jid = ?1 AND cause = 'server_crashed' AND node IS ?4 "
    "AND logged_out_at >= ?2 AND logged_out_at <= ?3";

constexpr const char* kHear = "UPDATE online_users SET last_heard_at = ?3 WHERE run = ?1 AND login = ?2";

constexpr const char* kForgetConnected =
    "DELETE FROM connected_users WHERE bare_jid = ?1 AND NOT (last_heard_at > ?2 AND last_heard_at <= ?3)";

// Where another run has the user here as well, its word stays.
constexpr const char* kConnect =
    "INSERT INTO connected_users (bare_jid, run, last_heard_at, ended_at, cause, resource) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (bare_jid) DO UPDATE SET run = "
    "CASE WHEN excluded.run IS NULL AND connected_users.run <> ?7 THEN connected_users.run "
    "ELSE excluded.run END, "
    "last_heard_at = excluded.last_heard_at, ended_at = excluded.ended_at, cause = excluded.cause, "
    "resource = excluded.resource";

std::int64_t number(std::uint64_t login) {
  return static_cast<std::int64_t>(login);
}

}  // namespace

SqliteWriting::SqliteWriting(soci::session& sql)
    : sql_(sql),
      beat_(sql, kBeat),
      forget_last_seen_(sql, kForgetLastSeen),
      forget_logouts_(sql, kForgetLogouts),
      replace_(sql, "DELETE FROM logouts WHERE bare_jid = ?1 AND run = ?2 AND login = ?3"),
      forget_connected_(sql, kForgetConnected),
      end_(sql, kEnd),
      remember_(sql, kRemember),
      see_(sql, kSee),
      begin_(sql, kBegin),
      hear_(sql, kHear),
      connect_(sql, kConnect),
      forget_false_end_(sql, kForgetFalseEnd),
      see_again_(sql, kSeeAgain),
      forget_false_seen_(sql, kForgetFalseSeen) {}

std::uint64_t SqliteWriting::write(const Run& run, const Batch& batch) {
  beat(run, batch.now);
  if (!batch.forgotten.empty()) forget(batch);
  end(run, batch);
  see(run, batch);
  begin(run, batch);
  hear_.set(1, run.number);
  for (const Store::LastHeard& heard : batch.heard) {
    hear_.set(2, number(heard.login));
    hear_.set(3, heard.last_heard);
    hear_.run();
  }
  connect(run, batch);
  long long beats = 0;
  sql_ << "SELECT beats FROM runs WHERE run = :run", soci::use(run.number, "run"), soci::into(beats);
  return static_cast<std::uint64_t>(beats);
}

void SqliteWriting::beat(const Run& run, UtcTime now) {
  beat_.set(1, run.number);
  beat_.set(2, now);
  beat_.set(3, number(run.beats));
  if (beat_.run() == 1) return;
  throw DatabaseError(DatabaseError::Kind::lost,
                      "the row of this server in its table runs is gone, or taken by another");
}

void SqliteWriting::forget(const Batch& batch) {
  std::unordered_map<std::string, std::string> forgotten_at;
  for (const auto& [bare_jid, at] : batch.forgotten) {
    forgotten_at[bare_jid] = toUtcText(at);
    for (SqliteStatement* forget : {&forget_last_seen_, &forget_logouts_, &forget_connected_}) {
      forget->set(1, bare_jid);
      forget->set(2, at);
      forget->set(3, batch.now);
      forget->run();
    }
  }
  // One look at everybody for all of them: accounts are deleted too rarely to pay for an index at each login.
  const std::string now = toUtcText(batch.now);
  std::string name, since;
  long long run = 0, login = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> logins;
  soci::statement all = (sql_.prepare << "SELECT bare_jid, run, login, available_since FROM online_users",
                         soci::into(name), soci::into(run), soci::into(login), soci::into(since));
  for (all.execute(); all.fetch();) {
    const auto found = forgotten_at.find(name);
    if (found != forgotten_at.end() && !(since > found->second && since <= now))
      logins.emplace_back(run, login);
  }
  for (const auto& [of_run, ended] : logins) {
    end_.set(1, of_run);
    end_.set(2, ended);
    end_.run();
  }
}

void SqliteWriting::end(const Run& run, const Batch& batch) {
  // Rows that share a page of the file come together: it is read and logged once.
  auto sorted = batch.ended;
  std::sort(sorted.begin(), sorted.end(),
            [](const Batch::Ended& a, const Batch::Ended& b) { return a.login < b.login; });
  end_.set(1, run.number);
  for (const Batch::Ended& ended : sorted) {
    end_.set(2, number(ended.login));
    end_.run();
  }
  if (!batch.keep_history) return;

  std::stable_sort(sorted.begin(), sorted.end(), [](const Batch::Ended& a, const Batch::Ended& b) {
    return a.record->bare_jid < b.record->bare_jid;
  });
  replace_.set(2, run.number);
  remember_.set(2, run.number);
  remember_.set(9, run.node);
  for (const Batch::Ended& ended : sorted) {
    if (!ended.remembered) continue;
    const LastSeen& record = *ended.record;
    if (ended.replaces != 0) {
      replace_.set(1, record.bare_jid);
      replace_.set(3, number(ended.replaces));
      replace_.run();
    }
    remember_.set(1, record.bare_jid);
    remember_.set(3, number(ended.login));
    remember_.set(4, record.last_heard);
    remember_.set(5, record.logged_out_at);
    remember_.set(6, toString(record.cause));
    remember_.set(7, record.resource);
    remember_.set(8, record.status);
    remember_.set(10, toString(record.evidence));
    remember_.run();
  }
}

void SqliteWriting::see(const Run& run, const Batch& batch) {
  auto by_user = batch.last_seen;
  std::sort(by_user.begin(), by_user.end(),
            [](const LastSeen* a, const LastSeen* b) { return a->bare_jid < b->bare_jid; });
  see_.set(8, run.node);
  see_.set(9, batch.now);
  see_.set(10, std::int64_t{batch.late});
  for (const LastSeen* record : by_user) {
    see_.set(1, record->bare_jid);
    see_.set(2, record->last_heard);
    see_.set(3, record->logged_out_at);
    see_.set(4, toString(record->cause));
    see_.set(5, record->resource);
    see_.set(6, record->status);
    see_.set(7, record->offline_presence);
    see_.set(11, toString(record->evidence));
    if (record->account != 0)
      see_.set(12, number(record->account));
    else
      see_.set(12, "");
    see_.run();
  }
}

void SqliteWriting::begin(const Run& run, const Batch& batch) {
  forget_false_end_.set(2, run.number);
  forget_false_end_.set(5, batch.now);
  forget_false_end_.set(6, run.node);
  for (SqliteStatement* of_seen : {&see_again_, &forget_false_seen_}) {
    of_seen->set(3, batch.now);
    of_seen->set(4, run.node);
  }
  begin_.set(1, run.number);
  for (const Store::Online* user : batch.online) {
    begin_.set(2, number(user->login));
    begin_.set(3, user->bare_jid);
    begin_.set(4, user->resource);
    begin_.set(5, user->available_since);
    begin_.set(6, user->last_heard);
    begin_.run();
    if (user->available_since >= run.begun_at) continue;
    forget_false_end_.set(1, user->bare_jid);
    forget_false_end_.set(3, number(user->login));
    forget_false_end_.set(4, user->available_since);
    forget_false_end_.run();
    for (SqliteStatement* of_seen : {&see_again_, &forget_false_seen_}) {
      of_seen->set(1, user->bare_jid);
      of_seen->set(2, user->available_since);
      of_seen->run();
    }
  }
}

void SqliteWriting::connect(const Run& run, const Batch& batch) {
  connect_.set(7, run.number);
  for (const Store::Connected* user : batch.connected) {
    connect_.set(1, user->bare_jid);
    if (user->here)
      connect_.set(2, run.number);
    else
      connect_.set(2, "");
    connect_.set(3, user->last_heard);
    connect_.set(4, user->ended_at);
    connect_.set(5, toString(user->cause));
    connect_.set(6, user->resource);
    connect_.run();
  }
}

}  // namespace liveness::store
