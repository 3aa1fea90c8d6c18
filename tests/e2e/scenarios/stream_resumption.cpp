// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/resumable_user.h"

namespace liveness::e2e {
TEST_SUITE("e2e/stream_resumption") {
  TEST_CASE("a resumable session that times out loses its connection only, and no message") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    const auto silent_since = SteadyClock::now();
    user.client.listen(6s);  // to the end of the stream, which comes long before
    REQUIRE(user.client.ended());
    checkNear(SteadyClock::now() - silent_since, 2000ms, 500ms);
    CHECK_FALSE(user.client.receivedThat("type='get'").empty());
    stage.noDeparture(stage.jid("phone"));  // held: for its contacts it is still there
    const auto table = stage.userSessions();
    CAPTURE(table);
    CHECK(table.find("held") != std::string::npos);

    stage.contact.message(stage.jid("phone"), "read this when you are back");
    REQUIRE(stage.contact.roundTrip());
    RawClient again(stage.server.c2s());
    const auto answer = resume(again, user.id, user.handled());
    CAPTURE(answer);
    REQUIRE(answer.find("<resumed") == 0);
    CHECK(again.expect("read this when you are back"));

    // The resumed session lives, is asked and is heard on its new stream.
    REQUIRE(again.expect("<ping", 4s));
    again.send(" ");
    again.listen(1500ms);
    CHECK_FALSE(again.ended());
    stage.noDeparture(stage.jid("phone"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("pings do not disturb the counting of stanzas") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    for (int i = 0; i < 3; ++i) {
      const auto ping = user.client.expect("<ping", 4s);
      REQUIRE(ping);
      user.client.send("<iq type='result' to='localhost' id='" + attribute(ping->xml, "id") + "'/>");
    }
    user.client.send("<r xmlns='urn:xmpp:sm:3'/>");
    const auto ack = user.client.expect("<a ");
    REQUIRE(ack);
    CHECK(attribute(ack->xml, "h") == "4");  // one presence and three answers
    user.loseConnection(stage);
    RawClient again(stage.server.c2s());
    const auto answer = resume(again, user.id, user.handled());
    CHECK(answer.find("<resumed") == 0);
    CHECK(attribute(answer, "h") == "4");
    again.listen(kQuiet);
    CHECK(again.receivedThat("<ping").empty());  // none of the handled ones comes again
  }

  TEST_CASE("a held session that nobody resumes in time has expired") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 2");
    ResumableUser user(stage);
    const auto silent_since = utcNow();
    user.client.listen(6s);
    REQUIRE(user.client.ended());
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("hold_expired");
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, silent_since);
    CHECK(record.logged_out_at > silent_since + 3s);
  }

  TEST_CASE("a resumable session whose client logs out is logged out, not held") {
    Stage stage("liveness_idle_timeout = 60\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    user.client.send("<presence type='unavailable'><status>good night</status></presence></stream:stream>");
    CHECK(stage.departure(stage.jid("phone")).status == "good night");
    CHECK(stage.record("logged_out").status == "good night");
  }

  TEST_CASE("a client that takes its stream over, again and again, is heard on each new one") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    for (int round = 1; round <= 3; ++round) {
      CAPTURE(round);
      RawClient again(
          stage.server.c2s());  // while the old connection still stands, as far as the server knows
      REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
      REQUIRE(again.roundTrip());  // what was not acknowledged, old pings too, has come again
      const auto since = SteadyClock::now();
      const auto ping = again.expect("<ping", 4s);
      REQUIRE(ping);
      checkNear(ping->at - since, 1000ms);
      again.send(" ");
      again.listen(1500ms);
      CHECK_FALSE(again.ended());
    }
    stage.noDeparture(stage.jid("phone"));
  }
}

}  // namespace liveness::e2e
