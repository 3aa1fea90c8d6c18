// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/types.h>

#include <chrono>

#include "liveness/host.h"

namespace liveness::hosts {

/// A client's TCP connection, as the server's kernel knows it. The descriptor is the server's: it is neither
/// closed nor kept open here, and may be another connection's by the time that somebody asks, which is
/// noticed.
class TcpConnection {
 public:
  explicit TcpConnection(int fd) noexcept;

  /// What the other end's machine has acknowledged, where something was sent `since`. Of what is no TCP
  /// connection, or is no longer the same one: unknown.
  Wire ask(std::chrono::milliseconds since) const noexcept;

 private:
  int fd_;
  ino_t inode_ = 0;  ///< 0: no socket
};

}  // namespace liveness::hosts
