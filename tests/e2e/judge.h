// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "e2e/ledger.h"

namespace liveness::e2e {

/// Holds a database's records against what clients saw, one login after the other.
class Judge {
 public:
  explicit Judge(const StoredRecords& records);

  /// `end` is the server's that the login cannot have outlived; null: the server lives.
  void login(const SeenLogin& login, const ServerEnd* end);

  /// After all logins of the user, which these are, in order.
  void lastSeen(const std::string& bare_jid, const std::vector<SeenLogin>& logins);

  /// Last: rows that belong to no login.
  void strangers();

  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

 private:
  void times(const SeenLogin& login, const ServerEnd& end, const StoredLogout& row);
  void complain(const std::string& who, const std::string& what);

  const StoredRecords& records_;
  UtcMillis now_;
  std::map<std::pair<std::string, std::string>, std::vector<const StoredLogout*>> rows_;
  std::set<std::pair<std::string, std::string>> known_;
  std::vector<std::string> complaints_;
};

}  // namespace liveness::e2e
