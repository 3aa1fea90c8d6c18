// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store {

/// Takes the right to write at once: SQLite does not wait for another writer when a transaction that began as
/// a reader's wants to write, but SOCI's own transaction begins as one. Undone unless committed.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(soci::session& sql) : sql_(sql) { sql_ << "BEGIN IMMEDIATE"; }
  ~SqliteTransaction() {
    if (committed_) return;
    try {
      sql_ << "ROLLBACK";
    } catch (const soci::soci_error&) {  // SQLite has rolled back by itself
    }
  }
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  void commit() {
    sql_ << "COMMIT";
    committed_ = true;
  }

 private:
  soci::session& sql_;
  bool committed_ = false;
};

}  // namespace liveness::store
