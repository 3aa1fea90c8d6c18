// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "store/transaction.h"

namespace liveness::store {

/// Takes the right to write at once: SQLite does not wait for another writer when a transaction that began as
/// a reader's wants to write, but SOCI's own transaction begins as one.
class SqliteTransaction : public Transaction {
 public:
  explicit SqliteTransaction(soci::session& sql) : Transaction(sql, "BEGIN IMMEDIATE") {}
};

}  // namespace liveness::store
