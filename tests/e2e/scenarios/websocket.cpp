// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"
#include "support/websocket_client.h"

namespace liveness::e2e {

using support::WebSocketClient;

namespace {

std::unique_ptr<WebSocketClient> webUser(Stage& stage) {
  auto client = std::make_unique<WebSocketClient>(stage.server.http(), "localhost");
  client->logIn("romeo", "secret", "localhost", "web");
  client->send("<presence/>");
  REQUIRE(stage.contact.sees(stage.jid("web"), "available"));
  return client;
}

}  // namespace

TEST_SUITE("e2e/websocket") {
  TEST_CASE("a silent WebSocket client is pinged and logged out") {
    Stage stage("liveness_idle_timeout = 2");
    auto user = webUser(stage);
    const auto silent_since = SteadyClock::now();
    const auto silent_since_utc = utcNow();
    const auto error = user->expect("<connection-timeout");
    REQUIRE(error);
    checkNear(error->at - silent_since, 2000ms);
    CHECK(user->receivedThat("<ping").size() == 2);
    stage.departure(stage.jid("web"));
    const auto record = stage.record("timed_out");
    CHECK(record.resource == "web");
    checkNear(record.last_heard_at, silent_since_utc);
  }

  TEST_CASE("a pong is life, and so is whitespace in a frame's place") {
    Stage stage("liveness_idle_timeout = 6");
    auto user = webUser(stage);
    CHECK(stage.server.shell("liveness:sessions()").find("websocket") != std::string::npos);
    const auto end = SteadyClock::now() + 7s;
    while (SteadyClock::now() < end && !user->ended()) {
      user->sendPong();
      user->listen(300ms);
    }
    CHECK_FALSE(user->ended());
    CHECK(user->receivedThat("<ping").empty());
    CHECK(user->roundTrip());
  }

  TEST_CASE("a WebSocket client that says more than it may has lost its connection, and was not kicked") {
    auto setup = usualSetup();
    setup.options = "c2s_stanza_size_limit = 20000";
    Stage stage(setup);
    auto user = webUser(stage);
    user->send("<message to='juliet@localhost'><body>" + std::string(30000, 'x') + "</body></message>");
    stage.departure(stage.jid("web"));
    stage.record("connection_lost");
  }

  TEST_CASE("a WebSocket client that says good-bye is on record with its words") {
    Stage stage;
    auto user = webUser(stage);
    user->send("<presence type='unavailable'><status>tab closed</status></presence>");
    user->send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    CHECK(stage.departure(stage.jid("web")).status == "tab closed");
    CHECK(stage.record("logged_out").status == "tab closed");
  }

  TEST_CASE("a WebSocket client that closes its stream has logged out, one that breaks off has not") {
    Stage stage;
    auto user = webUser(stage);
    std::string cause;
    SUBCASE("closed") {
      user->send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
      cause = "logged_out";
    }
    SUBCASE("broken off") {
      user->socket().reset();
      cause = "connection_lost";
    }
    stage.departure(stage.jid("web"));
    CHECK(stage.record(cause).resource == "web");
  }
}

}  // namespace liveness::e2e
