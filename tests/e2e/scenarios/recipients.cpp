// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

namespace {

std::size_t departuresSeen(RawClient& client, const std::string& from) {
  std::size_t n = 0;
  for (const Received& r : client.received())
    if (r.xml.rfind("<presence", 0) == 0 && attribute(r.xml, "type") == "unavailable" &&
        attribute(r.xml, "from") == from)
      ++n;
  return n;
}

}  // namespace

TEST_SUITE("e2e/recipients") {
  TEST_CASE("an implicit logout reaches once whom the client's own would have reached") {
    Stage stage("liveness_idle_timeout = 3");
    RawClient stranger(stage.server.c2s());
    stranger.logIn("mercutio", "secret", "localhost", "street");
    stranger.send("<presence/>");
    RawClient tablet(stage.server.c2s());
    tablet.logIn("romeo", "secret", "localhost", "tablet");
    tablet.send("<presence/>");
    auto phone = stage.rawUser("phone");
    phone->send("<presence to='" + stranger.fullJid() + "'/>");
    REQUIRE(stranger.expect("from='" + stage.jid("phone") + "'"));

    SUBCASE("when its connection is lost") {
      phone->socket().reset();
    }
    SUBCASE("when it is silent for its idle timeout") {}

    CHECK(eventually(kPatience, [&] {
      bool all = true;
      for (RawClient* client : {&stranger, &tablet}) {
        client->send(" ");  // these two are alive
        client->listen(100ms);
        all = all && departuresSeen(*client, stage.jid("phone")) > 0;
      }
      return all;
    }));
    stage.departure(stage.jid("phone"));
    for (RawClient* client : {&stranger, &tablet}) {
      REQUIRE(client->roundTrip());
      client->listen(kQuiet);
      CHECK(departuresSeen(*client, stage.jid("phone")) == 1);
    }
  }
}

}  // namespace liveness::e2e
