// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "support/child_process.h"
#include "support/net_namespaces.h"
#include "support/stored_last_seen.h"
#include "support/tcp_socket.h"

namespace liveness::demo {

/// What packaging/run has prepared.
struct Prepared {
  std::filesystem::path config;
  std::filesystem::path store;
  std::filesystem::path log;
  std::string password;
  std::uint16_t port = 0;
  std::chrono::milliseconds idle_timeout{0};
  bool cable = false;  ///< the server is to run behind one
};

/// The Prosody that packaging/run has configured, running for as long as the object lives: on 127.0.0.1, or
/// in a network namespace with a cable to another one.
class DemoServer {
 public:
  /// Throws std::runtime_error, with the log, where it does not come up or comes up without the plugin.
  explicit DemoServer(Prepared prepared);

  support::Endpoint near() const;  ///< for a client beside the server
  support::Endpoint far() const;   ///< for one at the other end of the cable, where there is one

  bool hasCable() const noexcept { return network_.has_value(); }
  void pullCable() { network_->cut(); }

  std::string shell(const std::string& line) const;
  std::optional<support::StoredLastSeen> lastSeen(const std::string& bare_jid) const;
  const Prepared& prepared() const noexcept { return prepared_; }

  /// In order. The exit status, or nullopt if that takes too long.
  std::optional<int> stop();

 private:
  Prepared prepared_;
  std::optional<support::NetNamespaces> network_;
  std::unique_ptr<support::ChildProcess> process_;
};

}  // namespace liveness::demo
