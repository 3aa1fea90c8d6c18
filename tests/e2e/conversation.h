// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "support/raw_client.h"

namespace liveness::e2e {

/// Two clients that never stop writing to each other, on a thread of their own: shows that the server serves.
/// Says nothing of when it does not: that is for who asks report().
class Conversation {
 public:
  struct Report {
    std::size_t round_trips = 0;
    std::chrono::milliseconds longest{0};
  };

  /// The two are accounts of localhost with the password "secret".
  Conversation(const support::Endpoint& server, const std::string& one, const std::string& other);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// What there was since the last report; the message that is on its way counts as long as it has been.
  Report report();

 private:
  void talk();

  support::RawClient one_;
  support::RawClient other_;
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  Report report_;
  support::SteadyClock::time_point sent_at_ = support::SteadyClock::now();
  std::thread thread_;
};

}  // namespace liveness::e2e
