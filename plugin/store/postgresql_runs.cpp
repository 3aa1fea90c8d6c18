// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_runs.h"

#include <string>

#include "store/postgresql_transaction.h"
#include "store/postgresql_values.h"

namespace liveness::store::postgresql {

namespace {

constexpr const char* kBegin =
    "INSERT INTO liveness.runs (run, node, domain, started_at, beats, beat_at) "
    "VALUES (:run, :node, :domain, CAST(:now AS timestamptz), CAST(:beats AS bigint) + 1, "
    "CAST(:now AS timestamptz)) "
    "ON CONFLICT (run) DO UPDATE SET beats = greatest(runs.beats, CAST(:beats AS bigint)) + 1, "
    "beat_at = excluded.beat_at, taken_by = NULL RETURNING beats";

// Locks the row: a run that is being recovered cannot beat meanwhile, and finds itself taken at its next. One
// that somebody else has locked beats just now, or is being recovered already.
constexpr const char* kTake =
    "WITH dead AS (SELECT run FROM liveness.runs WHERE run = :run AND beats = :beats "
    "AND coalesce(taken_by, 0) IN (CAST(:taker AS bigint), CAST(:taken_by AS bigint)) "
    "FOR UPDATE SKIP LOCKED) "
    "UPDATE liveness.runs SET taken_by = CAST(:taker AS bigint) FROM dead WHERE runs.run = dead.run "
    "RETURNING runs.run";

// The last login of a user first, in case there are several: it is what counts, and the others then find it.
// Each row is judged when it is locked, so that what another server writes in between is seen.
constexpr const char* kRecover =
    "WITH moment AS (SELECT CAST(:now AS timestamptz) AS now, CAST(:beat_at AS timestamptz) AS beat_at), "
    "left_behind AS (SELECT login FROM liveness.online_users WHERE run = :run ORDER BY login DESC LIMIT "
    ":limit), "
    "taken AS (DELETE FROM liveness.online_users USING left_behind, moment "
    "WHERE online_users.run = :run AND online_users.login = left_behind.login "
    "RETURNING run, online_users.login, bare_jid, resource, available_since, last_heard_at, "
    "least(last_heard_at, now) AS heard_at, least(greatest(last_heard_at, beat_at), now) AS gone_at), "
    "remembered AS (INSERT INTO liveness.logouts "
    "(bare_jid, run, login, last_heard_at, logged_out_at, cause, resource, node) "
    "SELECT bare_jid, run, login, heard_at, gone_at, 'server_crashed', resource, CAST(:node AS text) "
    "FROM taken WHERE CAST(:keep_history AS integer) <> 0 "
    "ON CONFLICT (bare_jid, run, login) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, resource = excluded.resource "
    "WHERE logouts.cause = 'server_crashed'), "
    "latest AS (SELECT DISTINCT ON (bare_jid) * FROM taken ORDER BY bare_jid, login DESC), "
    "changed AS (UPDATE liveness.last_seen SET last_heard_at = heard_at, logged_out_at = gone_at, "
    "cause = 'server_crashed', evidence = NULL, resource = latest.resource, node = CAST(:node AS text) "
    "FROM latest, moment "
    "WHERE last_seen.bare_jid = latest.bare_jid AND NOT (last_seen.logged_out_at > latest.available_since "
    "AND last_seen.logged_out_at >= latest.last_heard_at AND last_seen.logged_out_at <= now "
    "AND NOT (last_seen.cause = 'server_crashed' AND last_seen.node IS NOT DISTINCT FROM CAST(:node AS text) "
    "AND last_seen.logged_out_at < gone_at))), "
    "added AS (INSERT INTO liveness.last_seen (bare_jid, last_heard_at, logged_out_at, cause, resource, "
    "node) "
    "SELECT bare_jid, heard_at, gone_at, 'server_crashed', resource, CAST(:node AS text) FROM latest "
    "ON CONFLICT (bare_jid) DO NOTHING) "
    "SELECT count(*) FROM taken";

// Servers that purge at the same time do not wait for each other.
constexpr const char* kPurge =
    "WITH purged AS (DELETE FROM liveness.logouts WHERE ctid = ANY (ARRAY(SELECT ctid FROM liveness.logouts "
    "WHERE logged_out_at >= CAST(:from AS timestamptz) AND logged_out_at < CAST(:before AS timestamptz) "
    "ORDER BY logged_out_at LIMIT :limit FOR UPDATE SKIP LOCKED)) RETURNING logged_out_at) "
    "SELECT count(*), max(logged_out_at) FROM purged";

soci::indicator presence(const std::string& text) {
  return text.empty() ? soci::i_null : soci::i_ok;
}

}  // namespace

std::uint64_t beginRun(soci::session& sql, const Run& run, UtcTime now) {
  const std::string at = toPostgresqlTime(now);
  const auto known = static_cast<long long>(run.beats);
  long long number = run.number, beats = 0;
  Transaction transaction(sql);
  sql << kBegin, soci::use(number, "run"), soci::use(run.node, "node"), soci::use(run.domain, "domain"),
      soci::use(at, "now"), soci::use(known, "beats"), soci::into(beats);
  transaction.commit();
  return static_cast<std::uint64_t>(beats);
}

std::size_t recover(soci::session& sql, const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                    bool keep_history) {
  const auto beats = static_cast<long long>(dead.beats), most = static_cast<long long>(limit);
  const long long number = dead.number, by = taker, taken_by = dead.taken_by;
  long long taken = 0, count = 0;
  Transaction transaction(sql);
  sql << kTake, soci::use(number, "run"), soci::use(beats, "beats"), soci::use(by, "taker"),
      soci::use(taken_by, "taken_by"), soci::into(taken);
  if (!sql.got_data()) return 0;

  const std::string at = toPostgresqlTime(now), beat_at = toPostgresqlTime(dead.beat_at);
  soci::indicator has_node = presence(dead.node);
  const int keep = keep_history ? 1 : 0;
  sql << kRecover, soci::use(at, "now"), soci::use(beat_at, "beat_at"), soci::use(number, "run"),
      soci::use(most, "limit"), soci::use(dead.node, has_node, "node"), soci::use(keep, "keep_history"),
      soci::into(count);
  if (count < most) sql << "DELETE FROM liveness.runs WHERE run = :run", soci::use(number, "run");
  transaction.commit();
  return static_cast<std::size_t>(count);
}

void endRun(soci::session& sql, const Run& run) {
  const long long number = run.number;
  Transaction transaction(sql);
  for (const char* rows :
       {"DELETE FROM liveness.runs WHERE run = :run", "DELETE FROM liveness.online_users WHERE run = :run"})
    sql << rows, soci::use(number, "run");
  transaction.commit();
}

Database::Purged purge(soci::session& sql, UtcTime from, UtcTime before, std::size_t limit) {
  const std::string first = toPostgresqlTime(from), end = toPostgresqlTime(before);
  const auto most = static_cast<long long>(limit);
  long long rows = 0;
  std::string latest;
  soci::indicator any = soci::i_null;
  Transaction transaction(sql);
  sql << kPurge, soci::use(first, "from"), soci::use(end, "before"), soci::use(most, "limit"),
      soci::into(rows), soci::into(latest, any);
  transaction.commit();
  // A time that no record may have is passed at the next look, from the oldest one on.
  const auto up_to = any == soci::i_ok ? fromPostgresqlTime(latest) : std::nullopt;
  return {static_cast<std::size_t>(rows), up_to.value_or(from)};
}

}  // namespace liveness::store::postgresql
