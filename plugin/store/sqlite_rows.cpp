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

}  // namespace liveness::store
