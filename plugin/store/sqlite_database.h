// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/sqlite_name_lock.h"
#include "store/sqlite_upkeep.h"

namespace liveness::store {

/// One SQLite file, through SOCI.
class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path, std::uint64_t largest_log = SqliteUpkeep::kLargestLog);
  ~SqliteDatabase() override;

  const std::string& name() const noexcept override { return path_; }
  bool shared() const noexcept override { return false; }
  void open() override;
  void openToRead() override;
  void close() noexcept override;

  bool takeName(const Run& run) override;
  void freeName(const Run& run) override;
  void letGo() noexcept override;
  std::uint64_t beginRun(const Run& run, UtcTime now) override;
  std::uint64_t write(const Run& run, const Batch& batch) override;
  std::vector<Run> runs() override;
  std::size_t recover(const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                      bool keep_history) override;
  void endRun(const Run& run) override;
  Purged purge(UtcTime from, UtcTime before, std::size_t limit) override;
  Upkeep keepUp() override;

  std::optional<LastSeen> find(const std::string& bare_jid) override;
  std::vector<LastSeen> history(const std::string& bare_jid, std::size_t limit) override;
  Store::Inactive inactive(const std::string& domain, UtcTime before, std::size_t limit) override;
  std::vector<std::uint64_t> active(const std::string& domain, const std::vector<UtcTime>& since) override;
  std::vector<std::string> unknown(const std::vector<std::string>& bare_jids) override;
  FoundUsers users(const std::string& domain, const UsersQuestion& question) override;

 private:
  class Connection;

  void connect(void (Connection::*prepare)());

  /// Calls `what` with the connection, and makes of SOCI's errors our own.
  template <class What>
  auto with(What what);

  const std::string path_;
  SqliteNameLock name_lock_;
  SqliteUpkeep upkeep_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace liveness::store
