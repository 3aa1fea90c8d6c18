// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A server that could not listen for a while blames itself first.
#include <csignal>

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
}

}  // namespace liveness::e2e
