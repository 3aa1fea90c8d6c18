// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/normal_logout") {
  TEST_CASE("a logout with a status reaches the contact once and is on record with its presence") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("gone fishing");
    const auto said_at = user->lastSentAt();

    CHECK(stage.departure(stage.jid("phone")).status == "gone fishing");
    const auto record = stage.record("logged_out");
    CHECK(record.status == "gone fishing");
    CHECK(record.resource == "phone");
    CHECK(record.offline_presence.find("gone fishing") != std::string::npos);
    CHECK(record.offline_presence.find("unavailable") != std::string::npos);
    CHECK(record.offline_presence.find(" to=") == std::string::npos);
    checkNear(record.last_heard_at, said_at);
    checkNear(record.logged_out_at, said_at);

    SUBCASE("and the close of its stream adds nothing") {
      user->closeStream();
    }
    SUBCASE("and the loss of its connection adds nothing") {
      user->reset();
    }
    stage.settleRecords();
    const auto after = stage.server.lastSeen(stage.kUser);
    REQUIRE(after);
    CHECK(after->cause == "logged_out");
    CHECK(after->logged_out_at == record.logged_out_at);
    CHECK(after->status == "gone fishing");
    CHECK(stage.contact.seen().from(stage.jid("phone"), "unavailable").size() == 1);
  }

  TEST_CASE("available again on the same stream is a new login, with a logout of its own") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("first");
    const auto first = stage.record("logged_out");

    user->available();
    REQUIRE(stage.contact.waitUntil(
        [&](const Seen& seen) { return seen.from(stage.jid("phone"), "available").size() == 2; }));
    stage.settleRecords();
    CHECK(stage.server.lastSeen(stage.kUser)->status == "first");  // a login deletes nothing

    user->unavailable();
    stage.departure(stage.jid("phone"), 2);
    stage.settleRecords();
    const auto second = stage.record("logged_out");
    CHECK(second.logged_out_at > first.logged_out_at);
    checkNear(second.logged_out_at, user->lastSentAt());
    CHECK(second.status.empty());
    CHECK(second.offline_presence.empty());
  }

  TEST_CASE("a second unavailable presence is nothing") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("first");
    const auto first = stage.record("logged_out");
    user->unavailable("second");
    REQUIRE(user->roundTrip());
    stage.settleRecords();
    const auto after = stage.record("logged_out");
    CHECK(after.status == "first");
    CHECK(after.logged_out_at == first.logged_out_at);
  }

  TEST_CASE("a child other than a status is kept too") {
    Stage stage;
    auto user = stage.user();
    user->sendBytes("<presence type='unavailable'><mood xmlns='urn:example:mood'>tired</mood></presence>");
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("logged_out");
    CHECK(record.status.empty());
    CHECK(record.offline_presence.find("urn:example:mood") != std::string::npos);
    CHECK(record.offline_presence.find("tired") != std::string::npos);
  }

  TEST_CASE("an unavailable presence for one contact only is no logout") {
    Stage stage;
    auto user = stage.user();
    user->sendBytes(
        "<presence type='unavailable' to='juliet@localhost'><status>only you</status></presence>");
    REQUIRE(stage.contact.sees(stage.jid("phone"), "unavailable"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("a client that was never available leaves no record") {
    Stage stage;
    {
      XmppClient user(stage.server.c2s(), {"romeo"});
      REQUIRE(user.roundTrip());
    }
    REQUIRE(eventually(kPatience, [&] { return stage.server.logContains("Client disconnected"); }));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
    CHECK(stage.contact.seen().from(stage.jid("phone")).empty());
  }
}

}  // namespace liveness::e2e
