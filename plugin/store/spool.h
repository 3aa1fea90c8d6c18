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
/// it ended in order. An SQLite file with the schema of any other, and a table of those who were forgotten;
/// there only until a start has taken it in.
class Spool {
 public:
  explicit Spool(std::string path) : path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }
  bool wanted() const noexcept { return !path_.empty(); }

  /// Adds the end of a run, and what waited then, to what is there: all of it is there afterwards, or
  /// nothing was changed. Throws std::runtime_error.
  void put(const Run& run, const Waiting& waiting, UtcTime now, bool keep_history) const;

  /// Gives everything to the database, then deletes the file. Returns how many logouts there were; nullopt:
  /// there is no file. Throws DatabaseError where it is the database's fault, then it can be called again;
  /// SpoolError where it is the file's.
  std::optional<std::uint64_t> takeIn(Database& database, UtcTime now, bool keep_history) const;

 private:
  std::string path_;
};

}  // namespace liveness::store
