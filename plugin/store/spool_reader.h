// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/rows.h"
#include "store/spool_scan.h"
#include "store/sqlite_questions.h"

namespace liveness::store {

/// The spool file is at fault; what() says how.
class SpoolError : public std::runtime_error {
 public:
  SpoolError(const std::string& text, bool is_spoiled) : std::runtime_error(text), spoiled(is_spoiled) {}

  const bool spoiled;  ///< nothing more is to be had from it; otherwise it may be read another time
};

/// Reads a spool file from its beginning to its end, a slice at a time. What is damaged is left out: a row
/// that makes no sense, or what lies between damaged pages. All throw SpoolError.
class SpoolReader {
 public:
  struct Logout {
    Run run;  ///< its number and its node are known
    std::uint64_t login = 0;
    LastSeen record;
  };

  /// Of a run that is unfinished: who came while its database was away, and when who is here was last heard.
  struct Login {
    std::int64_t run = 0;
    Store::Online user;
  };
  struct Heard {
    std::int64_t run = 0;
    Store::LastHeard user;
  };

  static constexpr std::size_t kSlice = 8192;  ///< rows that are worth a transaction

  explicit SpoolReader(const std::string& path);

  /// Those that were at work while their database was away, in the order in which they ended.
  const std::vector<Run>& runs() const noexcept { return runs_; }

  /// False: it died, or nobody knows.
  bool hasEnded(std::int64_t run) const { return !ends_lost_ && unfinished_.count(run) == 0; }
  std::vector<Run> unfinished() const;
  std::vector<Forgotten> forgotten();

  /// The next ones; none: that was the last one.
  std::vector<Logout> logouts(std::size_t most);
  std::vector<LastSeen> lastSeen(std::size_t most);
  std::vector<Login> logins(std::size_t most);
  std::vector<Heard> heard(std::size_t most);

  /// What was left out so far, and why; empty: nothing.
  std::string damage() const;

 private:
  template <class What>
  auto reading(What what);
  void readRuns();
  void readUnfinished();
  void selectLogins();
  bool fetchLogin();
  bool hasColumn(const std::string& table, const std::string& column);
  void noteDamage(const SpoolScan& scan);
  void noteSenseless(const std::string& whose, const std::string& why);

  /// The row as it was fetched last, as a database can take it; nullopt where it makes no sense.
  std::optional<LastSeen> read();

  std::optional<soci::session> sql_;
  std::vector<Run> runs_;
  std::set<std::int64_t> unfinished_;
  bool ends_lost_ = false;  // which of them are
  Row row_{kSqlite};
  Run run_;
  long long number_ = 0, login_ = 0;
  std::optional<SpoolScan> logouts_, last_seen_, heard_;
  std::string heard_at_, since_;
  std::string user_, resource_;
  std::optional<soci::statement> logins_;
  bool logins_read_ = false;
  std::size_t senseless_ = 0;  // rows
  std::string why_senseless_;  // the last of them
  std::string damage_;         // of a page, the first
};

}  // namespace liveness::store
