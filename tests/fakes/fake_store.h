// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "liveness/store.h"

namespace liveness::fakes {

/// A store that keeps everything it was told, in memory and in order. Answers from the next poll(), unless
/// the test makes it wait or pretend that its database is away.
class FakeStore : public Store {
 public:
  bool answers = true;            ///< false: reads stay unanswered, as if on their way
  bool database_is_away = false;  ///< nothing is written and nothing answered; noticed once
  int starts = 0;
  int stops = 0;
  std::uint64_t polls = 0;
  std::vector<LastSeen> records;  ///< every logout, oldest first
  std::function<void(const LastSeen&)> when_recorded;

  /// How often this user was logged out, and the last one.
  std::size_t countOf(const std::string& bare_jid) const;
  const LastSeen* lastOf(const std::string& bare_jid) const;

  void start() override { ++starts; }
  void recordLogout(LastSeen record) override;
  void findLastSeen(std::string bare_jid, Found found) override;
  void poll() override;
  bool reading() const override { return !asked_.empty(); }
  Stats stats() const override;
  std::vector<Notice> takeNotices() override { return std::exchange(notices_, {}); }
  void stop() override;

 private:
  void failIfAway();

  std::map<std::string, std::size_t> latest_;  // index into records
  std::deque<std::pair<std::string, Found>> asked_;
  std::vector<Notice> notices_;
  Stats stats_;
  std::size_t written_ = 0;
};

}  // namespace liveness::fakes
