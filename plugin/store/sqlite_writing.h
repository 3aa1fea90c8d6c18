// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "store/batch.h"
#include "store/sqlite_statement.h"

namespace liveness::store {

/// What Database::write() does, without the transaction around it. Lives as long as its connection, at most.
class SqliteWriting {
 public:
  explicit SqliteWriting(soci::session& sql);

  std::uint64_t write(const Run& run, const Batch& batch);

 private:
  void beat(const Run& run, UtcTime now);
  void forget(const Batch& batch);
  void end(const Run& run, const Batch& batch);
  void see(const Run& run, const Batch& batch);
  void begin(const Run& run, const Batch& batch);
  void connect(const Run& run, const Batch& batch);

  soci::session& sql_;
  SqliteStatement beat_, forget_last_seen_, forget_logouts_, replace_, forget_connected_;
  SqliteStatement end_, remember_, see_, begin_, hear_, connect_;
  SqliteStatement forget_false_end_, see_again_, forget_false_seen_;
};

}  // namespace liveness::store
