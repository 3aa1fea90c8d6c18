// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_rows.h"

#include "store/database.h"
#include "store/utc_text.h"

namespace liveness::store {

UtcTime timeFrom(const std::string& text) {
  if (const auto time = fromUtcText(text)) return *time;
  throw DatabaseError(DatabaseError::Kind::refused,
                      "the time \"" + text + "\" in its row is none; correct it");
}

Cause causeFrom(const std::string& text) {
  if (const auto cause = causeFromString(text)) return *cause;
  throw DatabaseError(DatabaseError::Kind::refused,
                      "the cause \"" + text + "\" in its row is none; correct it");
}

const LastSeen& SqliteRow::read() {
  record.last_heard = timeFrom(last_heard_at);
  record.logged_out_at = timeFrom(logged_out_at);
  record.cause = causeFrom(cause);
  // A word that a later version put there says nothing to this one.
  record.evidence =
      has_evidence == soci::i_ok ? evidenceFromString(evidence).value_or(Evidence::none) : Evidence::none;
  if (resource == soci::i_null) record.resource.clear();
  if (status == soci::i_null) record.status.clear();
  if (offline_presence == soci::i_null) record.offline_presence.clear();
  return record;
}

}  // namespace liveness::store
