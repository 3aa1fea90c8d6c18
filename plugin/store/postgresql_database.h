// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/postgresql_connection_string.h"
#include "store/postgresql_session.h"

namespace liveness::store {

/// The schema `liveness` of a database on a PostgreSQL server, through SOCI.
class PostgresqlDatabase final : public Database {
 public:
  explicit PostgresqlDatabase(PostgresqlTarget target);
  ~PostgresqlDatabase() override;

  const std::string& name() const noexcept override { return target_.name; }
  bool shared() const noexcept override { return true; }
  void open() override;
  void openToRead() override;
  void close() noexcept override;
  void interrupt() noexcept override;

  bool takeName(const Run& run) override;
  void freeName(const Run& run) override;
  std::uint64_t beginRun(const Run& run, UtcTime now) override;
  std::uint64_t write(const Run& run, const Batch& batch) override;
  std::vector<Run> runs() override;
  std::size_t recover(const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                      bool keep_history) override;
  void endRun(const Run& run) override;
  Purged purge(UtcTime from, UtcTime before, std::size_t limit) override;

  std::optional<LastSeen> find(const std::string& bare_jid) override;
  std::vector<LastSeen> history(const std::string& bare_jid, std::size_t limit) override;
  Store::Inactive inactive(const std::string& domain, UtcTime before, std::size_t limit) override;
  std::vector<std::uint64_t> active(const std::string& domain, const std::vector<UtcTime>& since) override;
  std::vector<std::string> unknown(const std::vector<std::string>& bare_jids) override;
  FoundUsers users(const std::string& domain, const UsersQuestion& question) override;

 private:
  class Connection;

  void connect(Access access);

  /// Calls `what` with the connection, and makes of SOCI's errors our own.
  template <class What>
  auto with(What what);

  const PostgresqlTarget target_;
  std::mutex interrupting_;  // never held while anybody waits
  int socket_ = -1;
  std::unique_ptr<Connection> connection_;
  int name_taken_by_ = 0;  // the server's process that serves, or last served, us
};

}  // namespace liveness::store
