// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/tcp_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "support/child_process.h"

namespace liveness::support {
namespace {

bool ready(int fd, short events, milliseconds deadline) {
  pollfd one{fd, events, 0};
  int result = 0;
  do {
    result = poll(&one, 1, static_cast<int>(deadline.count()));
  } while (result < 0 && errno == EINTR);
  return result > 0;
}

int makeSocket(const std::string& network_namespace) {
  int fd = -1;
  if (network_namespace.empty()) return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string problem;
  // A thread of its own enters the namespace and takes its membership with it when it ends.
  std::thread([&] {
    try {
      enterNetworkNamespace(network_namespace);
      fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    } catch (const std::exception& error) {
      problem = error.what();
    }
  }).join();
  if (!problem.empty()) throw std::runtime_error(problem);
  return fd;
}

}  // namespace

TcpSocket::TcpSocket(const Endpoint& endpoint) : fd_(makeSocket(endpoint.network_namespace)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (fd_ < 0 || inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr) != 1)
    throw std::runtime_error("no socket for " + endpoint.address);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  timeval patience{kPatience.count(), 0};
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string why = std::strerror(errno);
    close();
    throw std::runtime_error("cannot connect to " + endpoint.address + ":" + std::to_string(endpoint.port) +
                             ": " + why);
  }
}

TcpSocket::~TcpSocket() {
  close();
}

TcpSocket::TcpSocket(TcpSocket&& other) noexcept : fd_(other.release()) {}

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

int TcpSocket::release() noexcept {
  return std::exchange(fd_, -1);
}

bool TcpSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<std::string> TcpSocket::receive(milliseconds deadline) {
  if (fd_ < 0) return std::string{};
  if (!ready(fd_, POLLIN, deadline)) return std::nullopt;
  std::array<char, 65536> buffer;
  const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string{};
}

void TcpSocket::shutdownWrite() {
  shutdown(fd_, SHUT_WR);
}

void TcpSocket::close() {
  if (fd_ >= 0) ::close(release());
}

void TcpSocket::reset() {
  if (fd_ >= 0) closeWithReset(release());
}

bool isServed(const Endpoint& endpoint) {
  try {
    TcpSocket visitor(endpoint);
    visitor.shutdownWrite();
    const auto answer = visitor.receive(kPatience);
    return answer && answer->empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

void closeWithReset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd);
}

}  // namespace liveness::support
