// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

namespace liveness::support {

/// A free TCP port of 127.0.0.1, not handed out to any other test of this machine while the object lives.
/// From below the range that the kernel takes for outgoing connections, so none of those can take it either.
class PortLease {
 public:
  PortLease();
  ~PortLease();
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  int lock_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace liveness::support
