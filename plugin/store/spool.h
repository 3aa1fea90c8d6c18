// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "store/database.h"
#include "store/waiting.h"

namespace liveness::store {

class SpoolFile;

/// The file for what a database that is away cannot be given: what waits is in it as well, so that it
/// outlives the process, and so is the word that the run ended in order, where it did. It is there until all
/// that waited is in the database, or until the next start has taken it in, and bounded by what waits. One
/// that is spoiled is set aside under another name, once all that can still be read has been taken from it.
/// Lives on the writer's thread.
///
/// To take it in is right at any moment, and more than once: what the database has already stays as it is.
class Spool {
 public:
  using LastHeard = std::unordered_map<std::uint64_t, UtcTime>;  ///< by login

  /// What came of a file's records.
  struct Taken {
    std::uint64_t records = 0;
    std::uint64_t refused = 0;  ///< by the database they were given to
    std::string why_refused;    ///< the last of them
    std::string damage;         ///< why not all of it could be read; empty: it could
    std::string aside;          ///< where the file is now; empty: it is no more
  };

  explicit Spool(std::string path);
  ~Spool();

  const std::string& path() const noexcept { return path_; }
  bool wanted() const noexcept { return !path_.empty(); }

  /// There is news of this user, or somebody was heard: the file does not have that yet.
  void onNews(const std::string& bare_jid);
  void onHeard(std::uint64_t login, UtcTime at);

  /// Whether the file has everything that it was told of.
  bool hasAll() const { return !all_ && changed_.empty() && heard_.empty(); }

  /// Adds what waits and is not in the file yet; nothing, where that is all there. All of it is there
  /// afterwards, or nothing was changed. A file that cannot be added to is set aside, and a new one begun;
  /// returns what came of it then. Throws std::runtime_error; the next call then puts all that waits.
  std::optional<Taken> put(const Run& run, const Waiting& waiting, const LastHeard& heard, UtcTime now);

  /// The same with all that waits, and the word that the run ended in order.
  std::optional<Taken> putLast(const Run& run, const Waiting& waiting, UtcTime now);

  /// True from put() until what was put is in the database: drop(), or takeIn().
  bool holds() const noexcept { return holds_; }

  /// What was put is in the database: it goes from the file, and the file with it, if nothing else is in it.
  /// Does nothing where nothing was put. Throws std::runtime_error.
  void drop(const Run& run, UtcTime now);

  /// Gives everything to the database, then deletes the file, or sets it aside. nullopt: there is no file, or
  /// nothing in it but what waits in memory, too. Runs that ended in order have ended in the database
  /// afterwards; the others are to be recovered, and are as the file last knew them. Throws DatabaseError
  /// where it is the database's fault, then it can be called again; SpoolError where the file cannot be read
  /// now, or is not got rid of.
  std::optional<Taken> takeIn(Database& database, UtcTime now, bool keep_history);

 private:
  template <class Put>
  std::optional<Taken> into(const Run& run, UtcTime now, Put put);
  void open(const Run& run, UtcTime now);
  bool isOpen() const;
  template <class Put>
  Taken replace(const std::string& why, const Run& run, UtcTime now, Put put);
  void forgetChanges() noexcept;
  bool hasOnlyOurs() noexcept;
  void remove() const;

  const std::string path_;
  std::unique_ptr<SpoolFile> file_;  // while it is added to
  bool holds_ = false;

  // What it does not have.
  bool all_ = true;
  std::unordered_set<std::string> changed_;  // users
  LastHeard heard_;
};

/// What an operator is to know of a file that was set aside.
std::string describe(const Spool::Taken& taken);

}  // namespace liveness::store
