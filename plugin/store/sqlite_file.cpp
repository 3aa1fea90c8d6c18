// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "store/database.h"

namespace liveness::store {

namespace {

constexpr const char* kBeside[] = {"-wal", "-shm", "-journal"};

/// False where another file has the name.
bool renameTo(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  // Not every file system can do it.
  if (errno != EINVAL && errno != ENOSYS)
    throw std::filesystem::filesystem_error("rename", from, to, {errno, std::generic_category()});
  if (std::filesystem::exists(to)) return false;
  std::filesystem::rename(from, to);
  return true;
}

std::string folderOf(const std::string& path) {
  return path.substr(0, path.find_last_of('/') + 1);  // there is one, see databaseFor()
}

}  // namespace

DatabaseError cannot(const std::string& what, int error, const std::string& path) {
  std::string advice = "see that the server's user may write there";
  if (error == ENOENT || error == ENOTDIR)
    advice = "make the folder " + folderOf(path) + " for the server's user";
  if (error == EROFS) advice = "its file system is mounted read-only: mount it for writing";
  if (error == ENOSPC || error == EDQUOT) advice = "make room there";
  return DatabaseError(DatabaseError::Kind::away, what + ": " + std::strerror(error) + "; " + advice);
}

void prepareFile(const std::string& path) {
  // Never opened where it exists: closing it again would drop the locks that this process has on it.
  std::error_code ignored;
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made >= 0) {
    ::close(made);
    return;
  }
  if (errno != EEXIST) throw cannot("the file cannot be made", errno, path);
  if (!std::filesystem::is_regular_file(path, ignored))
    throw DatabaseError(DatabaseError::Kind::away,
                        "it is there, but not a file; move it away, or set another path");
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0)
    throw cannot("the file cannot be written", errno, path);
  if (faccessat(AT_FDCWD, folderOf(path).c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    throw cannot("its folder cannot be written, where SQLite keeps its log", errno, path);
}

void checkFileExists(const std::string& path) {
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0) return;
  if (errno == EACCES) throw cannot("the file cannot be read", errno, path);
  throw DatabaseError(DatabaseError::Kind::away, std::string("there is no such file: ") +
                                                     std::strerror(errno) +
                                                     "; it is made when the server first starts");
}

void removeFile(const std::string& path) {
  std::filesystem::remove(path);
  for (const char* beside : kBeside) std::filesystem::remove(path + beside);
}

std::string setAside(const std::string& path) {
  std::string aside = path + ".spoiled";
  for (int n = 2; !renameTo(path, aside); ++n) aside = path + ".spoiled-" + std::to_string(n);
  for (const char* beside : kBeside) {
    std::error_code ignored;  // there is none, as a rule; and the file is what matters
    std::filesystem::rename(path + beside, aside + beside, ignored);
  }
  return aside;
}

std::string sqliteConnectString(const std::string& path) {
  return path.find('=') == std::string::npos ? path : "dbname=\"" + path + '"';
}

FileIdentity::FileIdentity(const std::string& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

}  // namespace liveness::store
