// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"
#include "support/bosh_client.h"
#include "support/websocket_client.h"

namespace liveness::e2e {

using support::BoshClient;
using support::WebSocketClient;

namespace {

/// The same user over each transport, and held: whatever a module finds when it is loaded.
struct AllTransports {
  explicit AllTransports(Stage& stage)
      : tcp(stage.rawUser("tcp")),
        web(stage.server.http(), "localhost"),
        bosh(stage.server.http(), "localhost", 1s) {
    web.logIn("romeo", "secret", "localhost", "web");
    web.send("<presence/>");
    bosh.logIn("romeo", "secret", "localhost", "bosh");
    bosh.send("<presence/>");
    RawClient lost(stage.server.c2s());
    lost.logIn("romeo", "secret", "localhost", "held");
    lost.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/><presence/>");
    for (const char* resource : {"web", "bosh", "held"})
      REQUIRE(stage.contact.sees(stage.jid(resource), "available"));
    lost.socket().reset();
  }

  /// Each says something that is no stanza, for as long as it is told.
  void chatter(milliseconds span) {
    const auto end = SteadyClock::now() + span;
    while (SteadyClock::now() < end) {
      tcp->send(" ");
      web.sendPong();
      bosh.poll();
      bosh.listen(50ms);
      tcp->listen(50ms);
      web.listen(100ms);
    }
  }

  std::unique_ptr<RawClient> tcp;
  WebSocketClient web;
  BoshClient bosh;
};

std::string sessionLine(const Stage& stage, const std::string& resource) {
  const auto table = stage.server.shell("liveness:sessions(\"" + stage.jid(resource) + "\")");
  const auto at = table.find(stage.jid(resource));
  return at == std::string::npos ? "" : table.substr(at, table.find('\n', at) - at);
}

}  // namespace

TEST_SUITE("e2e/module_life_transports") {
  TEST_CASE("clients on every transport are adopted, kept by a reload, let go and adopted again") {
    auto setup = usualSetup("liveness_idle_timeout = 8\nsmacks_hibernation_time = 60");
    setup.plugin_enabled = false;
    Stage stage(setup);
    AllTransports all(stage);
    const char* verbs[] = {"load", "reload", "reload", "unload", "load"};
    for (const char* verb : verbs) {
      CAPTURE(verb);
      const auto said = stage.module(verb);
      CAPTURE(said);
      CHECK(said.find("rror") == std::string::npos);
      all.chatter(500ms);
      if (std::string(verb) == "unload") continue;
      const std::pair<const char*, const char*> shown[] = {
          {"tcp", "tcp"}, {"web", "websocket"}, {"bosh", "bosh"}, {"held", "held"}};
      for (const auto& [resource, word] : shown) {
        CHECK(sessionLine(stage, resource).find(word) != std::string::npos);
        all.chatter(50ms);  // the shell takes its time
      }
    }

    // Whoever was not heard while the shell was asked may have been pinged.
    const auto pings = [&] {
      return all.tcp->receivedThat("<ping").size() + all.web.receivedThat("<ping").size();
    };
    const auto before = pings();
    all.chatter(9s);  // more than the whole timeout: heard on each, although none says a stanza
    CHECK_FALSE(all.tcp->ended());
    CHECK_FALSE(all.web.ended());
    CHECK_FALSE(all.bosh.ended());
    CHECK(pings() == before);
    for (const char* resource : {"tcp", "web", "bosh", "held"})
      CHECK(stage.contact.seen().from(stage.jid(resource), "unavailable").empty());

    // And now all fall silent.
    for (const char* resource : {"tcp", "web", "bosh"}) stage.departure(stage.jid(resource));
    CHECK(stage.contact.seen().from(stage.jid("held"), "unavailable").empty());
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));  // the held one is still available
  }

  TEST_CASE("a module that is unloaded has let go of what it did to the sessions") {
    Stage stage("liveness_idle_timeout = 60\nsmacks_hibernation_time = 60");
    AllTransports all(stage);
    stage.module("unload");
    // Ends after the unload are Prosody's own business, and reach nobody who is not there any more.
    all.bosh.terminate();
    all.web.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    all.tcp->send("</stream:stream>");
    for (const char* resource : {"tcp", "web", "bosh"}) stage.departure(stage.jid(resource));
    CHECK(stage.server.running());
  }
}

}  // namespace liveness::e2e
