// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <deque>

#include "support/tcp_socket.h"
#include "support/xmpp_stream.h"

namespace liveness::support {

/// XMPP over BOSH (XEP-0124, XEP-0206): each request on a connection of its own. Polls by itself while it
/// waits for something, so that there is always a request for the server to answer on; a client that is to be
/// silent is one that nobody waits on.
class BoshClient : public XmppStream {
 public:
  /// `wait`: for how long the server may hold a request.
  BoshClient(Endpoint http, std::string domain, std::chrono::seconds wait);

  void send(const std::string& stanza) override;

  /// A request without content: all that an idle BOSH client ever sends.
  void poll();

  /// Ends the session (XEP-0124 section 13).
  void terminate();

 protected:
  void open(const std::string& domain, bool anew) override;
  void pump(milliseconds deadline) override;

 private:
  void request(const std::string& attributes, const std::string& content);
  void takeBody(const std::string& response);

  Endpoint http_;
  std::string domain_;
  std::chrono::seconds wait_;
  std::string sid_;
  std::uint64_t rid_ = 1000;
  struct Exchange {
    TcpSocket socket;
    std::string response;
  };
  std::deque<Exchange> open_;
};

}  // namespace liveness::support
