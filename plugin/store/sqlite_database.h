// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace liveness::store {

/// One SQLite file, through SOCI.
class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path);
  ~SqliteDatabase() override;

  const std::string& name() const noexcept override { return path_; }
  void open() override;
  void close() noexcept override;
  void write(const std::vector<const LastSeen*>& records) override;
  std::optional<LastSeen> find(const std::string& bare_jid) override;

 private:
  class Connection;

  void checkFile() const;

  const std::string path_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace liveness::store
