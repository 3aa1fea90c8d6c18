// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <gloox/connectionbase.h>

#include <functional>

#include "support/tcp_socket.h"

namespace liveness::support {

/// What gloox talks through: our socket, which can be made in another network namespace and be mistreated.
class GlooxConnection : public gloox::ConnectionBase {
 public:
  using Sent = std::function<void()>;

  /// `sent` is called whenever bytes have gone out.
  GlooxConnection(gloox::ConnectionDataHandler* handler, Endpoint endpoint, Sent sent)
      : ConnectionBase(handler), endpoint_(std::move(endpoint)), sent_(std::move(sent)) {}

  TcpSocket& socket() noexcept { return socket_; }

  gloox::ConnectionError connect() override;
  gloox::ConnectionError recv(int timeout_microseconds) override;
  bool send(const std::string& data) override;
  gloox::ConnectionError receive() override;
  void disconnect() override;
  void cleanup() override;
  void getStatistics(long int& total_in, long int& total_out) override;
  gloox::ConnectionBase* newInstance() const override;

 private:
  Endpoint endpoint_;
  Sent sent_;
  TcpSocket socket_;
};

}  // namespace liveness::support
