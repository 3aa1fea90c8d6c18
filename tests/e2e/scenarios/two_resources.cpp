// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/two_resources") {
  TEST_CASE("a user is logged out when the last of their resources goes") {
    Stage stage;
    auto phone = stage.user("phone");
    auto tablet = stage.user("tablet");

    tablet->unavailable("tablet off");
    stage.departure(stage.jid("tablet"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));

    phone->unavailable("phone off");
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("logged_out");
    CHECK(record.resource == "phone");
    CHECK(record.status == "phone off");
    CHECK(stage.contact.seen().from(stage.jid("tablet"), "unavailable").size() == 1);
  }

  TEST_CASE("last heard is the latest byte of all of a user's resources") {
    Stage stage("liveness_idle_timeout = 4");
    auto phone = stage.rawUser("phone");
    const auto phone_said = utcNow();
    auto tablet = stage.user("tablet");
    // The tablet has the last word, well after the phone's, and goes first.
    phone->listen(1s);
    REQUIRE(tablet->roundTrip());
    const auto tablet_said = tablet->lastSentAt();
    REQUIRE(tablet_said - phone_said >= 900ms);
    tablet->reset();
    stage.departure(stage.jid("tablet"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));

    stage.departure(stage.jid("phone"));
    const auto record = stage.record("timed_out");
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, tablet_said);
    checkNear(record.logged_out_at, phone_said + 4s, kLateness);
  }

  TEST_CASE("a resource that is connected but not available does not keep a user logged in") {
    Stage stage;
    auto phone = stage.user("phone");
    XmppClient hidden(stage.server.c2s(), {"romeo", "hidden"});
    phone->reset();
    stage.departure(stage.jid("phone"));
    CHECK(stage.record("connection_lost").resource == "phone");
    CHECK(hidden.roundTrip());
  }
}

}  // namespace liveness::e2e
