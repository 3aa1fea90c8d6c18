// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_writing.h"

#include <algorithm>
#include <iterator>

#include "store/database.h"

namespace liveness::store::postgresql {

namespace {

// Of a batch, in one statement: enough to make the way to the server short, and no more texts in memory three
// times over (ours, SOCI's and libpq's) than is needed for that.
constexpr std::size_t kRows = 4096;
constexpr std::size_t kBytes = 4 << 20;

constexpr const char* kBeat =
    "UPDATE liveness.runs SET beats = beats + 1, beat_at = CAST(:now AS timestamptz) "
    "WHERE run = :run AND beats >= :beats AND taken_by IS NULL RETURNING beats";

constexpr const char* kForgetLastSeen =
    "DELETE FROM liveness.last_seen USING unnest(CAST(:bare_jids AS text[]), "
    "CAST(:forgotten_at AS timestamptz[])) AS gone (bare_jid, at) WHERE last_seen.bare_jid = gone.bare_jid "
    "AND NOT (logged_out_at > gone.at AND logged_out_at <= CAST(:now AS timestamptz))";
constexpr const char* kForgetLogouts =
    "DELETE FROM liveness.logouts USING unnest(CAST(:bare_jids AS text[]), "
    "CAST(:forgotten_at AS timestamptz[])) AS gone (bare_jid, at) WHERE logouts.bare_jid = gone.bare_jid "
    "AND NOT (logged_out_at > gone.at AND logged_out_at <= CAST(:now AS timestamptz))";
constexpr const char* kForgetConnected =
    "DELETE FROM liveness.connected_users USING unnest(CAST(:bare_jids AS text[]), "
    "CAST(:forgotten_at AS timestamptz[])) AS gone (bare_jid, at) "
    "WHERE connected_users.bare_jid = gone.bare_jid "
    "AND NOT (last_heard_at > gone.at AND last_heard_at <= CAST(:now AS timestamptz))";
constexpr const char* kForgetOnlineUsers =
    "DELETE FROM liveness.online_users USING unnest(CAST(:bare_jids AS text[]), "
    "CAST(:forgotten_at AS timestamptz[])) AS gone (bare_jid, at) WHERE online_users.bare_jid = "
    "gone.bare_jid "
    "AND NOT (available_since > gone.at AND available_since <= CAST(:now AS timestamptz))";

constexpr const char* kEnd =
    "DELETE FROM liveness.online_users WHERE run = :run AND login = ANY (CAST(:logins AS bigint[]))";

constexpr const char* kReplace =
    "DELETE FROM liveness.logouts WHERE bare_jid = :bare_jid AND run = :run AND login = :login";

constexpr const char* kRemember =
    "INSERT INTO liveness.logouts (bare_jid, run, login, last_heard_at, logged_out_at, cause, resource, "
    "status, node, "
    "evidence) "
    "SELECT bare_jid, CAST(:run AS bigint), login, last_heard_at, logged_out_at, cause, resource, status, "
    ":node, evidence "
    "FROM unnest(CAST(:bare_jids AS text[]), CAST(:logins AS bigint[]), "
    "CAST(:last_heard_at AS timestamptz[]), CAST(:logged_out_at AS timestamptz[]), CAST(:causes AS text[]), "
    "CAST(:resources AS text[]), CAST(:statuses AS text[]), CAST(:evidences AS text[])) "
    "AS ended (bare_jid, login, last_heard_at, logged_out_at, cause, resource, status, evidence) "
    "ON CONFLICT (bare_jid, run, login) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "status = excluded.status, evidence = excluded.evidence WHERE logouts.cause = 'server_crashed'";

constexpr const char* kSee =
    "INSERT INTO liveness.last_seen (bare_jid, last_heard_at, logged_out_at, cause, resource, status, "
    "offline_presence, node, evidence, account) "
    "SELECT bare_jid, last_heard_at, logged_out_at, cause, resource, status, offline_presence, :node, "
    "evidence, account "
    "FROM unnest(CAST(:bare_jids AS text[]), CAST(:last_heard_at AS timestamptz[]), "
    "CAST(:logged_out_at AS timestamptz[]), CAST(:causes AS text[]), CAST(:resources AS text[]), "
    "CAST(:statuses AS text[]), CAST(:offline_presences AS text[]), CAST(:evidences AS text[]), "
    "CAST(:accounts AS bigint[])) AS seen (bare_jid, last_heard_at, logged_out_at, cause, resource, status, "
    "offline_presence, evidence, account) "
    "ON CONFLICT (bare_jid) DO UPDATE SET last_heard_at = excluded.last_heard_at, "
    "logged_out_at = excluded.logged_out_at, cause = excluded.cause, resource = excluded.resource, "
    "status = excluded.status, offline_presence = excluded.offline_presence, node = excluded.node, "
    "evidence = excluded.evidence, account = excluded.account "
    "WHERE NOT (last_seen.logged_out_at > excluded.logged_out_at "
    "AND last_seen.logged_out_at <= CAST(:now AS timestamptz) "
    "AND (CAST(:late AS integer) <> 0 OR last_seen.node IS DISTINCT FROM excluded.node))";

constexpr const char* kBegin =
    "INSERT INTO liveness.online_users (run, login, bare_jid, resource, available_since, last_heard_at) "
    "SELECT CAST(:run AS bigint), login, bare_jid, resource, available_since, last_heard_at "
    "FROM unnest(CAST(:logins AS bigint[]), CAST(:bare_jids AS text[]), CAST(:resources AS text[]), "
    "CAST(:available_since AS timestamptz[]), CAST(:last_heard_at AS timestamptz[])) "
    "AS begun (login, bare_jid, resource, available_since, last_heard_at) "
    "ON CONFLICT (run, login) DO UPDATE SET bare_jid = excluded.bare_jid, resource = excluded.resource, "
    "available_since = excluded.available_since, last_heard_at = excluded.last_heard_at";

// Each :bare_jid has been with the node since :available_since, with the login of this run.
constexpr const char* kForgetFalseEnd =
    "WITH here AS (SELECT * FROM unnest(CAST(:bare_jids AS text[]), CAST(:logins AS bigint[]), "
    "CAST(:available_since AS timestamptz[])) AS here (bare_jid, login, since)) "
    "DELETE FROM liveness.logouts USING here "
    "WHERE logouts.bare_jid = here.bare_jid AND logouts.cause = 'server_crashed' "
    "AND ((logouts.run = :run AND logouts.login = here.login) "
    "OR (logouts.node IS NOT DISTINCT FROM CAST(:node AS text) AND logouts.logged_out_at >= here.since "
    "AND logouts.logged_out_at <= CAST(:now AS timestamptz)))";

constexpr const char* kSeeAgain =
    "WITH here AS (SELECT * FROM unnest(CAST(:bare_jids AS text[]), "
    "CAST(:available_since AS timestamptz[])) AS here (bare_jid, since)) "
    "UPDATE liveness.last_seen SET last_heard_at = before.last_heard_at, "
    "logged_out_at = before.logged_out_at, cause = before.cause, resource = before.resource, "
    "node = before.node, evidence = before.evidence "
    "FROM here CROSS JOIN LATERAL (SELECT * FROM liveness.logouts WHERE logouts.bare_jid = here.bare_jid "
    "AND logouts.logged_out_at <= CAST(:now AS timestamptz) "
    "ORDER BY logouts.logged_out_at DESC, logouts.login DESC LIMIT 1) AS before "
    "WHERE last_seen.bare_jid = here.bare_jid AND last_seen.cause = 'server_crashed' "
    "AND last_seen.node IS NOT DISTINCT FROM CAST(:node AS text) AND last_seen.logged_out_at >= here.since "
    "AND last_seen.logged_out_at <= CAST(:now AS timestamptz)";

constexpr const char* kForgetFalseSeen =
    "WITH here AS (SELECT * FROM unnest(CAST(:bare_jids AS text[]), "
    "CAST(:available_since AS timestamptz[])) AS here (bare_jid, since)) "
    "DELETE FROM liveness.last_seen USING here "
    "WHERE last_seen.bare_jid = here.bare_jid AND last_seen.cause = 'server_crashed' "
    "AND last_seen.node IS NOT DISTINCT FROM CAST(:node AS text) AND last_seen.logged_out_at >= here.since "
    "AND last_seen.logged_out_at <= CAST(:now AS timestamptz)";

constexpr const char* kHear =
    "UPDATE liveness.online_users SET last_heard_at = heard.last_heard_at "
    "FROM unnest(CAST(:logins AS bigint[]), CAST(:last_heard_at AS timestamptz[])) "
    "AS heard (login, last_heard_at) WHERE online_users.run = :run AND online_users.login = heard.login";

// Where another run has the user here as well, its word stays.
constexpr const char* kConnect =
    "INSERT INTO liveness.connected_users (bare_jid, run, last_heard_at, ended_at, cause, resource) "
    "SELECT bare_jid, CASE here WHEN 1 THEN CAST(:run AS bigint) END, last_heard_at, ended_at, cause, "
    "resource "
    "FROM unnest(CAST(:bare_jids AS text[]), CAST(:heres AS bigint[]), CAST(:last_heard_at AS "
    "timestamptz[]), "
    "CAST(:logged_out_at AS timestamptz[]), CAST(:causes AS text[]), CAST(:resources AS text[])) "
    "AS connected (bare_jid, here, last_heard_at, ended_at, cause, resource) "
    "ON CONFLICT (bare_jid) DO UPDATE SET run = CASE WHEN excluded.run IS NULL "
    "AND connected_users.run <> CAST(:run AS bigint) THEN connected_users.run ELSE excluded.run END, "
    "last_heard_at = excluded.last_heard_at, ended_at = excluded.ended_at, cause = excluded.cause, "
    "resource = excluded.resource";

}  // namespace

Writing::Writing(soci::session& sql)
    : beat_((sql.prepare << kBeat, soci::use(now_, "now"), soci::use(run_, "run"), soci::use(beats_, "beats"),
             soci::into(beats_now_))),
      forget_last_seen_((sql.prepare << kForgetLastSeen, soci::use(now_, "now"),
                         soci::use(bare_jids_.text(), "bare_jids"),
                         soci::use(logged_out_at_.text(), "forgotten_at"))),
      forget_logouts_((sql.prepare << kForgetLogouts, soci::use(now_, "now"),
                       soci::use(bare_jids_.text(), "bare_jids"),
                       soci::use(logged_out_at_.text(), "forgotten_at"))),
      forget_online_users_((sql.prepare << kForgetOnlineUsers, soci::use(now_, "now"),
                            soci::use(bare_jids_.text(), "bare_jids"),
                            soci::use(logged_out_at_.text(), "forgotten_at"))),
      forget_connected_((sql.prepare << kForgetConnected, soci::use(now_, "now"),
                         soci::use(bare_jids_.text(), "bare_jids"),
                         soci::use(logged_out_at_.text(), "forgotten_at"))),
      end_((sql.prepare << kEnd, soci::use(run_, "run"), soci::use(logins_.text(), "logins"))),
      replace_((sql.prepare << kReplace, soci::use(replaced_of_, "bare_jid"), soci::use(run_, "run"),
                soci::use(replaced_, "login"))),
      remember_((sql.prepare << kRemember, soci::use(run_, "run"), soci::use(node_, has_node_, "node"),
                 soci::use(bare_jids_.text(), "bare_jids"), soci::use(logins_.text(), "logins"),
                 soci::use(last_heard_at_.text(), "last_heard_at"),
                 soci::use(logged_out_at_.text(), "logged_out_at"), soci::use(causes_.text(), "causes"),
                 soci::use(resources_.text(), "resources"), soci::use(statuses_.text(), "statuses"),
                 soci::use(evidences_.text(), "evidences"))),
      see_((sql.prepare << kSee, soci::use(node_, has_node_, "node"), soci::use(now_, "now"),
            soci::use(late_, "late"), soci::use(bare_jids_.text(), "bare_jids"),
            soci::use(last_heard_at_.text(), "last_heard_at"),
            soci::use(logged_out_at_.text(), "logged_out_at"), soci::use(causes_.text(), "causes"),
            soci::use(resources_.text(), "resources"), soci::use(statuses_.text(), "statuses"),
            soci::use(offline_presences_.text(), "offline_presences"),
            soci::use(evidences_.text(), "evidences"), soci::use(accounts_.text(), "accounts"))),
      begin_((sql.prepare << kBegin, soci::use(run_, "run"), soci::use(logins_.text(), "logins"),
              soci::use(bare_jids_.text(), "bare_jids"), soci::use(resources_.text(), "resources"),
              soci::use(available_since_.text(), "available_since"),
              soci::use(last_heard_at_.text(), "last_heard_at"))),
      hear_((sql.prepare << kHear, soci::use(run_, "run"), soci::use(logins_.text(), "logins"),
             soci::use(last_heard_at_.text(), "last_heard_at"))),
      connect_((sql.prepare << kConnect, soci::use(run_, "run"), soci::use(bare_jids_.text(), "bare_jids"),
                soci::use(heres_.text(), "heres"), soci::use(last_heard_at_.text(), "last_heard_at"),
                soci::use(logged_out_at_.text(), "logged_out_at"), soci::use(causes_.text(), "causes"),
                soci::use(resources_.text(), "resources"))),
      forget_false_end_((sql.prepare << kForgetFalseEnd, soci::use(run_, "run"),
                         soci::use(node_, has_node_, "node"), soci::use(now_, "now"),
                         soci::use(bare_jids_.text(), "bare_jids"), soci::use(logins_.text(), "logins"),
                         soci::use(available_since_.text(), "available_since"))),
      see_again_((sql.prepare << kSeeAgain, soci::use(node_, has_node_, "node"), soci::use(now_, "now"),
                  soci::use(bare_jids_.text(), "bare_jids"),
                  soci::use(available_since_.text(), "available_since"))),
      forget_false_seen_((sql.prepare << kForgetFalseSeen, soci::use(node_, has_node_, "node"),
                          soci::use(now_, "now"), soci::use(bare_jids_.text(), "bare_jids"),
                          soci::use(available_since_.text(), "available_since"))) {}

std::uint64_t Writing::write(const Run& run, const Batch& batch) {
  run_ = run.number;
  node_ = run.node;
  has_node_ = run.node.empty() ? soci::i_null : soci::i_ok;
  now_ = toPostgresqlTime(batch.now);
  late_ = batch.late ? 1 : 0;

  const std::uint64_t beats = beat(run);
  forget(batch.forgotten);
  end(batch);
  if (batch.keep_history) remember(batch);
  see(batch);
  begin(batch.online);
  putRight(run, batch.online);
  hear(batch.heard);
  connect(batch.connected);
  return beats;
}

std::uint64_t Writing::beat(const Run& run) {
  beats_ = static_cast<long long>(run.beats);
  if (!beat_.execute(true))
    throw DatabaseError(DatabaseError::Kind::lost,
                        "the row of this server in its table runs is gone, or taken by another");
  return static_cast<std::uint64_t>(beats_now_);
}

template <class Items, class Add>
void Writing::inSlices(const Items& items, Add add, std::initializer_list<soci::statement*> statements) {
  const auto clear = [this] {
    for (PostgresqlArray* column : columns()) column->clear();
  };
  const auto execute = [&] {
    for (soci::statement* statement : statements) statement->execute(true);
    clear();
  };
  clear();  // one that was refused may have left something
  std::size_t rows = 0;
  for (const auto& item : items) {
    add(item);
    if (++rows < kRows && statuses_.text().size() + offline_presences_.text().size() < kBytes) continue;
    execute();
    rows = 0;
  }
  if (rows != 0) execute();
}

void Writing::forget(const std::vector<Forgotten>& users) {
  const auto add = [this](const Forgotten& user) {
    bare_jids_.add(user.bare_jid);
    logged_out_at_.add(user.at);
  };
  inSlices(users, add, {&forget_last_seen_, &forget_logouts_, &forget_connected_, &forget_online_users_});
}

void Writing::end(const Batch& batch) {
  inSlices(batch.ended, [this](const Batch::Ended& ended) { logins_.addNumber(ended.login); }, {&end_});
}

void Writing::remember(const Batch& batch) {
  std::vector<Batch::Ended> remembered;
  remembered.reserve(batch.ended.size());
  for (const Batch::Ended& ended : batch.ended) {
    if (!ended.remembered) continue;
    remembered.push_back(ended);
    if (ended.replaces == 0) continue;
    replaced_of_ = ended.record->bare_jid;
    replaced_ = static_cast<long long>(ended.replaces);
    replace_.execute(true);  // seldom: of those who come and go all day long
  }
  const auto add = [this](const Batch::Ended& ended) {
    const LastSeen& record = *ended.record;
    logins_.addNumber(ended.login);
    bare_jids_.addOrNull(record.bare_jid);
    last_heard_at_.add(record.last_heard);
    logged_out_at_.add(record.logged_out_at);
    causes_.add(toString(record.cause));
    resources_.addOrNull(record.resource);
    statuses_.addOrNull(record.status);
    evidences_.addOrNull(toString(record.evidence));
  };
  inSlices(remembered, add, {&remember_});
}

/// In the order of their names: servers that write of the same users wait for each other, but not in a
/// circle.
void Writing::see(const Batch& batch) {
  auto by_user = batch.last_seen;
  std::sort(by_user.begin(), by_user.end(),
            [](const LastSeen* a, const LastSeen* b) { return a->bare_jid < b->bare_jid; });
  const auto add = [this](const LastSeen* record) {
    bare_jids_.addOrNull(record->bare_jid);
    last_heard_at_.add(record->last_heard);
    logged_out_at_.add(record->logged_out_at);
    causes_.add(toString(record->cause));
    resources_.addOrNull(record->resource);
    statuses_.addOrNull(record->status);
    offline_presences_.addOrNull(record->offline_presence);
    evidences_.addOrNull(toString(record->evidence));
    if (record->account != 0)
      accounts_.addNumber(record->account);
    else
      accounts_.addNull();
  };
  inSlices(by_user, add, {&see_});
}

void Writing::begin(const std::vector<const Store::Online*>& users) {
  const auto add = [this](const Store::Online* user) {
    logins_.addNumber(user->login);
    bare_jids_.addOrNull(user->bare_jid);
    resources_.addOrNull(user->resource);
    available_since_.add(user->available_since);
    last_heard_at_.add(user->last_heard);
  };
  inSlices(users, add, {&begin_});
}

/// In the order of their names, as in see().
void Writing::putRight(const Run& run, const std::vector<const Store::Online*>& users) {
  std::vector<const Store::Online*> older;
  std::copy_if(users.begin(), users.end(), std::back_inserter(older),
               [&](const Store::Online* user) { return user->available_since < run.begun_at; });
  std::sort(older.begin(), older.end(),
            [](const Store::Online* a, const Store::Online* b) { return a->bare_jid < b->bare_jid; });
  const auto add = [this](const Store::Online* user) {
    logins_.addNumber(user->login);
    bare_jids_.addOrNull(user->bare_jid);
    available_since_.add(user->available_since);
  };
  inSlices(older, add, {&forget_false_end_, &see_again_, &forget_false_seen_});
}

void Writing::hear(const std::vector<Store::LastHeard>& heard) {
  const auto add = [this](const Store::LastHeard& one) {
    logins_.addNumber(one.login);
    last_heard_at_.add(one.last_heard);
  };
  inSlices(heard, add, {&hear_});
}

/// In the order of their names, as in see().
void Writing::connect(std::vector<const Store::Connected*> users) {
  std::sort(users.begin(), users.end(),
            [](const Store::Connected* a, const Store::Connected* b) { return a->bare_jid < b->bare_jid; });
  const auto add = [this](const Store::Connected* user) {
    bare_jids_.addOrNull(user->bare_jid);
    heres_.addNumber(user->here ? 1 : 0);
    last_heard_at_.add(user->last_heard);
    logged_out_at_.add(user->ended_at);
    causes_.add(toString(user->cause));
    resources_.addOrNull(user->resource);
  };
  inSlices(users, add, {&connect_});
}

}  // namespace liveness::store::postgresql
