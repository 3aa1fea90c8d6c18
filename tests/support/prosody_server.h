// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/server_setup.h"
#include "support/stored_last_seen.h"
#include "support/tcp_socket.h"
#include "support/temp_dir.h"

namespace liveness::support {

/// A real Prosody with a folder and ports of its own, running for as long as the object lives. Throws Skip
/// where Prosody is not installed, std::runtime_error with its log where it does not come up.
class ProsodyServer {
 public:
  explicit ProsodyServer(ServerSetup setup);
  ~ProsodyServer();
  ProsodyServer(const ProsodyServer&) = delete;
  ProsodyServer& operator=(const ProsodyServer&) = delete;

  /// Runs it again on the same files. The constructor does it the first time.
  void start();

  /// The two halves of start(), for who would like to be in between. The latter throws std::runtime_error
  /// with the log where the server does not come up.
  void launch();
  void waitUntilReady();

  /// In order (prosody_stop.h). False if it had to be killed in the end.
  bool stop(milliseconds deadline = kPatience);

  /// SIGKILL: a crash.
  void kill();

  /// Writes the configuration (and accounts) anew, for a `config:reload()` or the next start().
  void rewriteConfig(const ServerSetup& setup);

  bool running();
  pid_t pid() const;  ///< of the server itself, also where it has daemonized

  Endpoint c2s() const;
  Endpoint http() const;
  const ServerSetup& setup() const noexcept { return setup_; }
  const ServerFiles& files() const noexcept { return files_; }

  /// What `prosodyctl shell` prints for a line of its language.
  std::string shell(const std::string& line) const;

  std::string log() const { return readFile(files_.log()); }
  /// Runs prosodyctl on this server's configuration, whether the server runs or not.
  CommandResult ctl(const std::vector<std::string>& arguments) const;

  bool logContains(const std::string& text) const;

  /// Entries of the log that no scenario should leave behind (prosody_log.h), but those that hold a text that
  /// was announced by expectError().
  std::vector<std::string> unexpectedErrors() const;
  void expectError(std::string text) { expected_errors_.push_back(std::move(text)); }

  std::optional<StoredLastSeen> lastSeen(const std::string& bare_jid) const;

  /// Waits until the user's record is on disk and `accepts` it. What it was last is returned either way.
  template <class Accepts>
  std::optional<StoredLastSeen> lastSeenThat(const std::string& bare_jid, Accepts&& accepts,
                                             milliseconds deadline = kPatience) const {
    std::optional<StoredLastSeen> record;
    eventually(deadline, [&] {
      record = lastSeen(bare_jid);
      return record && accepts(*record);
    });
    return record;
  }

  std::size_t threads() const;      ///< of the server's process now
  std::size_t residentKiB() const;  ///< of its memory

 private:
  bool alive();
  bool readDaemonPid();

  ServerSetup setup_;
  TempDir dir_{"lv"};  // short: the path of the shell's socket must fit into 108 bytes
  ServerFiles files_;
  PortLease c2s_port_;
  PortLease http_port_;
  std::unique_ptr<ChildProcess> process_;
  pid_t daemon_ = -1;  ///< of the server that has gone into the background
  std::vector<std::string> expected_errors_;
};

}  // namespace liveness::support
