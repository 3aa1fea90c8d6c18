// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "support/stanza_splitter.h"
#include "support/tcp_socket.h"
#include "support/xmpp_stream.h"

namespace liveness::support {

/// XMPP over TCP (RFC 6120), byte by byte: half a stanza, whitespace, XEP-0198, whatever a test wants to say.
class RawClient : public XmppStream {
 public:
  explicit RawClient(const Endpoint& endpoint) : socket_(endpoint) {}

  void send(const std::string& bytes) override { socket_.send(bytes); }

  /// To close, to reset, to half-close.
  TcpSocket& socket() noexcept { return socket_; }

 protected:
  void open(const std::string& domain, bool anew) override;
  void pump(milliseconds deadline) override;

 private:
  TcpSocket socket_;
  StanzaSplitter splitter_;
};

}  // namespace liveness::support
