// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/postgresql_client.h"
#include "support/stored_last_seen.h"

namespace liveness::support {

/// One row of the history.
struct StoredLogout {
  std::string bare_jid;
  std::string resource;
  UtcMillis last_heard_at;
  UtcMillis logged_out_at;
  std::string cause;
};

/// All that is on record at one moment.
struct StoredRecords {
  std::map<std::string, StoredLastSeen> last_seen;  ///< by bare JID
  std::vector<StoredLogout> logouts;
};

/// All of an SQLite file. Empty where there is no such file or no tables yet.
StoredRecords readRecords(const std::filesystem::path& database);

/// All of a PostgreSQL database. Empty where it has no tables yet.
StoredRecords readRecords(PostgresqlClient& database);

}  // namespace liveness::support
