// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A database that is away is a file whose folder is not there yet, or that another program has locked.
#pragma once

#include "lives.h"
#include "support/temp_dir.h"

namespace liveness::store {

inline Timing impatient() {
  Timing timing;
  timing.patience = std::chrono::milliseconds{50};
  return timing;
}

/// A store whose database is in a folder that somebody takes away and brings back.
class Away {
 public:
  explicit Away(bool with_spool = true) : with_spool_(with_spool) {}

  std::unique_ptr<Store> open() const {
    return openStore(connectionString(), {"node", "x", with_spool_ ? spool.string() : ""}, impatient());
  }
  std::string connectionString() const { return "sqlite3://" + (there_ / "x.sqlite3").string(); }
  void bringBack() const { std::filesystem::rename(away_, there_); }
  void takeAway() const { std::filesystem::rename(there_, away_); }
  Sqlite database() const { return Sqlite(there_ / "x.sqlite3"); }

  /// What SQL says of the database while it is away; "" where it has no answer.
  std::string askAway(const std::string& sql) const { return ask(away_ / "x.sqlite3", sql); }

  /// What SQL says of the spool; "" while there is none, or it is being made.
  std::string askSpool(const std::string& sql) const { return ask(spool, sql); }

  support::TempDir folder{"liveness-spool"};
  std::filesystem::path spool = folder.path() / "spool.sqlite3";

 private:
  static std::string ask(const std::filesystem::path& file, const std::string& sql) {
    if (!std::filesystem::exists(file)) return "";
    try {
      return Sqlite(file).ask(sql);
    } catch (const std::runtime_error&) {
      return "";
    }
  }

  const bool with_spool_;
  const std::filesystem::path there_ = folder.path() / "there", away_ = [this] {
    std::filesystem::create_directory(folder.path() / "away");
    return folder.path() / "away";
  }();
};

}  // namespace liveness::store
