// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_name_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/name_key.h"
#include "store/sqlite_file.h"

namespace liveness::store {

bool SqliteNameLock::take(const Run& run) {
  if (fd_ >= 0 && isOurFile()) return true;
  letGo();
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd_ < 0) throw cannot("its lock " + path_ + " cannot be opened", errno, path_);

  // Of the open file, not of the process: another store of this process is somebody else.
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(nameKey(run) >> 2);
  lock.l_len = 1;
  if (::fcntl(fd_, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES)) return true;
  letGo();
  return false;
}

void SqliteNameLock::letGo() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

/// Not where it was moved away, with the database.
bool SqliteNameLock::isOurFile() const noexcept {
  struct stat ours {};
  return ::fstat(fd_, &ours) == 0 && FileIdentity(path_) == FileIdentity(ours);
}

}  // namespace liveness::store
