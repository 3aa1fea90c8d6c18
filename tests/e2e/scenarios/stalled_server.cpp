// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A server that could not listen for a while blames itself first.
#include <csignal>
#include <cstdlib>

#include "e2e/onlooker.h"

namespace liveness::e2e {
namespace {

/// For as long as it lives the server's process stands still.
class Standstill {
 public:
  explicit Standstill(pid_t process) : process_(process) { REQUIRE(kill(process_, SIGSTOP) == 0); }
  ~Standstill() { kill(process_, SIGCONT); }
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;

 private:
  pid_t process_;
};

long ticksOf(const ProsodyServer& server) {
  const auto stats = server.shell("liveness:stats()");
  const auto at = stats.find("Ticks ");
  CAPTURE(stats);
  REQUIRE(at != std::string::npos);
  return std::atol(stats.c_str() + at + 6);
}

}  // namespace

TEST_SUITE("e2e/stalled_server") {
  TEST_CASE("a server that stood still for three timeouts logs nobody out who is alive") {
    Stage stage("liveness_idle_timeout = 4");
    std::vector<std::unique_ptr<XmppClient>> alive;
    for (int i = 0; i < 8; ++i) alive.push_back(stage.user("phone" + std::to_string(i)));
    auto silent = stage.rawUser("dead");
    {
      Standstill standstill(stage.server.pid());
      silent->listen(12s);
    }
    const auto woken_at = SteadyClock::now();
    // Whoever is not there is found out all the same, a whole timeout after it was last listened to.
    const auto gone = stage.departure(stage.jid("dead"), 1);
    CHECK(gone.at - woken_at > 1s);
    for (auto& client : alive) {
      stage.noDeparture(client->fullJid(), 1ms);
      CHECK(client->roundTrip());
    }
    CHECK(stage.server.shell("liveness:stats()").find("of which late 0") == std::string::npos);
  }

  TEST_CASE("questions in the moments of stalls leave one timer, as there was before") {
    Stage stage(withMoments(usualSetup()));
    // The tick is overdue when the question is put: both are done in the same turn of the server's loop.
    const auto told = stage.server.shell(
        R"((function () local n = 0; for i = 1, 15 do stall(1.1);
           if liveness:history("romeo@localhost") then n = n + 1 end end return n .. " answers" end)())");
    CAPTURE(told);
    CHECK(told.find("15 answers") != std::string::npos);

    const auto since = SteadyClock::now();
    const auto before = ticksOf(stage.server);
    stage.contact.waitUntil([](const Seen&) { return false; }, 4s);
    const auto ticks = ticksOf(stage.server) - before;
    const auto took = std::chrono::duration_cast<seconds>(SteadyClock::now() - since).count();
    CAPTURE(took);
    CHECK(ticks >= 1);
    CHECK(ticks <= 2 * took + 2);  // one a second is wanted where nothing happens
  }
}

}  // namespace liveness::e2e
