// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/spool_reader.h"

namespace liveness::store {

/// Gives a spool file's records to a database. Where one is refused the others do not wait for it. All throw
/// DatabaseError where it is the database's fault, SpoolError where it is the file's.
class SpoolTransfer {
 public:
  SpoolTransfer(SpoolReader& from, Database& to, UtcTime now, bool keep_history);

  void forget(std::vector<Forgotten> users);
  void giveLogouts();
  void giveLastSeen();

  void giveLogins();
  void giveHeard();

  /// Those of the file's runs that ended in order end in the database, too; the others were last alive when
  /// the file knew of them last. After all that is given: until then they are alive now.
  void endRuns();

  /// Instead, for another file: all of them are as they are in this one. Returns those of whom nobody knows
  /// that they ended in order.
  std::vector<Run> keepRuns();

  std::uint64_t records() const noexcept { return std::max(logouts_.written, last_seen_.written); }
  std::uint64_t refused() const noexcept {
    return std::max(logouts_.refused, last_seen_.refused) + logins_.refused;
  }
  const std::string& whyRefused() const noexcept { return why_refused_; }  ///< the last of them

 private:
  struct Count {
    std::uint64_t written = 0, refused = 0;
  };

  Run lastRun();
  void begin(Run& run);

  template <class Row>
  std::vector<Row> ofUnfinished(std::vector<Row> rows) const;

  /// In one part for each run.
  template <class Row, class RunOf, class Add>
  void writeByRun(std::vector<Row> rows, RunOf run_of, Count& count, const Add& add);

  template <class Row, class Add>
  void write(Run& run, const std::vector<Row>& rows, Count& count, const Add& add);

  SpoolReader& from_;
  Database& to_;
  Batch common_;
  Count logouts_, last_seen_, logins_;
  std::string why_refused_;
  std::set<std::int64_t> unfinished_;       // runs of the file
  std::set<std::int64_t> there_, made_up_;  // runs: in the database before, and by us
  std::int64_t lot_ = 0;
};

}  // namespace liveness::store
