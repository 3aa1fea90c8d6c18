// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Whose fault a timeout was, where the machines are still connected. A cut network is in network_cut.cpp.
#include <csignal>
#include <cstdlib>

#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/evidence") {
  TEST_CASE("a client's program that stands still, on a machine that does not, is client_silent on record") {
    const char* program = std::getenv("LIVENESS_E2E_CLIENT");
    if (program == nullptr)
      throw Skip("LIVENESS_E2E_CLIENT is not set: run this with `meson test --suite e2e`");
    Stage stage("liveness_idle_timeout = 3");
    const auto c2s = stage.server.c2s();
    ChildProcess client({{program, c2s.address, std::to_string(c2s.port), "romeo", "phone"}});
    REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));
    client.signal(SIGSTOP);
    stage.departure(stage.jid("phone"));
    stage.record("timed_out");
    CHECK(stage.evidence() == "client_silent");
    CHECK(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))").find("timed_out (client_silent)") !=
          std::string::npos);
  }

  TEST_CASE("a logout that is no timeout has no evidence") {
    Stage stage("liveness_idle_timeout = 60");
    auto user = stage.user();
    user->unavailable("bye");
    stage.record("logged_out");
    CHECK(stage.evidence().empty());
    CHECK(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))").find("logged_out (") ==
          std::string::npos);
  }
}

}  // namespace liveness::e2e
