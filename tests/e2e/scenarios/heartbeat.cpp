// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/heartbeat") {
  TEST_CASE("a silent client is pinged at even steps, then closed with connection-timeout and logged out") {
    Stage stage("liveness_idle_timeout = 3\nliveness_ping_attempts = 3");
    auto user = stage.rawUser();
    REQUIRE(user->roundTrip());
    const auto silent_since = SteadyClock::now();
    const auto silent_since_utc = utcNow();

    const auto error = user->expect("<stream:error");
    REQUIRE(error);
    CHECK(error->contains("<connection-timeout"));
    checkNear(error->at - silent_since, 3000ms);
    user->expect("</stream:stream>");

    const auto pings = user->receivedThat("urn:xmpp:ping'");
    std::vector<Received> asked;
    for (const auto& ping : pings)
      if (attribute(ping.xml, "type") == "get") asked.push_back(ping);
    REQUIRE(asked.size() == 3);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      checkNear(asked[i].at - silent_since, 1500ms + static_cast<int>(i) * 500ms);
      CHECK(attribute(asked[i].xml, "from") == "localhost");
      CHECK(attribute(asked[i].xml, "to") == stage.jid("phone"));
      CHECK(attribute(asked[i].xml, "id") != attribute(asked[(i + 1) % 3].xml, "id"));
    }

    stage.departure(stage.jid("phone"));
    const auto record = stage.record("timed_out");
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, silent_since_utc);
    checkNear(record.logged_out_at, silent_since_utc + 3000ms, kLateness);
  }

  TEST_CASE("an answer that is taken before it is routed is counted by stream management all the same") {
    Stage stage;
    RawClient user(stage.server.c2s());
    user.logIn("romeo", "secret", "localhost", "phone");
    user.send("<enable xmlns='urn:xmpp:sm:3'/>");
    REQUIRE(user.expect("<enabled"));
    user.send("<iq type='result' id='liveness:1' to='localhost'/><iq type='error' id='liveness:2'/>");
    user.send("<r xmlns='urn:xmpp:sm:3'/>");
    const auto count = user.expect("<a ");
    REQUIRE(count);
    CHECK(attribute(count->xml, "h") == "2");
  }

  TEST_CASE("an address with characters that XML must escape is pinged like any other") {
    Stage stage("liveness_idle_timeout = 2\nliveness_ping_attempts = 1");
    const auto resource = "o&apos;clock &lt;&amp;&gt;";
    RawClient user(stage.server.c2s());
    user.logIn("romeo", "secret", "localhost", resource);
    user.send("<presence/>");
    const auto ping = user.expect("<ping");
    REQUIRE(ping);
    CHECK(attribute(ping->xml, "to") == stage.jid(resource));
    CHECK(attribute(ping->xml, "from") == "localhost");
  }

  TEST_CASE("whatever a client answers to a ping, it is alive") {
    constexpr auto timeout = 2s;
    Stage stage("liveness_idle_timeout = 2");
    const std::pair<const char*, PingReaction> reactions[] = {{"result", PingReaction::result},
                                                              {"error", PingReaction::error},
                                                              {"whitespace", PingReaction::whitespace},
                                                              {"piece", PingReaction::partial_stanza}};
    std::vector<std::unique_ptr<XmppClient>> clients;
    for (const auto& [name, reaction] : reactions) clients.push_back(stage.user(name, reaction));

    // Absence is what is asserted here: it takes the three timeouts that a dead client would not live for.
    const auto any_gone = [](const Seen& seen) {
      return std::any_of(seen.presences.begin(), seen.presences.end(), [](const SeenPresence& presence) {
        return presence.type == "unavailable" && presence.from.rfind("romeo@localhost/", 0) == 0;
      });
    };
    CHECK_FALSE(stage.contact.waitUntil(any_gone, 3 * timeout));
    for (const auto& client : clients) {
      CAPTURE(client->login().resource);
      CHECK(client->seen().connected);
      CHECK(client->seen().pings.size() >= 4);  // one in each second
      CHECK(client->seen().pings.size() <= 7);
    }
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("a client that keeps talking is never asked") {
    Stage stage("liveness_idle_timeout = 6");
    auto user = stage.rawUser();
    const auto end = SteadyClock::now() + 7s;
    while (SteadyClock::now() < end) {
      user->send(" ");
      user->listen(300ms);
    }
    CHECK(user->receivedThat("<ping").empty());
    CHECK_FALSE(user->ended());
    CHECK(user->roundTrip());
  }

  TEST_CASE("what others send to a client does not keep it alive") {
    Stage stage("liveness_idle_timeout = 2");
    auto user = stage.rawUser();
    const auto silent_since = SteadyClock::now();
    while (!user->ended() && SteadyClock::now() - silent_since < kPatience) {
      stage.contact.message(stage.jid("phone"), "are you there?");
      user->listen(100ms);
    }
    CHECK(user->ended());
    checkNear(SteadyClock::now() - silent_since, 2000ms, 500ms);
    CHECK(user->receivedThat("are you there?").size() > 5);
    stage.departure(stage.jid("phone"));
    stage.record("timed_out");
  }

  TEST_CASE("without pings a silent client is logged out all the same") {
    Stage stage("liveness_idle_timeout = 1.5\nliveness_ping = false");
    stage.contact.available();
    auto user = stage.rawUser();
    const auto silent_since = SteadyClock::now();
    const auto error = user->expect("<stream:error");
    REQUIRE(error);
    CHECK(error->contains("<connection-timeout"));
    checkNear(error->at - silent_since, 1500ms);
    CHECK(user->receivedThat("<ping").empty());
    CHECK(stage.record("timed_out").resource == "phone");
  }

  TEST_CASE("an idle timeout of zero asks nobody and logs nobody out") {
    Stage stage("liveness_idle_timeout = 0");
    auto user = stage.rawUser();
    user->listen(2500ms);  // longer than any timeout of the other scenarios takes to ask
    CHECK(user->receivedThat("<ping").empty());
    CHECK(user->roundTrip());
    stage.noDeparture(stage.jid("phone"));
  }
}

}  // namespace liveness::e2e
