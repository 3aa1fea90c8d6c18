// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/reader.h"

namespace liveness::store {

/// Why a database did not do what it was asked; what() tells an operator what is wrong and what to do.
class DatabaseError : public std::runtime_error {
 public:
  enum class Kind {
    away,     ///< it may be back any moment: locked, full, not there
    unfit,    ///< it is there, but not for us to touch: somebody has to decide
    refused,  ///< there is nothing wrong with it, but with one of the records
    lost,     ///< it works, but the run is no longer ours: it was replaced, restored, or taken for dead
  };

  DatabaseError(Kind why, const std::string& text) : std::runtime_error(text), kind(why) {}

  const Kind kind;

  /// A file is damaged, or no database at all: to try again is no use while it is in its place.
  bool spoiled = false;
};

/// What came of Database::keepUp().
struct Upkeep {
  std::vector<Notice> notices;                     ///< without the database's name
  std::optional<std::chrono::milliseconds> again;  ///< when there is more to do; nullopt: not by itself
};

/// A database as the writer sees it. Lives on the writer's thread; may block. All but close() and interrupt()
/// throw DatabaseError, and leave the database as it was before the call: each of them is one transaction, on
/// disk when it returns. Where the answer to a commit was lost the same call is made again: it does no harm.
///
/// Of Reader's, `refused` says that there is a row that cannot be read.
class Database : public Reader {
 public:
  struct Purged {
    std::size_t rows = 0;
    UtcTime up_to{};  ///< the latest of them; meaningless where there is none
  };

  /// What an operator knows it by; never with a password in it.
  virtual const std::string& name() const noexcept = 0;

  /// True where servers on other machines may write to it.
  virtual bool shared() const noexcept = 0;

  /// Connects, and brings the schema up to date. Closed before, or closed by it.
  virtual void open() = 0;

  /// Connects to look: changes nothing, and throws where there is nothing to look at, or where the schema is
  /// not up to date: `away`, because open() may be about to mend that, in this process or another one. Of the
  /// rest only Reader's is called then.
  virtual void openToRead() = 0;

  /// Closing what is not open does nothing.
  virtual void close() noexcept = 0;

  /// From any thread: a call that waits for an answer fails soon (`away`); where none does nothing happens,
  /// but the next may fail. For a server that stands still: it does not bound its own time then.
  virtual void interrupt() noexcept {}

  /// After open(), before all else: takes the name of this run, its node and domain, for as long as the
  /// database is open, or longer (see letGo()). False: another process that lives has it, or one that died
  /// unseen. Taking it again does nothing.
  virtual bool takeName(const Run& run) = 0;

  /// Ends the connection of whoever has that name, where that can be done: nobody lives there any more.
  virtual void freeName(const Run& run) = 0;

  /// The end: what is kept while the database is closed and opened again goes as well.
  virtual void letGo() noexcept { close(); }

  /// Makes the run's row where there is none, and bumps its beats past `run.beats` either way; beat_at
  /// becomes `now`, and nobody has taken it. Returns the beats.
  virtual std::uint64_t beginRun(const Run& run, UtcTime now) = 0;

  /// Writes, and bumps the run's beats; an empty batch is a beat alone. Returns the beats. Throws `lost`, and
  /// writes nothing, where the run has no row, fewer beats than `run.beats` (an older copy of the database
  /// is in its place), or was taken for dead.
  virtual std::uint64_t write(const Run& run, const Batch& batch) = 0;

  /// All runs that have a row, in any order.
  virtual std::vector<Run> runs() = 0;

  /// Takes a run that is dead, as the run of the number `taker`, puts on record up to `limit` of those who
  /// were with it, and deletes their rows; where fewer than that are left, the run's row goes as well.
  /// Returns how many.
  ///
  /// Does nothing, and returns 0, where the run has beaten since `dead` was read, for then it lives after
  /// all, and where another than `dead.taken_by` has taken it. Otherwise for each row of online_users: the
  /// cause is server_crashed, last_heard_at the row's, logged_out_at the later of that and the run's beat_at,
  /// none of them after `now`, the node that run's; status and offline presence of the user's last_seen stay
  /// as they are. All go into the history, where `keep_history` says so; a (run, login) that is there already
  /// stays, but where an earlier recovery put it there. An existing last_seen stays where it was made after
  /// that login began: its logged_out_at is after available_since, not before last_heard_at, and not after
  /// `now`; one that a recovery of the same node made has to be as late as this one's as well. Of several
  /// logins of one user the last one counts.
  virtual std::size_t recover(const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                              bool keep_history) = 0;

  /// An end in order: deletes the run's row, and those of all who are still with it.
  virtual void endRun(const Run& run) = 0;

  /// Deletes up to `limit` logouts from `from` on and before `before` (logged_out_at) from the history, of
  /// all domains, the oldest first.
  ///
  /// The next part of what is to go begins where this one came to. One that began at the oldest again would
  /// go through all that is deleted, for as long as another transaction may still see it.
  virtual Purged purge(UtcTime from, UtcTime before, std::size_t limit) = 0;

  /// A bounded part of what keeps it in shape, where there is nothing else to do. What cannot be done now is
  /// no failure.
  virtual Upkeep keepUp() { return {}; }
};

}  // namespace liveness::store
