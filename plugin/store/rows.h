// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>
#include <vector>

#include "liveness/last_seen.h"
#include "store/batch.h"
#include "store/dialect.h"

namespace liveness::store {

/// The columns that last_seen and logouts share, as SOCI fetches them.
struct Row {
  explicit Row(const Dialect& of) : dialect(of) {}

  const Dialect& dialect;
  LastSeen record;
  std::string last_heard_at, logged_out_at, cause, evidence;
  soci::indicator resource = soci::i_ok, status = soci::i_ok, offline_presence = soci::i_null;
  soci::indicator has_evidence = soci::i_null;
  long long account = 0;
  soci::indicator has_account = soci::i_null;

  /// The record as it was fetched last; DatabaseError `refused` where somebody spoiled it.
  const LastSeen& read();
};

/// Database's function of the same name.
std::vector<Run> runs(soci::session& sql, const Dialect& dialect);

}  // namespace liveness::store
