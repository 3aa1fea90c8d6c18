// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/port_lease.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>

namespace liveness::support {
namespace {

// A name in the abstract socket namespace goes with the process that holds it, however it ends.
int lockName(std::uint16_t port) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto text = "liveness-test-port-" + std::to_string(port);
  std::copy(text.begin(), text.end(), name.sun_path + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  if (bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0) return fd;
  close(fd);
  return -1;
}

bool isFree(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return free;
}

}  // namespace

PortLease::PortLease() {
  std::random_device seed;
  std::uniform_int_distribution<int> any(20000, 31999);
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto port = static_cast<std::uint16_t>(any(seed));
    lock_ = lockName(port);
    if (lock_ < 0) continue;
    if (isFree(port)) {
      port_ = port;
      return;
    }
    close(lock_);
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

PortLease::~PortLease() {
  close(lock_);
}

}  // namespace liveness::support
