// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/rows.h"

#include "store/database.h"
#include "store/shown.h"

namespace liveness::store {

namespace {

constexpr std::size_t kMaxShownBytes = 40;

/// What stands in a spoiled row may be anything; it goes to the log.
DatabaseError isNone(const char* what, const std::string& text) {
  return DatabaseError(
      DatabaseError::Kind::refused,
      std::string("the ") + what + " \"" + shown(text, kMaxShownBytes) + "\" in its row is none; correct it");
}

UtcTime timeFrom(const std::string& text, const Dialect& dialect) {
  if (const auto time = dialect.fromText(text)) return *time;
  throw isNone("time", text);
}

Cause causeFrom(const std::string& text) {
  if (const auto cause = causeFromString(text)) return *cause;
  throw isNone("cause", text);
}

}  // namespace

const LastSeen& Row::read() {
  record.last_heard = timeFrom(last_heard_at, dialect);
  record.logged_out_at = timeFrom(logged_out_at, dialect);
  record.cause = causeFrom(cause);
  // A word that a later version put there says nothing to this one.
  record.evidence =
      has_evidence == soci::i_ok ? evidenceFromString(evidence).value_or(Evidence::none) : Evidence::none;
  record.account = has_account == soci::i_ok ? static_cast<std::uint64_t>(account) : 0;
  if (resource == soci::i_null) record.resource.clear();
  if (status == soci::i_null) record.status.clear();
  if (offline_presence == soci::i_null) record.offline_presence.clear();
  return record;
}

std::vector<Run> runs(soci::session& sql, const Dialect& dialect) {
  std::vector<Run> found;
  Run run;
  long long number = 0, beats = 0, taken_by = 0;
  std::string beat_at;
  soci::statement all =
      (sql.prepare << std::string("SELECT run, node, domain, beats, beat_at, coalesce(taken_by, 0) FROM ") +
                          dialect.schema + "runs",
       soci::into(number), soci::into(run.node), soci::into(run.domain), soci::into(beats),
       soci::into(beat_at), soci::into(taken_by));
  for (all.execute(); all.fetch(); found.push_back(run)) {
    run.number = number;
    run.beats = static_cast<std::uint64_t>(beats);
    run.taken_by = taken_by;
    run.beat_at = timeFrom(beat_at, dialect);
  }
  return found;
}

}  // namespace liveness::store
