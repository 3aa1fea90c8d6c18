// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "store/transaction.h"

namespace liveness::store::postgresql {

/// For what a server writes: by key, whatever the tables' statistics say just now. A plan that was made while
/// a table was empty would read the whole of it for each row of a batch once it is large.
class Transaction : public store::Transaction {
 public:
  explicit Transaction(soci::session& sql)
      : store::Transaction(
            sql,
            "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; "
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off") {}
};

}  // namespace liveness::store::postgresql
