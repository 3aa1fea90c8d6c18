// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/silent_host.h"
#include "hosts/clock.h"
#include "liveness/plugin.h"

namespace liveness::bench {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::duration<double, std::milli>;

/// What so many of a hundred did not exceed.
inline double percentile(std::vector<double> took, std::size_t percent) {
  if (took.empty()) return 0;
  std::sort(took.begin(), took.end());
  return took[std::min(took.size() - 1, took.size() * percent / 100)];
}

/// The server's thread of a host with many users: the real core and a real store, in real time.
class CrowdedServer {
 public:
  CrowdedServer(Store& store, const Policy& policy) : plugin_(host_, store, policy) {}

  /// A client binds and becomes available. The host's calls, each as long as it takes.
  void logIn(std::size_t user) {
    char name[16];
    std::snprintf(name, sizeof name, "user%07u", static_cast<unsigned>(user % 10'000'000));
    StreamOpened opened;
    opened.username = name;
    opened.resource = "phone1";
    timed([&] {
      const Now now = hosts::readClocks();
      const SessionId id = *host_.onStreamOpened(now, opened);
      Presence presence;
      presence.available = true;
      host_.onStanzaReceived(now, id, Stanza(presence));
      heard_.push_back(plugin_.heard(id));
    });
  }

  double tick() {
    return timed([&] { plugin_.tick(hosts::readClocks()); });
  }

  /// The next so many clients say something, in an order that no cache foresees.
  void hear(std::size_t clients) {
    if (order_.size() != heard_.size()) {
      order_ = heard_;
      std::shuffle(order_.begin(), order_.end(), std::minstd_rand(1));
    }
    const MonotonicTime now = hosts::readMonotonic();
    for (; clients > 0; --clients, next_ = (next_ + 1) % order_.size()) order_[next_].at(now);
  }

  Plugin& plugin() noexcept { return plugin_; }
  const SilentHost& host() const noexcept { return host_; }

  /// Of a call into the plugin, since the last time this was asked.
  double longestCall() { return std::exchange(longest_call_, 0); }

 private:
  template <class Call>
  double timed(Call&& call) {
    const auto begin = Clock::now();
    call();
    const double took = Millis(Clock::now() - begin).count();
    longest_call_ = std::max(longest_call_, took);
    return took;
  }

  SilentHost host_;
  Plugin plugin_;
  std::vector<Heard> heard_;
  std::vector<Heard> order_;
  std::size_t next_ = 0;
  double longest_call_ = 0;
};

}  // namespace liveness::bench
