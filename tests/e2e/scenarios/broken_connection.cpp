// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <csignal>

#include "e2e/stage.h"
#include "support/skip.h"

namespace liveness::e2e {

TEST_SUITE("e2e/broken_connection") {
  TEST_CASE("a connection that breaks is one unavailable presence and a record that says so") {
    Stage stage;
    auto user = stage.user();
    REQUIRE(user->roundTrip());
    const auto last_said = user->lastSentAt();
    SUBCASE("by a reset") {
      user->reset();
    }
    SUBCASE("by an end without a word") {
      user->drop();
    }
    SUBCASE("by half of it being closed") {
      user->halfClose();
    }
    SUBCASE("by bytes that are no XML") {
      user->sendBytes("</nonsense>");
    }

    stage.departure(stage.jid("phone"));
    const auto record = stage.record("connection_lost");
    CHECK(record.resource == "phone");
    CHECK(record.status.empty());
    CHECK(record.offline_presence.empty());
    checkNear(record.last_heard_at, last_said);
    checkNear(record.logged_out_at, utcNow(), 3s);
  }

  TEST_CASE("a client whose process is killed has lost its connection") {
    Stage stage;
    const char* program = std::getenv("LIVENESS_E2E_CLIENT");
    if (program == nullptr)
      throw Skip("LIVENESS_E2E_CLIENT is not set: run this with `meson test --suite e2e`");
    const auto at = stage.server.c2s();
    ChildProcess client({{program, at.address, std::to_string(at.port), "romeo", "phone"}, {}, {}});
    REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));

    client.signal(SIGKILL);
    stage.departure(stage.jid("phone"));
    CHECK(stage.record("connection_lost").resource == "phone");
  }

  TEST_CASE("a stream that the client closes without a presence is a logout by its own word") {
    Stage stage;
    auto user = stage.user();
    user->closeStream();
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("logged_out");
    CHECK(record.status.empty());
    checkNear(record.last_heard_at, user->lastSentAt());
  }
}

}  // namespace liveness::e2e
