// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/database.h"
#include "store/news.h"
#include "store/spool_reader.h"
#include "store/sqlite_file.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_writing.h"

namespace liveness::store {

/// A spool file that one run adds to (see Spool): an SQLite file with the schema of any other, and these
/// tables of its own:
///
/// - `forgotten`: whose account was deleted, and when.
/// - `unfinished`: runs that have not ended, as far as the file knows. A run of the file that is not in it
///   ended in order.
/// - `heard`: when logins were last heard; they need not be in the file's `online_users`.
///
/// Each call is one transaction, on disk when it returns, and throws DatabaseError; after that the object is
/// of no more use.
class SpoolFile {
 public:
  using LastHeard = std::unordered_map<std::uint64_t, UtcTime>;  ///< by login

  /// Makes the file where there is none. The run is unfinished in it from now on.
  SpoolFile(const std::string& path, Run run, UtcTime now);

  /// Whether its path still leads to it.
  bool isThere() const { return file_ == FileIdentity(path_); }

  /// What waits of these users takes the place of what the file has of them and of this run. Other runs' rows
  /// of a forgotten user go as well.
  void put(const std::vector<const News*>& news, const LastHeard& heard, UtcTime now);

  /// The same, and the run has ended in order.
  void putLast(const std::vector<const News*>& news, UtcTime now);

  /// Whether it has other runs than this one.
  bool hasOthers();

  /// Deletes what it has of this run, where it has others.
  void drop();

 private:
  void write(const std::vector<const News*>& news, UtcTime now, bool keep_online);
  void makeRoomFor(const News& news);
  void forget(const Batch& batch);
  void emptyLog();

  const std::string path_;
  const FileIdentity file_;
  Run run_;
  soci::session sql_;
  std::unique_ptr<SqliteWriting> writing_;
  std::unique_ptr<SqliteStatement> drop_logouts_, drop_logins_, drop_heard_, hear_, forget_;
};

/// Into a file that has the schema already.
void putForgotten(const std::string& path, const std::vector<Forgotten>& users);
void putUnfinished(const std::string& path, const std::vector<Run>& runs);
void putHeard(const std::string& path, const std::vector<SpoolReader::Heard>& heard);

}  // namespace liveness::store
