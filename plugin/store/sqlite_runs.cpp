// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_runs.h"

#include <algorithm>
#include <string>

#include "store/sqlite_statement.h"
#include "store/sqlite_transaction.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

constexpr const char* kBegin =
    "INSERT INTO runs (run, node, domain, started_at, beats, beat_at) "
    "VALUES (:run, :node, :domain, :now, :beats + 1, :now) "
    "ON CONFLICT (run) DO UPDATE SET beats = max(runs.beats, :beats) + 1, beat_at = excluded.beat_at, "
    "taken_by = NULL";

// Who wakes up finds itself taken at its next beat.
constexpr const char* kTake =
    "UPDATE runs SET taken_by = ?3 WHERE run = ?1 AND beats = ?2 AND ifnull(taken_by, 0) IN (?3, ?4)";

// Those who are left by the run that died are not many, and come in the order in which they lie.
constexpr const char* kLastOfThem =
    "SELECT count(*), max(login) FROM "
    "(SELECT login FROM online_users WHERE run = :run ORDER BY login LIMIT :limit)";

constexpr const char* kRemember =
    "INSERT INTO logouts (bare_jid, run, login, last_heard_at, logged_out_at, cause, resource, node) "
    "SELECT bare_jid, run, login, min(last_heard_at, ?3), min(max(last_heard_at, ?4), ?3), "
    "'server_crashed', resource, ?5 FROM online_users WHERE run = ?1 AND login <= ?2 "
    "ON CONFLICT (bare_jid, run, login) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, resource = excluded.resource "
    "WHERE logouts.cause = 'server_crashed'";

constexpr const char* kSee =
    "INSERT INTO last_seen (bare_jid, last_heard_at, logged_out_at, cause, resource, node) "
    "SELECT o.bare_jid, min(o.last_heard_at, ?3), min(max(o.last_heard_at, ?4), ?3), "
    "'server_crashed', o.resource, ?5 "
    "FROM online_users AS o LEFT JOIN last_seen AS s ON s.bare_jid = o.bare_jid "
    "WHERE o.run = ?1 AND o.login <= ?2 AND (s.bare_jid IS NULL OR NOT "
    "(s.logged_out_at > o.available_since AND s.logged_out_at >= o.last_heard_at AND s.logged_out_at <= ?3 "
    "AND NOT (s.cause = 'server_crashed' AND s.node IS ?5 "
    "AND s.logged_out_at < min(max(o.last_heard_at, ?4), ?3)))) "
    "ORDER BY o.login "
    "ON CONFLICT (bare_jid) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "node = excluded.node, evidence = NULL";

void putOnRecord(soci::session& sql, const char* statement, const Run& dead, std::int64_t last, UtcTime now) {
  SqliteStatement put(sql, statement);
  put.set(1, dead.number);
  put.set(2, last);
  put.set(3, now);
  put.set(4, dead.beat_at);
  put.set(5, dead.node);
  put.run();
}

}  // namespace

std::uint64_t beginRun(soci::session& sql, const Run& run, UtcTime now) {
  const std::string at = toUtcText(now);
  auto beats = static_cast<long long>(run.beats);
  SqliteTransaction transaction(sql);
  sql << kBegin, soci::use(run.number, "run"), soci::use(run.node, "node"), soci::use(run.domain, "domain"),
      soci::use(at, "now"), soci::use(beats, "beats");
  sql << "SELECT beats FROM runs WHERE run = :run", soci::use(run.number, "run"), soci::into(beats);
  transaction.commit();
  return static_cast<std::uint64_t>(beats);
}

std::size_t recover(soci::session& sql, const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                    bool keep_history) {
  SqliteTransaction transaction(sql);
  SqliteStatement take(sql, kTake);
  take.set(1, dead.number);
  take.set(2, static_cast<std::int64_t>(dead.beats));
  take.set(3, taker);
  take.set(4, dead.taken_by);
  if (take.run() == 0) return 0;

  long long count = 0, last = 0;
  soci::indicator any = soci::i_null;
  const auto most = static_cast<long long>(limit);
  sql << kLastOfThem, soci::use(dead.number, "run"), soci::use(most, "limit"), soci::into(count),
      soci::into(last, any);
  if (count != 0) {
    if (keep_history) putOnRecord(sql, kRemember, dead, last, now);
    putOnRecord(sql, kSee, dead, last, now);
    sql << "DELETE FROM online_users WHERE run = :run AND login <= :last", soci::use(dead.number, "run"),
        soci::use(last, "last");
  }
  if (count < most) sql << "DELETE FROM runs WHERE run = :run", soci::use(dead.number, "run");
  transaction.commit();
  return static_cast<std::size_t>(count);
}

void endRun(soci::session& sql, const Run& run) {
  SqliteTransaction transaction(sql);
  for (const char* rows : {"DELETE FROM online_users WHERE run = :run", "DELETE FROM runs WHERE run = :run"})
    sql << rows, soci::use(run.number, "run");
  transaction.commit();
}

Database::Purged purge(soci::session& sql, UtcTime from, UtcTime before, std::size_t limit) {
  const std::string first = toUtcText(from), end = toUtcText(before);
  const auto most = static_cast<long long>(limit);
  std::string at, latest;
  std::size_t rows = 0;
  SqliteTransaction transaction(sql);
  soci::statement purge =
      (sql.prepare << "DELETE FROM logouts WHERE rowid IN (SELECT rowid FROM logouts WHERE logged_out_at >= "
                      ":first AND logged_out_at < :end ORDER BY logged_out_at LIMIT :most) "
                      "RETURNING logged_out_at",
       soci::use(first, "first"), soci::use(end, "end"), soci::use(most, "most"), soci::into(at));
  for (purge.execute(); purge.fetch(); ++rows) latest = std::max(latest, at);
  transaction.commit();
  // A time that no record may have is passed at the next look, from the oldest one on.
  return {rows, fromUtcText(latest).value_or(from)};
}

}  // namespace liveness::store
