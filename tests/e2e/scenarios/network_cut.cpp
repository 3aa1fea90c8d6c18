// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"
#include "support/net_namespaces.h"

namespace liveness::e2e {

using support::NetNamespaces;

namespace {

ServerSetup behindCable(const NetNamespaces& net, const std::string& options) {
  auto setup = usualSetup(options);
  setup.network_namespace = net.server();
  setup.address = net.kServerAddress;
  return setup;
}

/// juliet stands beside the server, romeo at the other end of the cable.
struct CableStage {
  explicit CableStage(const std::string& options)
      : stage(behindCable(net, options), {net.kServerAddress, 0, net.server()}) {
    auto far = stage.server.c2s();
    far.network_namespace = net.client();
    user = std::make_unique<XmppClient>(far, Login{"romeo"});
    user->available();
    REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));
    REQUIRE(user->roundTrip());
  }

  NetNamespaces net;
  Stage stage;
  std::unique_ptr<XmppClient> user;
};

}  // namespace

TEST_SUITE("e2e/network_cut") {
  TEST_CASE("a client behind a pulled cable is logged out when its time is over") {
    CableStage scene("liveness_idle_timeout = 3");
    const auto cut_at = SteadyClock::now();
    scene.net.cut();

    const auto seen = scene.stage.departure(scene.stage.jid("phone"));
    checkNear(seen.at - scene.user->lastSentSteady(), 3000ms);
    CHECK(seen.at > cut_at);
    const auto record = scene.stage.record("timed_out");
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, scene.user->lastSentAt());
    CHECK(scene.user->seen().connected);  // it does not know yet
    CHECK(scene.stage.evidence() == "network_gone");
    CHECK(scene.stage.server.shell(R"(liveness:last_seen("romeo@localhost"))")
              .find("timed_out (network_gone)") != std::string::npos);
  }

  TEST_CASE("a network that is back in time logs nobody out") {
    CableStage scene("liveness_idle_timeout = 5");
    scene.net.cut();
    // Past the first ping (at 2.5 s), which is lost; the end (at 5 s) must not be reached while it is cut.
    CHECK_FALSE(scene.stage.contact.sees(scene.stage.jid("phone"), "unavailable", 2800ms));
    CHECK(scene.user->seen().pings.empty());
    scene.net.restore();

    CHECK(scene.user->waitUntil([](const Seen& seen) { return !seen.pings.empty(); }));
    scene.stage.noDeparture(scene.stage.jid("phone"), 6s);  // past the end that it would have had
    CHECK(scene.user->roundTrip());
    scene.stage.settleRecords();
    CHECK_FALSE(scene.stage.server.lastSeen(scene.stage.kUser));
  }
}

}  // namespace liveness::e2e
