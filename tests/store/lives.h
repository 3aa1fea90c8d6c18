// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <string>

#include "store/database.h"
#include "store/utc_now.h"
#include "store_world.h"
#include "test_database.h"

namespace liveness::store {

/// One database, and the lives of those who write to it: stores that end in order, and runs of processes that
/// died.
class Lives {
 public:
  TestDatabase database;
  const Identity identity{"node", "x", (database.folder() / "spool").string()};

  /// A store that has not been started.
  std::unique_ptr<Store> open(const Identity& who, const Timing& timing = {}) const {
    return openStore(database.connectionString(), who, timing);
  }
  std::unique_ptr<Store> open() const { return open(identity); }

  /// A process that had these users with it and died, last heard of at `beat_at`. Returns its run.
  Run die(const Identity& who, const std::vector<Store::Online>& users, UtcTime beat_at);

 private:
  std::int64_t runs_ = 0;
};

/// Somebody who is here.
Store::Online here(std::uint64_t login, const std::string& bare_jid, UtcTime since, UtcTime last_heard);
Store::Online here(std::uint64_t login, const std::string& bare_jid);

/// Returns when all that was asked before is done.
void settle(Store& store);

/// The program of store_child.cpp: a server of its own. Throws where LIVENESS_STORE_CHILD does not say where
/// it is.
std::string childProgram();

std::vector<LastSeen> historyOf(Store& store, const std::string& bare_jid, std::size_t limit = 100);

}  // namespace liveness::store
