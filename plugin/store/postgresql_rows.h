// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <string>

#include "liveness/last_seen.h"

namespace liveness::store::postgresql {

/// What stands in a column; DatabaseError `refused` where somebody spoiled it.
UtcTime timeFrom(const std::string& text);

/// The columns that last_seen and logouts share, as SOCI fetches them.
struct Row {
  LastSeen record;
  std::string last_heard_at, logged_out_at, cause, evidence;
  soci::indicator resource = soci::i_ok, status = soci::i_ok, offline_presence = soci::i_ok;
  soci::indicator has_evidence = soci::i_null;

  /// The record as it was fetched last; DatabaseError `refused` where it cannot be read.
  const LastSeen& read();
};

}  // namespace liveness::store::postgresql
