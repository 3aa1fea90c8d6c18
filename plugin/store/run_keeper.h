// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>

#include "store/database.h"
#include "store/leases.h"
#include "store/mailbox.h"
#include "store/seldom.h"
#include "store/soci_store.h"
#include "store/spool.h"

namespace liveness::store {

/// Keeps this run's row at the database alive, and sees to the runs that died. Lives on the writer's thread.
/// All that is given a database throws DatabaseError, and goes on where it was when it is called again.
class RunKeeper {
 public:
  RunKeeper(const Identity& identity, const Timing& timing, Mailbox& mailbox, Counters& counters);

  const Run& run() const noexcept { return run_; }

  /// True once the database may have something of this run.
  bool begun() const noexcept { return begun_; }

  /// After each Database::open(), before all else. Takes the name of this node and domain: where another
  /// server that lives has it, that is `unfit`. The first time it takes the spool in then, begins the run,
  /// and finds those of this name who died; later it asks whether the run is still there.
  void open(Database& database);

  /// What Database::write() returned.
  void onWritten(std::uint64_t beats);

  /// After `lost`: puts on record who was with the run in what is there now, and begins it again.
  void beginAgain(Database& database);

  /// The database failed: the others could not beat either, and what it was asked for may be too much.
  void onAway() noexcept;

  /// A bounded part of the recovery of those who died: in rows, and where the database is slow in time as
  /// well.
  void recover(Database& database);
  bool recovering() const noexcept { return !dead_.empty(); }

  /// A beat where none was for long, and a look whether the others do.
  void keep(Database& database);
  void beatNow() noexcept { beat_due_ = {}; }
  Leases::Time due() const noexcept { return std::min(beat_due_, look_due_); }

  /// In order.
  void end(Database& database);
  bool ended() const noexcept { return ended_; }

  Spool& spool() noexcept { return spool_; }
  bool keepsHistory() const noexcept;

 private:
  void takeName(Database& database);
  bool namesakesAreDead(Database& database);
  void takeSpool(Database& database);
  bool isHeld(Database& database);
  void begin(Database& database);
  void queue(const Run& dead);
  void tellRecovered(const std::string& name);
  bool isOurs(const Run& run) const { return run.node == run_.node && run.domain == run_.domain; }

  Run run_;
  Spool spool_;
  const Timing timing_;
  Mailbox& mailbox_;
  Counters& counters_;
  Leases leases_;
  Leases namesakes_;                           // while another has our name
  std::optional<Leases::Time> refused_since_;  // for that
  Leases::Time beat_due_{}, look_due_{};

  bool spool_taken_ = false;
  bool begun_ = false;
  bool looked_ = false;  // for those who died before this life
  bool lost_ = false;
  Seldom losses_;
  bool ended_ = false;

  std::deque<Run> dead_;
  std::size_t slice_;  // of the first of them, the next time
  std::optional<Leases::Time> held_since_;
  std::uint64_t recovered_ = 0;   // since dead_ was empty
  std::set<std::string> others_;  // of whom, where not of our own
};

}  // namespace liveness::store
