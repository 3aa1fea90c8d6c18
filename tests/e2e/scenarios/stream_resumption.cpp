// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

/// How often the server has asked for an acknowledgement since then. mod_smacks asks when it has sent
/// something; who is silent is asked by the plugin.
std::size_t askedSince(const RawClient& client, SteadyClock::time_point since) {
  std::size_t count = 0;
  for (const auto& one : client.receivedThat("<r xmlns='urn:xmpp:sm:3'"))
    if (one.at > since) ++count;
  return count;
}

/// Prosody 0.12 means to send <failed/> (mod_smacks, handle_resume), but the stream ends without it.
void checkRefused(const RawClient& again, const std::string& answer) {
  CHECK(answer.empty());
  CHECK(again.ended());
}

}  // namespace

TEST_SUITE("e2e/stream_resumption") {
  TEST_CASE("a resumable session that times out loses its connection only, and no message") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    const auto silent_since = SteadyClock::now();
    REQUIRE(user.client.awaitEnd());
    checkNear(SteadyClock::now() - silent_since, 2000ms, 500ms);
    CHECK(askedSince(user.client, silent_since + 700ms) == 2);
    CHECK(user.client.receivedThat("<ping").empty());
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
    REQUIRE(again.roundTrip());
    REQUIRE(again.expect("<r xmlns"));
    again.send(" ");
    again.listen(1500ms);
    CHECK_FALSE(again.ended());
    stage.noDeparture(stage.jid("phone"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("probes do not disturb the counting of stanzas, and are measured") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    REQUIRE(user.client.roundTrip());
    user.acknowledge();  // what mod_smacks has asked for
    for (int i = 0; i < 3; ++i) {
      REQUIRE(user.client.expect("<r xmlns"));
      user.acknowledge();
    }
    CHECK(user.client.receivedThat("<ping").empty());
    REQUIRE(user.client.roundTrip());
    const auto stats = stage.server.shell("liveness:stats()");
    CAPTURE(stats);
    CHECK(stats.find("Of these by <r/>     3") != std::string::npos);
    CHECK(stage.userSessions().find(" ms ") != std::string::npos);

    user.client.send("<r xmlns='urn:xmpp:sm:3'/>");
    const auto ack = user.client.expect("<a ");
    REQUIRE(ack);
    CHECK(attribute(ack->xml, "h") == "3");  // one presence and the pings of roundTrip()
    user.loseConnection(stage);
    RawClient again(stage.server.c2s());
    const auto answer = resume(again, user.id, user.handled());
    CHECK(answer.find("<resumed") == 0);
    CHECK(attribute(answer, "h") == "3");
    again.listen(kQuiet);
    CHECK(again.receivedThat("<iq").empty());  // none of the handled ones comes again
    CHECK(again.receivedThat("<presence").empty());
  }

  TEST_CASE("a client with stream management alone is asked by <r/> too, and times out as anybody") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 60");
    RawClient client(stage.server.c2s());
    client.logIn("romeo", "secret", "localhost", "phone");
    client.send("<enable xmlns='urn:xmpp:sm:3'/>");
    REQUIRE(client.expect("<enabled"));
    client.send("<presence/>");
    REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));
    const auto silent_since = SteadyClock::now();
    CHECK(client.awaitEnd());
    CHECK(askedSince(client, silent_since + 700ms) == 2);
    CHECK(client.receivedThat("<ping").empty());
    stage.departure(stage.jid("phone"));
    stage.record("timed_out");
  }

  TEST_CASE("a client may ask for resumption in both ways that XML has to say yes") {
    Stage stage;
    for (const std::string yes : {"true", "1"}) {
      CAPTURE(yes);
      RawClient client(stage.server.c2s());
      client.logIn("romeo", "secret", "localhost", "phone" + yes);
      client.send("<enable xmlns='urn:xmpp:sm:3' resume='" + yes + "'/>");
      REQUIRE(client.expect("<enabled"));
      const auto why = stage.server.shell("liveness:why(\"" + client.fullJid() + "\")");
      CAPTURE(why);
      CHECK(why.find("its connection is dropped and the session is held") != std::string::npos);
    }
  }

  TEST_CASE("nothing is sent between bind and <enabled/>") {
    Stage stage("liveness_idle_timeout = 8");
    RawClient client(stage.server.c2s());
    client.logIn("romeo", "secret", "localhost", "phone");
    const auto bound = client.received().size();
    client.listen(6500ms);  // past half of the timeout, and past the second probe
    CHECK(client.received().size() == bound);
    client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    REQUIRE(client.expect("urn:xmpp:sm:3"));
    CHECK(client.received().at(bound).contains("<enabled"));
    CHECK(client.expect("<r xmlns"));  // and from then on it is asked
  }

  TEST_CASE("a held session that nobody resumes in time has expired") {
    Stage stage("liveness_idle_timeout = 2\nsmacks_hibernation_time = 2");
    ResumableUser user(stage);
    const auto silent_since = utcNow();
    REQUIRE(user.client.awaitEnd());
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("hold_expired");
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, silent_since);
    CHECK(record.logged_out_at > silent_since + 3s);
  }

  TEST_CASE(
      "a resumption that is refused is nobody's kick: too much was queued, or the client counts wrongly") {
    Stage stage("smacks_max_queue_size = 10\nliveness_held_grace = 2");
    ResumableUser user(stage);
    const std::size_t handled = user.handled();
    SUBCASE("the queue has overflowed") {
      user.loseConnection(stage);
      RawClient sender(stage.server.c2s());
      sender.logIn("mercutio", "secret", "localhost", "street");
      for (int i = 0; i < 15; ++i)
        sender.send("<message to='" + stage.jid("phone") + "' type='chat'><body>queued</body></message>");
      REQUIRE(sender.roundTrip());
      RawClient again(stage.server.c2s());
      checkRefused(again, resume(again, user.id, handled));
      CHECK(stage.record("hold_expired").resource == "phone");
    }
    SUBCASE("the client says that it got more than it was sent") {
      user.loseConnection(stage);
      RawClient again(stage.server.c2s());
      checkRefused(again, resume(again, user.id, 999));
      CHECK(stage.record("hold_expired").resource == "phone");
    }
    SUBCASE("it says so while it is connected") {
      user.client.send("<a xmlns='urn:xmpp:sm:3' h='999'/>");
      CHECK(user.client.expect("<stream:error"));
      CHECK(stage.record("connection_lost").resource == "phone");
    }
  }

  TEST_CASE("a resumable session whose client logs out is logged out, not held") {
    Stage stage("liveness_idle_timeout = 60\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    user.client.send("<presence type='unavailable'><status>good night</status></presence></stream:stream>");
    CHECK(stage.departure(stage.jid("phone")).status == "good night");
    CHECK(stage.record("logged_out").status == "good night");
  }

  TEST_CASE("a client that takes its stream over, again and again, is heard on each new one") {
    Stage stage("liveness_idle_timeout = 4\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    for (int round = 1; round <= 3; ++round) {
      CAPTURE(round);
      RawClient again(
          stage.server.c2s());  // while the old connection still stands, as far as the server knows
      REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
      REQUIRE(again.roundTrip());  // what was not acknowledged has come again
      const auto since = SteadyClock::now();
      const auto asked = again.expect("<r xmlns");
      REQUIRE(asked);
      checkNear(asked->at - since, 2000ms);
      again.send(" ");
      again.listen(2500ms);
      CHECK_FALSE(again.ended());
    }
    stage.noDeparture(stage.jid("phone"));
  }
}

}  // namespace liveness::e2e
