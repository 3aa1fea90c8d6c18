// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "support/tcp_socket.h"
#include "support/xmpp_stream.h"

namespace liveness::support {

/// XMPP over WebSocket (RFC 6455, RFC 7395).
class WebSocketClient : public XmppStream {
 public:
  WebSocketClient(const Endpoint& http, const std::string& domain);

  void send(const std::string& stanza) override { sendFrame(kText, withNamespace(stanza)); }
  void sendPong() { sendFrame(kPong, ""); }
  TcpSocket& socket() noexcept { return socket_; }

 protected:
  void open(const std::string& domain, bool anew) override;
  void pump(milliseconds deadline) override;

 private:
  static constexpr std::uint8_t kText = 0x1;
  static constexpr std::uint8_t kClose = 0x8;
  static constexpr std::uint8_t kPong = 0xA;

  void sendFrame(std::uint8_t opcode, const std::string& payload);
  bool takeFrame();

  TcpSocket socket_;
  std::string buffer_;
};

}  // namespace liveness::support
