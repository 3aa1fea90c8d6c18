// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What clients are told in advance (XEP-0478), and what they say of themselves (XEP-0352).
#include "e2e/onlooker.h"

namespace liveness::e2e {
namespace {

/// romeo, available.
std::unique_ptr<RawClient> romeo(Stage& stage) {
  auto client = std::make_unique<RawClient>(stage.server.c2s());
  client->logIn("romeo", "secret", "localhost", "phone");
  client->send("<presence/>");
  REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));
  return client;
}

}  // namespace

TEST_SUITE("e2e/client_state") {
  TEST_CASE("an inactive client has a longer time, and none is logged out by changing its mind") {
    Stage stage("liveness_idle_timeout = 2\nliveness_inactive_idle_timeout = 20");
    auto client = romeo(stage);
    client->send("<inactive xmlns='urn:xmpp:csi:0'/>");
    client->listen(5s);
    CHECK_FALSE(client->ended());
    CHECK(client->receivedThat("<ping").empty());
    CHECK(stage.userSessions().find("inactive") != std::string::npos);

    const auto active_at = SteadyClock::now();
    client->send("<active xmlns='urn:xmpp:csi:0'/>");
    const auto ping = client->expect("<ping");
    REQUIRE(ping);
    checkNear(ping->at - active_at, 1000ms);
    stage.noDeparture(stage.jid("phone"), 100ms);
    CHECK(client->awaitEnd());
    stage.departure(stage.jid("phone"));
    stage.record("timed_out");
  }

  TEST_CASE("a silent inactive client is asked and logged out as well, in its own time") {
    Stage stage("liveness_idle_timeout = 60\nliveness_inactive_idle_timeout = 2");
    auto client = romeo(stage);
    client->send("<inactive xmlns='urn:xmpp:csi:0'/>");
    const auto said_at = SteadyClock::now();
    CHECK(client->awaitEnd());
    checkNear(SteadyClock::now() - said_at, 2000ms, 500ms);
    stage.record("timed_out");
  }

  TEST_CASE("it counts whether mod_csi is there or not, and is announced either way") {
    for (const bool with_module : {true, false}) {
      CAPTURE(with_module);
      auto setup = usualSetup("liveness_idle_timeout = 2\nliveness_inactive_idle_timeout = 20");
      if (!with_module)
        setup.hosts.front().options += "\nmodules_disabled = { \"csi_simple\", \"csi\", \"s2s\" }";
      Stage stage(setup);
      auto client = romeo(stage);
      CHECK(client->receivedThat("urn:xmpp:csi:0").size() == 1);
      CHECK(countOf("urn:xmpp:csi:0", client->receivedThat("urn:xmpp:csi:0").front().xml) == 1);
      client->send("<inactive xmlns='urn:xmpp:csi:0'/>");
      client->listen(3s);
      CHECK_FALSE(client->ended());
      CHECK(client->roundTrip());
    }
  }

  TEST_CASE("the idle timeout is announced in the stream's features, where there is one") {
    {
      auto setup = usualSetup("liveness_idle_timeout = 77");
      setup.options += "liveness_idle_timeout = 88\n";  // the host's own is what holds for it
      Stage stage(setup);
      RawClient client(stage.server.c2s());
      client.logIn("romeo", "secret", "localhost", "phone");
      const auto features = client.receivedThat("urn:xmpp:stream-limits:0");
      REQUIRE(features.size() == 2);  // before authentication and after
      for (const auto& one : features) CHECK(has(one.xml, "<idle-seconds>77</idle-seconds>"));
    }
    Stage stage("liveness_idle_timeout = 0");
    RawClient client(stage.server.c2s());
    client.logIn("romeo", "secret", "localhost", "phone");
    CHECK(client.receivedThat("urn:xmpp:stream-limits:0").empty());
  }
}

}  // namespace liveness::e2e
