// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_name.h"

#include "store/name_key.h"

namespace liveness::store::postgresql {

namespace {

constexpr const char* kTake =
    "SELECT CASE WHEN pg_try_advisory_lock(CAST(:key AS bigint)) THEN pg_backend_pid() ELSE 0 END";

constexpr const char* kEnd =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted AND "
    "objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND ((CAST(classid AS bigint) << 32) | CAST(objid AS bigint)) = CAST(:key AS bigint) "
    "AND CAST(:taken_by AS integer) IN (0, pid)";

/// As PostgreSQL counts.
long long keyOf(const Run& run) {
  return static_cast<long long>(nameKey(run));
}

}  // namespace

int takeName(soci::session& sql, const Run& run) {
  const long long key = keyOf(run);
  int taken_by = 0;
  sql << kTake, soci::use(key, "key"), soci::into(taken_by);
  return taken_by;
}

void freeName(soci::session& sql, const Run& run, int taken_by) {
  const long long key = keyOf(run);
  int ended = 0;
  try {
    sql << kEnd, soci::use(key, "key"), soci::use(taken_by, "taken_by"), soci::into(ended);
  } catch (const soci::soci_error&) {  // one of another role stays, until the server notices by itself
  }
}

}  // namespace liveness::store::postgresql
