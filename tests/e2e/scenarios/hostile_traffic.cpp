// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/hostile_traffic") {
  TEST_CASE("a presence with somebody else's address is its sender's") {
    Stage stage;
    auto user = stage.rawUser();
    user->send(
        "<presence from='juliet@localhost/balcony' type='unavailable'><status>not me</status></presence>");
    const auto record = stage.record("logged_out");
    CHECK(record.status == "not me");
    CHECK(record.offline_presence.find("juliet") == std::string::npos);
    CHECK(stage.departure(stage.jid("phone")).status == "not me");
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen("juliet@localhost"));
    CHECK(stage.server.shell(R"(liveness:sessions("juliet@localhost"))").find("online") != std::string::npos);
  }

  TEST_CASE("answers with another session's ids keep nobody else alive, and whoever sends them is") {
    Stage stage("liveness_idle_timeout = 3");
    auto dead = stage.rawUser("dead");
    auto liar = stage.rawUser("liar");
    const auto silent_since = SteadyClock::now();
    while (!dead->ended() && SteadyClock::now() - silent_since < kPatience) {
      dead->listen(100ms);
      for (const auto& ping : dead->receivedThat("<ping"))
        liar->send("<iq type='result' to='localhost' id='" + attribute(ping.xml, "id") + "' from='" +
                   stage.jid("dead") + "'/>");
      for (const char* id : {"liveness:0", "liveness:4294967296", "liveness:99999999999999999999",
                             "liveness:-1", "liveness:", "liveness:1e1", "liveness:0x1"})
        liar->send("<iq type='result' to='localhost' id='" + std::string(id) + "'/>");
    }
    CHECK(dead->receivedThat("<connection-timeout").size() == 1);
    checkNear(SteadyClock::now() - silent_since, 3000ms, 500ms);
    stage.departure(stage.jid("dead"));
    CHECK(liar->roundTrip());
    CHECK_FALSE(liar->ended());
    stage.noDeparture(stage.jid("liar"));
    CHECK(liar->receivedThat("type='error'").empty());  // an error would answer an answer
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("a flood of presences costs bounded time and memory, and the last one counts") {
    Stage stage;
    auto user = stage.rawUser();
    REQUIRE(user->roundTrip());
    const auto before = stage.server.residentKiB();
    const auto began = SteadyClock::now();
    constexpr int presences = 10'000;
    for (int i = 0; i < presences / 2; ++i) {
      const auto word = std::to_string(i);
      std::string both = "<presence><status>here ";
      both.append(word).append("</status></presence><presence type='unavailable'><status>gone ");
      user->send(both.append(word).append("</status></presence>"));
      if (i % 100 == 0) user->listen(0ms);
    }
    REQUIRE(user->expect([](const Received& one) { return one.contains("gone 4999"); }));
    CHECK(SteadyClock::now() - began < kPatience);
    const auto record = stage.server.lastSeenThat(
        stage.kUser, [](const StoredLastSeen& found) { return found.status == "gone 4999"; });
    REQUIRE(record);
    CHECK(record->status == "gone 4999");
    CHECK(record->cause == "logged_out");

    const auto departures = [&] {
      return stage.contact.seen().from(stage.jid("phone"), "unavailable").size();
    };
    CHECK(eventually(kPatience, [&] { return departures() == presences / 2; }));
    CHECK(stage.server.residentKiB() < before + std::size_t{64} * 1024);
    const auto stats = stage.server.shell("liveness:stats()");
    CAPTURE(stats);
    CHECK(stats.find("0 waiting") != std::string::npos);
  }

  TEST_CASE("sessions that come and go by the hundred leave nothing behind") {
    Stage stage;
    std::size_t threads = 0, after_first = 0;  // with the one that questions need
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 100; ++i) {
        RawClient client(stage.server.c2s());
        client.logIn("mercutio", "secret", "localhost", "r" + std::to_string(i));
        client.send("<presence/>");
        if (i % 2 == 0) REQUIRE(client.roundTrip());
        client.socket().reset();
      }
      REQUIRE(eventually(kPatience, [&] {
        return stage.server.shell(R"(liveness:sessions("mercutio@localhost"))").find("0 sessions") !=
               std::string::npos;
      }));
      if (round != 0) continue;
      threads = stage.server.threads();
      after_first = stage.server.residentKiB();
    }
    CHECK(stage.server.threads() == threads);
    CHECK(stage.server.residentKiB() < after_first + std::size_t{8} * 1024);
    CHECK(stage.record("mercutio@localhost", "connection_lost").resource.front() == 'r');
  }
}

}  // namespace liveness::e2e
