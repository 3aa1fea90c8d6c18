// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/news.h"
#include "store/rows.h"
#include "store/sqlite_questions.h"

namespace liveness::store {

/// The spool file is at fault; what() says how.
class SpoolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a spool file from its beginning to its end, a slice at a time. All throw SpoolError.
class SpoolReader {
 public:
  explicit SpoolReader(const std::string& path);

  /// Those that ended while their database was away, in the order in which they began.
  const std::vector<Run>& runs() const noexcept { return runs_; }
  std::vector<std::string> forgotten();

  /// The next logouts of this run; none: that was the last one. Each run's to the end, before another's.
  std::vector<News::Logout> logouts(const Run& run, std::size_t most);
  std::vector<LastSeen> lastSeen(std::size_t most);

 private:
  template <class What>
  auto reading(What what);

  const std::string path_;
  std::optional<soci::session> sql_;
  std::vector<Run> runs_;
  Row row_{kSqlite};
  long long login_ = 0;
  std::optional<soci::statement> logouts_, last_seen_;
};

}  // namespace liveness::store
