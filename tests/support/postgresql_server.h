// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/temp_dir.h"

namespace liveness::support {

/// A real PostgreSQL with a folder and a port of its own, running for as long as the object lives. It is
/// given its defaults where nothing else is said, so it flushes to the disk like an operator's. It runs as an
/// unprivileged user where the test is root, whom PostgreSQL does not serve. Throws Skip where it is not
/// installed, std::runtime_error with its log where it does not come up.
///
/// Its role `liveness` has the password "sesame!" over TCP and owns what databases the tests make; `postgres`
/// is the superuser, on the socket in folder() and without a password.
class PostgresqlServer {
 public:
  static constexpr const char* kUser = "liveness";
  static constexpr const char* kPassword = "sesame!";

  struct Setup {
    std::vector<std::string> settings{};  ///< of postgresql.conf: "max_connections = 5"
    std::filesystem::path data{};         ///< an empty folder for its files; empty: one of its own
    bool started = true;
  };

  PostgresqlServer() : PostgresqlServer(Setup{}) {}
  explicit PostgresqlServer(const Setup& setup);
  ~PostgresqlServer();
  PostgresqlServer(const PostgresqlServer&) = delete;
  PostgresqlServer& operator=(const PostgresqlServer&) = delete;

  /// Runs it again on the same files; returns when it takes connections. The constructor does it the first
  /// time.
  void start();

  /// In order, but without waiting for clients: their connections end.
  void stop();

  /// SIGKILL for all of its processes: a crash of the machine, but for the disk's own memory.
  void kill();

  /// SIGSTOP for all of its processes: connections stand, or are made, and nobody answers.
  void pause();
  void resume();

  bool running();

  /// Makes a folder that of the user whom the server runs as: for a tablespace.
  static void giveAway(const std::filesystem::path& folder);

  /// The command, run as that user: PostgreSQL and what belongs to it do not run as root. It becomes the
  /// program itself, so that its pid is it.
  static std::vector<std::string> asUnprivileged(std::vector<std::string> command);

  /// Makes an empty database of the role `liveness`, and says what it is called.
  std::string makeDatabase();

  /// "postgresql://liveness:PASSWORD@127.0.0.1:PORT/DATABASE"; a word of a URI, as it is.
  std::string uri(const std::string& database, const std::string& password = "sesame%21") const;

  /// For the superuser, over the socket: the keywords of libpq.
  std::string superuser(const std::string& database) const;

  std::uint16_t port() const noexcept { return port_.port(); }
  const std::filesystem::path& folder() const noexcept { return folder_.path(); }
  std::string log() const { return readFile(folder() / "log"); }

 private:
  std::string program(const std::string& name) const { return (programs_ / name).string(); }
  std::vector<pid_t> processes() const;
  void signalAll(int number);
  std::filesystem::path freshFiles() const;
  void makeCluster(const std::vector<std::string>& settings);

  TempDir folder_{"pglv"};  // short: the path of its socket must fit into 107 bytes
  std::filesystem::path programs_;
  std::filesystem::path data_;
  PortLease port_;
  std::unique_ptr<ChildProcess> process_;
  unsigned databases_ = 0;
};

/// The server that the tests of one process share where they do nothing to it but to use it: making one takes
/// a second or two.
PostgresqlServer& sharedPostgresql();

}  // namespace liveness::support
