// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"
#include "support/bosh_client.h"

namespace liveness::e2e {

using support::BoshClient;

namespace {

/// `wait` of one second: an idle client then polls about once a second.
std::unique_ptr<BoshClient> boshUser(Stage& stage) {
  auto client = std::make_unique<BoshClient>(stage.server.http(), "localhost", 1s);
  client->logIn("romeo", "secret", "localhost", "bosh");
  client->send("<presence/>");
  REQUIRE(stage.contact.sees(stage.jid("bosh"), "available"));
  return client;
}

}  // namespace

TEST_SUITE("e2e/bosh") {
  TEST_CASE("a BOSH client that asks for nothing any more is logged out") {
    Stage stage("liveness_idle_timeout = 2");
    auto user = boshUser(stage);
    REQUIRE(user->roundTrip());
    const auto silent_since = SteadyClock::now();
    const auto silent_since_utc = utcNow();
    const auto seen = stage.departure(stage.jid("bosh"));
    checkNear(seen.at - silent_since, 2000ms, 500ms);
    const auto record = stage.record("timed_out");
    CHECK(record.resource == "bosh");
    checkNear(record.last_heard_at, silent_since_utc);
  }

  TEST_CASE("requests without content are life") {
    Stage stage("liveness_idle_timeout = 3");
    auto user = boshUser(stage);
    CHECK(stage.server.shell("liveness:sessions()").find("bosh") != std::string::npos);
    user->listen(7s);  // polls, and says nothing else: more than two timeouts
    CHECK_FALSE(user->ended());
    CHECK(user->roundTrip());
    stage.noDeparture(stage.jid("bosh"));
  }

  TEST_CASE("a BOSH client that says good-bye is on record with its words") {
    Stage stage;
    auto user = boshUser(stage);
    user->send("<presence type='unavailable'><status>browser closed</status></presence>");
    CHECK(stage.departure(stage.jid("bosh")).status == "browser closed");
    CHECK(stage.record("logged_out").status == "browser closed");
  }

  TEST_CASE("a BOSH client that terminates its session has logged out") {
    Stage stage;
    auto user = boshUser(stage);
    user->terminate();
    stage.departure(stage.jid("bosh"));
    CHECK(stage.record("logged_out").resource == "bosh");
  }
}

}  // namespace liveness::e2e
