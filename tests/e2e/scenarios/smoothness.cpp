// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <algorithm>

#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

constexpr int kClients = 150;

/// The most moments that lie within a span of each other.
std::size_t mostWithin(milliseconds span, const std::vector<SteadyClock::time_point>& sorted) {
  std::size_t most = 0;
  for (auto first = sorted.begin(); first != sorted.end(); ++first) {
    const auto end = std::upper_bound(first, sorted.end(), *first + span);
    most = std::max(most, static_cast<std::size_t>(end - first));
  }
  return most;
}

}  // namespace

TEST_SUITE("e2e/smoothness") {
  TEST_CASE("clients that speak in the same moment are asked one after another") {
    auto setup = usualSetup("liveness_idle_timeout = 16\nliveness_ping_attempts = 1");
    for (int i = 0; i < kClients; ++i) setup.hosts.front().accounts.push_back({"crowd" + std::to_string(i)});
    Stage stage(setup);
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < kClients; ++i) {
      crowd.push_back(std::make_unique<RawClient>(stage.server.c2s()));
      crowd.back()->logIn("crowd" + std::to_string(i), "secret", "localhost", "phone");
      crowd.back()->send("<presence/>");
    }
    for (auto& client : crowd) client->send(" ");
    const auto said_at = SteadyClock::now();

    std::vector<SteadyClock::time_point> asked(kClients);
    int waiting = kClients;
    while (waiting > 0 && SteadyClock::now() < said_at + 15s) {
      for (int i = 0; i < kClients; ++i) {
        if (asked[i] != SteadyClock::time_point{}) continue;
        crowd[i]->listen(1ms);
        const auto pings = crowd[i]->receivedThat("<ping");
        if (pings.empty()) continue;
        asked[i] = pings.front().at;
        crowd[i]->send(" ");
        --waiting;
      }
    }
    REQUIRE(waiting == 0);
    std::sort(asked.begin(), asked.end());
    CHECK(asked.front() - said_at > 7s);  // half of the timeout is 8 s
    CHECK(asked.back() - said_at < 15s);
    CHECK(asked.back() - asked.front() > 2s);
    CHECK(mostWithin(500ms, asked) < kClients / 2);
    for (auto& client : crowd) CHECK_FALSE(client->ended());
  }
}

}  // namespace liveness::e2e
