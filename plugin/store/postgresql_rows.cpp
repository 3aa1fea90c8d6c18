// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_rows.h"

#include "store/database.h"
#include "store/postgresql_values.h"

namespace liveness::store::postgresql {

UtcTime timeFrom(const std::string& text) {
  if (const auto time = fromPostgresqlTime(text)) return *time;
  throw DatabaseError(DatabaseError::Kind::refused,
                      "the time \"" + text + "\" in its row is none; correct it");
}

const LastSeen& Row::read() {
  record.last_heard = timeFrom(last_heard_at);
  record.logged_out_at = timeFrom(logged_out_at);
  const auto known = causeFromString(cause);
  if (!known)
    throw DatabaseError(DatabaseError::Kind::refused,
                        "the cause \"" + cause + "\" in its row is none; correct it");
  record.cause = *known;
  // A word that a later version put there says nothing to this one.
  record.evidence =
      has_evidence == soci::i_ok ? evidenceFromString(evidence).value_or(Evidence::none) : Evidence::none;
  if (resource == soci::i_null) record.resource.clear();
  if (status == soci::i_null) record.status.clear();
  if (offline_presence == soci::i_null) record.offline_presence.clear();
  return record;
}

}  // namespace liveness::store::postgresql
