// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/eventually.h"

namespace liveness::support {

/// Where a server listens. A socket belongs for good to the namespace that it was made in.
struct Endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string network_namespace{};  ///< empty: the caller's
};

/// A TCP connection with all the ways to treat it badly. Blocking, bounded by deadlines.
class TcpSocket {
 public:
  TcpSocket() = default;

  /// Throws std::runtime_error if the connection is refused or not there within ten seconds.
  explicit TcpSocket(const Endpoint& endpoint);
  ~TcpSocket();
  TcpSocket(TcpSocket&& other) noexcept;
  TcpSocket& operator=(TcpSocket&& other) noexcept;
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;

  /// The file descriptor, for poll(); -1 once closed.
  int fd() const noexcept { return fd_; }

  /// Gives the descriptor away.
  int release() noexcept;

  /// False: the other side is gone, or has not taken everything within ten seconds.
  bool send(std::string_view bytes);

  /// What has arrived, up to 64 KiB; nullopt: nothing before the deadline; empty: the other side has closed.
  std::optional<std::string> receive(milliseconds deadline);

  void shutdownWrite();  ///< no more comes from us, but we would still listen
  void close();          ///< in order: FIN
  void reset();          ///< RST, nothing unsent is delivered

 private:
  int fd_ = -1;
};

/// Whether a server listens there and is at work: it takes a connection that says nothing and closes it in
/// its turn, so that nothing of the question is left there. A port is open a while before anybody looks at
/// it.
bool isServed(const Endpoint& endpoint);

/// Closes with an RST instead of a FIN.
void closeWithReset(int fd);

}  // namespace liveness::support
