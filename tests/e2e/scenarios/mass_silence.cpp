// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Half of very many clients fall silent at once, their connections standing; the others chat on.
//
// LIVENESS_MASS_SESSIONS is how many there are (10000: the full size). How much slower the others' messages
// are meanwhile is printed and not judged here: claims about speed are made by tests/bench.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "e2e/stage.h"
#include "support/load_clients.h"

namespace liveness::e2e {
namespace {

using support::LoadClient;
using support::LoadClients;
using support::LoadLogin;

constexpr seconds kIdleTimeout{6};
constexpr std::size_t kLogoutsPerSecond = 100;  // what logout_rate is by default
constexpr std::size_t kWordsPerSecond = 200;

std::size_t sessions() {
  const char* wanted = std::getenv("LIVENESS_MASS_SESSIONS");
  return wanted == nullptr ? 1000 : std::strtoul(wanted, nullptr, 10) / 4 * 4;
}

std::string userOf(std::size_t index) {
  return "user" + std::to_string(index);
}

/// Every other one can resume its stream.
bool resumable(std::size_t index) {
  return index % 2 == 1;
}

ServerSetup setupFor(std::size_t count) {
  ServerSetup setup;
  setup.plugin_path = pluginPath();
  setup.hosts.push_back({"localhost", {}, "liveness_idle_timeout = " + std::to_string(kIdleTimeout.count())});
  for (std::size_t i = 0; i < count; ++i) setup.hosts[0].accounts.push_back({userOf(i)});
  return setup;
}

std::vector<LoadLogin> loginsOf(std::size_t count) {
  std::vector<LoadLogin> logins(count);
  for (std::size_t i = 0; i < count; ++i) {
    logins[i].username = userOf(i);
    logins[i].stream_management = logins[i].resumable = resumable(i);
  }
  return logins;
}

/// Milliseconds of the round trips, at p99.
double p99(std::vector<double> trips) {
  std::sort(trips.begin(), trips.end());
  return trips.empty() ? 0 : trips[trips.size() * 99 / 100];
}

}  // namespace

TEST_SUITE("e2e/mass_silence") {
  TEST_CASE("of very many clients, all that fall silent at once go, and none of those that chat") {
    const std::size_t count = sessions();
    const std::size_t silent = count / 2;
    support::allowOpenFiles(count + 200);
    ProsodyServer server(setupFor(count));
    LoadClients clients(server.c2s());
    clients.logIn(loginsOf(count), support::kLongestRun);

    // More sessions than the shell looks at in one go.
    const auto table = server.shell(R"(liveness:sessions{ limit = 2, sort = "-jid" })");
    CHECK_MESSAGE(table.find("OK: 2 of " + std::to_string(count) + " sessions") != std::string::npos, table);
    CHECK(table.find("user9@") < table.find("user99@"));

    std::vector<double> trips;
    const milliseconds pause{std::max<std::size_t>(1000, 1000 * (count - silent) / kWordsPerSecond)};
    clients.chat(silent, count - silent, pause, [&](SteadyClock::duration took) {
      trips.push_back(std::chrono::duration<double, std::milli>(took).count());
    });
    clients.run(5s);
    const auto before = std::exchange(trips, {});
    REQUIRE(clients.ended(0, count) == 0);

    // The last of them has the whole idle timeout from its last answer on, one more round of probes, as where
    // many fall silent together the server's own network may be what failed, and then its turn; on a busy
    // machine somewhat more. How soon they go is bench/detection's to judge.
    for (std::size_t i = 0; i < silent; ++i) clients[i].fallSilent();
    const auto bound = kIdleTimeout + kIdleTimeout / 2 + seconds{silent / kLogoutsPerSecond} + kPatience;
    CHECK(clients.runUntil([&] { return clients.ended(0, silent) == silent; }, bound));
    const auto meanwhile = std::exchange(trips, {});

    CHECK(clients.ended(0, silent) == silent);
    for (std::size_t i = 0; i < silent; ++i) {
      CAPTURE(userOf(i));
      if (clients[i].state() != LoadClient::State::ended) continue;
      REQUIRE(clients[i].endedAt() - clients[i].spokeAt() >= kIdleTimeout - kTolerance);
    }
    clients.run(2s);
    CHECK(clients.ended(silent, count - silent) == 0);
    MESSAGE("round trips of those who chat, p99: ", p99(before), " ms before, ", p99(meanwhile),
            " ms while the silent go: ratio ", p99(meanwhile) / p99(before));
    CHECK(meanwhile.size() > before.size() / 2);

    // Who can resume is held, not logged out.
    for (std::size_t i = 0; i < silent; ++i) {
      const auto jid = userOf(i) + "@localhost";
      CAPTURE(jid);
      if (resumable(i)) {
        CHECK_FALSE(server.lastSeen(jid));
        continue;
      }
      const auto record =
          server.lastSeenThat(jid, [](const StoredLastSeen& found) { return found.cause == "timed_out"; });
      REQUIRE(record);
      CHECK(record->cause == "timed_out");
    }
    CHECK_FALSE(server.lastSeen(userOf(silent) + "@localhost"));
    for (const auto& line : server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }
}

}  // namespace liveness::e2e
