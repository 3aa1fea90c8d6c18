// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "liveness/store.h"

namespace liveness::bench {

/// Takes everything and keeps nothing.
class NoStore : public Store {
 public:
  void start() override {}
  void keepHistory(std::chrono::hours) override {}
  void recordLogin(Online) override {}
  bool checkpoint(std::vector<LastHeard>) override { return true; }
  bool recordConnected(std::vector<Connected>) override { return true; }
  void recordLogout(std::uint64_t, LastSeen) override {}
  bool takeLoginsLost() override { return false; }
  void forget(std::string) override {}
  bool shared() const noexcept override { return false; }
  void findHistory(std::string, std::size_t, FoundHistory) override {}
  void findInactive(UtcTime, std::size_t, FoundInactive) override {}
  void findUsers(UsersQuestion, Listed) override {}
  void countActive(std::vector<UtcTime>, Counted) override {}
  void findUnknown(std::vector<std::string>, FoundUnknown) override {}
  void findLastSeen(std::string, Found) override {}
  void poll() override {}
  bool reading() const override { return false; }
  Stats stats() const override { return {}; }
  std::vector<Notice> takeNotices() override { return {}; }
  void stop() override {}
};

}  // namespace liveness::bench
