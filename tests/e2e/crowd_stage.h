// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "e2e/conversation.h"
#include "e2e/crowd.h"
#include "e2e/stage.h"
#include "support/postgresql_server.h"

namespace liveness::e2e {

/// A setup with these accounts on localhost; `options` are the host's.
ServerSetup crowdSetup(const std::vector<std::string>& names, const std::string& options = {});

/// A server with a crowd on it, and its records, wherever those are.
class CrowdStage {
 public:
  using Read = std::function<StoredRecords()>;

  /// With an SQLite file: where the plugin puts it by itself, or where `options` do.
  explicit CrowdStage(std::size_t users, const std::string& options = {}, std::filesystem::path file = {});

  /// With a PostgreSQL database. `prefix` begins the users' names: several stages may share a database.
  CrowdStage(std::size_t users, const support::PostgresqlServer& postgresql, const std::string& database,
             const std::string& options = {}, const std::string& prefix = "user");

  ProsodyServer server;
  Ledger ledger;

  /// The users come, or come back.
  void gather();
  Crowd& crowd() { return *crowd_; }

  /// To be called before a database gets into trouble: everybody who left is on record, and from now on
  /// nobody leaves so often that a logout of theirs would be one too many to be kept meanwhile
  /// (store/news.h).
  void slowDown();

  /// Waits for so many more logins.
  void await(std::size_t logins);

  /// SIGTERM. Checks that it ends in time.
  void stopServer();

  /// SIGKILL. What came in the last `window` may not be on record. `cause` and `at` are those of a ServerEnd:
  /// a kill may strike after another end had begun.
  void killServer(milliseconds window, milliseconds checkpoint_interval,
                  const std::string& cause = "server_crashed", UtcMillis at = utcNow());

  /// Everybody leaves; everything that the clients know of is on disk in time, while the server runs.
  void goHome();

  /// Holds what is on record against what the clients saw. Only the records of this stage's users count.
  void judge() const;
  StoredRecords records() const;

  /// What the plugin said of its store, at level warn or error or, where it works again, info.
  std::vector<std::string> storeLines() const;

  std::filesystem::path file() const {
    return file_.empty() ? server.files().hostData("localhost") / "liveness.sqlite3" : file_;
  }
  std::filesystem::path spool() const { return server.files().hostData("localhost") / "liveness.spool"; }

 private:
  std::string prefix_;
  std::size_t users_;
  std::filesystem::path file_;
  Read read_;
  std::uint32_t seed_ = 1;
  std::unique_ptr<Crowd> crowd_;
};

}  // namespace liveness::e2e
