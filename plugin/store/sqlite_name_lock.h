// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "store/batch.h"

namespace liveness::store {

/// Who writes to an SQLite file under which name: a lock on a byte of a file beside it, which the kernel ends
/// with the process, however that ends. The file stays, and has nothing in it.
class SqliteNameLock {
 public:
  explicit SqliteNameLock(const std::string& database) : path_(database + "-lock") {}
  ~SqliteNameLock() { letGo(); }
  SqliteNameLock(const SqliteNameLock&) = delete;
  SqliteNameLock& operator=(const SqliteNameLock&) = delete;

  /// True where this object has the name of this run; nothing is done where it has it already. False:
  /// somebody else has. Where the file system knows no locks nobody is ever refused. Throws DatabaseError.
  bool take(const Run& run);
  void letGo() noexcept;

 private:
  bool isOurFile() const noexcept;

  const std::string path_;
  int fd_ = -1;
};

}  // namespace liveness::store
