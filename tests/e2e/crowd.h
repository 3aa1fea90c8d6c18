// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "e2e/ledger.h"
#include "support/raw_client.h"

namespace liveness::e2e {

/// Users who come and go for as long as the object lives, each on a thread of its own, and who write down in
/// a ledger what they did. They come back by themselves when the server does. Some are there with two
/// clients.
class Crowd {
 public:
  /// The users are `names` of localhost, with the password "secret".
  Crowd(support::Endpoint server, const std::vector<std::string>& names, std::uint32_t seed, Ledger& ledger);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Everybody leaves and stays away.
  void goHome();

  /// From now on everybody begins at most so many logins; -1: as many as they like. One that the server does
  /// not confirm does not count.
  void comeAtMost(int times);

  std::size_t logins() const noexcept { return logins_; }  ///< that the server has confirmed, so far

  /// prefix1, prefix2, ...
  static std::vector<std::string> names(const std::string& prefix, std::size_t count);

 private:
  void live(const std::string& name, std::uint32_t seed);
  bool mayCome(unsigned& limit, int& logins);
  void visit(const std::string& name, int serial, std::mt19937& random, int& logins);
  void leave(support::RawClient& client, const std::string& jid, int serial, std::mt19937& random);
  void rest(std::chrono::milliseconds span);

  const support::Endpoint server_;
  Ledger& ledger_;
  std::atomic<std::size_t> logins_{0};
  std::mutex mutex_;
  std::condition_variable going_home_;
  bool over_ = false;
  int at_most_ = -1;
  unsigned limits_ = 0;  ///< how often comeAtMost() was called
  std::vector<std::thread> users_;
};

}  // namespace liveness::e2e
