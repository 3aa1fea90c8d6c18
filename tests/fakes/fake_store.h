// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
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
  std::vector<LastSeen> records;               ///< every logout, oldest first
  std::vector<std::uint64_t> logins;           ///< that these logouts ended
  std::map<std::uint64_t, Online> online;      ///< who is here, by login
  std::map<std::string, Connected> connected;  ///< the last of each user
  std::vector<std::string> forgotten;
  std::vector<std::vector<LastHeard>> checkpoints;  ///< as they came
  std::chrono::hours history{-1};
  bool has_room = true;      ///< false: no checkpoint is taken
  bool logins_lost = false;  ///< to be told to the plugin
  bool is_shared = false;
  std::uint64_t questions = 0;
  std::function<void(const LastSeen&)> when_recorded;

  /// The first thing that a Store should never have been told. Empty: all was well.
  const std::string& mistake() const { return mistake_; }

  /// A record from before the plugin's time.
  void hold(LastSeen record);

  /// How often this user was logged out, and the last one.
  std::size_t countOf(const std::string& bare_jid) const;
  const LastSeen* lastOf(const std::string& bare_jid) const;

  void start() override { ++starts; }
  void keepHistory(std::chrono::hours time) override { history = time; }
  void recordLogin(Online user) override;
  bool checkpoint(std::vector<LastHeard> users) override;
  bool recordConnected(std::vector<Connected> users) override;
  void recordLogout(std::uint64_t login, LastSeen record) override;
  bool takeLoginsLost() override;
  void forget(std::string bare_jid) override;
  bool shared() const noexcept override { return is_shared; }
  void findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) override;
  void findInactive(UtcTime before, std::size_t limit, FoundInactive found) override;
  void countActive(std::vector<UtcTime> since, Counted counted) override;
  void findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) override;
  void findUsers(UsersQuestion question, Listed listed) override;
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
  std::set<std::uint64_t> ended_;
  std::map<std::string, std::uint64_t> last_login_;  // by user
  std::string mistake_;
};

}  // namespace liveness::fakes
