// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/tcp_info.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace liveness::hosts {

namespace {

// The kernel counts in its own ticks, which are up to 10 ms long; and what is sent leaves a moment after
// that.
constexpr std::chrono::milliseconds kCoarseness{20};

ino_t socketInode(int fd) noexcept {
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode)) return 0;
  return status.st_ino;
}

}  // namespace

TcpConnection::TcpConnection(int fd) noexcept : fd_(fd), inode_(socketInode(fd)) {}

Wire TcpConnection::ask(std::chrono::milliseconds since) const noexcept {
  if (inode_ == 0 || socketInode(fd_) != inode_) return Wire::unknown;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return Wire::unknown;
  if (info.tcpi_unacked > 0 || info.tcpi_retransmits > 0) return Wire::silent;
  const std::chrono::milliseconds acknowledged_ago{info.tcpi_last_ack_recv};
  return acknowledged_ago <= since + kCoarseness ? Wire::answering : Wire::unknown;
}

}  // namespace liveness::hosts
