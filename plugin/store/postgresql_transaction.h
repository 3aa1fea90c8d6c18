// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store::postgresql {

/// For what a server writes: by key, whatever the tables' statistics say just now. A plan that was made while
/// a table was empty would read the whole of it for each row of a batch once it is large.
constexpr const char* kWriting =
    "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; "
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

/// For several questions with one answer.
constexpr const char* kReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Undone unless committed.
class Transaction {
 public:
  explicit Transaction(soci::session& sql, const char* begin = kWriting) : sql_(sql) { sql_ << begin; }
  ~Transaction() {
    if (committed_) return;
    try {
      sql_ << "ROLLBACK";
    } catch (const soci::soci_error&) {  // with the connection, all is rolled back
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    sql_ << "COMMIT";
    committed_ = true;
  }

 private:
  soci::session& sql_;
  bool committed_ = false;
};

}  // namespace liveness::store::postgresql
