// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "package/debian_root.h"
#include "support/child_process.h"
#include "support/net_namespaces.h"
#include "support/stored_last_seen.h"
#include "support/tcp_socket.h"

namespace liveness::package {

/// Debian's Prosody in a DebianRoot, with Debian's own configuration, run as its systemd unit does, in a
/// network of its own: it listens on the ports that every Prosody listens on. Accounts romeo and juliet of
/// localhost.
class DebianProsody {
 public:
  explicit DebianProsody(const DebianRoot& root);

  /// Adds the one line to modules_enabled.
  void enable();

  void start();  ///< throws std::runtime_error with its log where it does not come up
  bool stop();   ///< in order; false if it had to be killed
  bool running() { return process_ != nullptr && process_->running(); }

  support::Endpoint client() const;  ///< where a client connects to, from the other end of the network
  support::Endpoint http() const;    ///< the same on the server's own machine
  std::string shell(const std::string& line) const { return root_.run({"prosodyctl", "shell", line}).output; }
  std::string log() const;
  std::optional<support::StoredLastSeen> lastSeen(const std::string& bare_jid) const;

  static constexpr const char* kConfig = "/etc/prosody/prosody.cfg.lua";
  static constexpr const char* kRecords = "/var/lib/prosody/localhost/liveness.sqlite3";

 private:
  const DebianRoot& root_;
  support::NetNamespaces network_;
  std::unique_ptr<support::ChildProcess> process_;
};

}  // namespace liveness::package
