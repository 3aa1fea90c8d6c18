// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>

#include "store/database.h"

namespace liveness::store {

/// Makes the file where there is none, for the server's user only (SQLite gives its -wal and -shm the same
/// mode). Throws DatabaseError where it cannot be made, read or written, and says what stands in the way:
/// SQLite only knows that it cannot.
void prepareFile(const std::string& path);

/// The error of a file that the system does not give us, and what to do.
DatabaseError cannot(const std::string& what, int error, const std::string& path);

/// Throws DatabaseError where there is no file to be read.
void checkFileExists(const std::string& path);

/// Deletes a file, and what SQLite keeps beside it. Throws std::filesystem::filesystem_error.
void removeFile(const std::string& path);

/// Gives a file, and what SQLite keeps beside it, a name that no other has: PATH.spoiled, PATH.spoiled-2 and
/// so on. Returns that. Throws std::filesystem::filesystem_error.
std::string setAside(const std::string& path);

/// A path as SOCI wants to have it.
std::string sqliteConnectString(const std::string& path);

/// Which file a path led to at some time: an operator may move it away under an open connection, which would
/// go on writing where nobody looks.
class FileIdentity {
 public:
  explicit FileIdentity(const std::string& path) noexcept;
  explicit FileIdentity(const struct stat& status) noexcept : device_(status.st_dev), inode_(status.st_ino) {}
  friend bool operator==(const FileIdentity& a, const FileIdentity& b) noexcept {
    return a.device_ == b.device_ && a.inode_ == b.inode_;
  }

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace liveness::store
