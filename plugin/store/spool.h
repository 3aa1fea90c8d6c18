// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/database.h"
#include "store/waiting.h"

namespace liveness::store {

/// The file for what a database that is away could not be given when the store ended, and for the word that
/// it ended in order. An SQLite file with the schema of any other, and a table of those who were forgotten,
/// and when; there only until a start has taken it in. One that is spoiled is set aside under another name,
/// once all that can still be read has been taken from it.
class Spool {
 public:
  /// What came of a file's records.
  struct Taken {
    std::uint64_t records = 0;
    std::uint64_t refused = 0;  ///< by the database they were given to
    std::string why_refused;    ///< the last of them
    std::string damage;         ///< why not all of it could be read; empty: it could
    std::string aside;          ///< where the file is now; empty: it is no more
  };

  explicit Spool(std::string path) : path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }
  bool wanted() const noexcept { return !path_.empty(); }

  /// Adds the end of a run, and what waited then, to what is there: all of it is there afterwards, or
  /// nothing was changed. A file that cannot be added to is set aside, and a new one begun; returns what came
  /// of it then. Throws std::runtime_error.
  std::optional<Taken> put(const Run& run, const Waiting& waiting, UtcTime now, bool keep_history) const;

  /// Gives everything to the database, then deletes the file, or sets it aside. nullopt: there is no file.
  /// Throws DatabaseError where it is the database's fault, then it can be called again; SpoolError where the
  /// file cannot be read now, or is not got rid of.
  std::optional<Taken> takeIn(Database& database, UtcTime now, bool keep_history) const;

 private:
  void copyTo(const std::string& part) const;

  std::string path_;
};

/// What an operator is to know of a file that was set aside.
std::string describe(const Spool::Taken& taken);

}  // namespace liveness::store
