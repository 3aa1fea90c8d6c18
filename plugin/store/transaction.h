// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

namespace liveness::store {

/// Begun by what a database has to say to it, undone unless committed. SOCI's own begins in one way only.
class Transaction {
 public:
  Transaction(soci::session& sql, const char* begin) : sql_(sql) { sql_ << begin; }
  ~Transaction() {
    if (committed_) return;
    try {
      sql_ << "ROLLBACK";
    } catch (const soci::soci_error&) {  // it was rolled back already, or goes with the connection
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

}  // namespace liveness::store
