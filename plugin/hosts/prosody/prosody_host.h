// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <unordered_map>

#include "hosts/queued_host.h"
#include "hosts/tcp_info.h"

namespace liveness::hosts::prosody {

/// Prosody, with the sockets of its clients' streams.
class ProsodyHost : public QueuedHost {
 public:
  using QueuedHost::QueuedHost;

  /// The session's stream goes over this descriptor; -1: over none that can be named.
  void setSocket(SessionId session, int fd) {
    if (fd < 0)
      connections_.erase(session.toInteger());
    else
      connections_.insert_or_assign(session.toInteger(), TcpConnection{fd});
  }

  Wire wire(SessionId session, std::chrono::milliseconds since) const override {
    const auto found = connections_.find(session.toInteger());
    return found == connections_.end() ? Wire::unknown : found->second.ask(since);
  }

 private:
  std::unordered_map<std::uint64_t, TcpConnection> connections_;
};

}  // namespace liveness::hosts::prosody
