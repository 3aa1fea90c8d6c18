// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of a session: a sign of life.
#include <algorithm>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/probe_on_request");

namespace {
bool probe(World& world, SessionId id) {
  const bool sent = world.plugin.probe(world.now(), id);
  world.host.run();
  return sent;
}
}  // namespace

TEST_CASE("a client that is probed on request is suspect until it answers") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openAvailable(world);
    world.runTo(20s);
    REQUIRE(probe(world, id));
    REQUIRE(world.host.count(Command::Kind::probe) == 1);
    SessionInfo info = world.info(id);
    CHECK(info.state == SessionState::suspect);
    CHECK(info.probes_unanswered == 1);
    CHECK(info.probes_sent == 1);
    CHECK(info.next == Next::probe);
    CHECK_ABOUT(info.next_in, 160s);
    world.runFor(30ms);
    world.host.answer(id, world.host.commands.back().number);
    info = world.info(id);
    CHECK(info.state == SessionState::reachable);
    CHECK(info.probes_unanswered == 0);
    CHECK(info.round_trip == 30ms);
    const Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(stats.probes_sent == 1);
    CHECK(stats.probes_answered == 1);
  }
}

TEST_CASE("an answer within the moment of the last byte is an answer") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openAvailable(world);
    world.host.when_probed = [&](SessionId who, const Probe& probe) { world.host.answer(who, probe.number); };
    world.host.hear(id);
    REQUIRE(probe(world, id));
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).probes_unanswered == 0);
    REQUIRE(probe(world, id));
    CHECK(world.plugin.stats(world.now()).probes_answered == 2);
  }
}

TEST_CASE("a client with stream management is asked on request with <r/>") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    REQUIRE(probe(world, id));
    CHECK(world.host.commands.back().probe_kind == Probe::Kind::ack_request);
    CHECK(world.plugin.stats(world.now()).acks_requested == 1);
  }
}

TEST_CASE("a probe on request moves no deadline and spares no probe, whenever it goes out") {
  for (const auto at : {1s, 100s, 179s, 191s, 260s, 300s, 359s}) {
    CAPTURE(at.count());
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openAvailable(world);
      world.runTo(at);
      REQUIRE(probe(world, id));
      world.runTo(400s);
      auto probes = world.probesTo(id);
      REQUIRE(probes.size() == 3);
      probes.erase(std::find(probes.begin(), probes.end(), milliseconds{at}));
      CHECK_ABOUT(probes[0], 180s);
      CHECK_ABOUT(probes[1], 270s);
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK_ABOUT(world.closingsOf(id)[0], 360s);
    }
  }
}

TEST_CASE("an operator who keeps asking neither saves a dead client nor hurries its end") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openAvailable(world);
    int sent = 0;
    for (auto at = 0s; at < 360s; at += 5s) {
      world.runTo(at);
      sent += probe(world, id) ? 1 : 0;
    }
    CHECK(sent >= 32);  // every ten seconds, but right after the heartbeat's own
    CHECK(sent <= 36);
    world.runTo(370s);
    CHECK(world.probesTo(id).size() == static_cast<std::size_t>(sent) + 2);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 360s);
  }
}

TEST_CASE("a client that is never logged out is not for a probe on request either") {
  for (const Policy& policy : {idleAfter(0s), idleAfter(0s, false)}) {
    EVERY_HOST(kind) {
      World world(kind, policy);
      const SessionId id = openAvailable(world);
      REQUIRE(probe(world, id));
      world.runTo(24h);
      CHECK(world.info(id).state == SessionState::suspect);
      CHECK(world.info(id).next == Next::nothing);
      CHECK(world.probesTo(id).size() == 1);
      CHECK(world.closingsOf(id).empty());
      world.host.hear(id);
      CHECK(world.info(id).state == SessionState::reachable);
    }
  }
}

TEST_CASE("without pings of its own the heartbeat logs out on time, asked on request or not") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(360s, false));
    const SessionId id = openAvailable(world);
    world.runTo(300s);
    REQUIRE(probe(world, id));
    CHECK(world.info(id).next == Next::time_out);
    world.runTo(362s);
    CHECK(world.probesTo(id).size() == 1);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 360s);
  }
}

TEST_CASE("one probe on request is out at a time") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openAvailable(world);
    world.runTo(20s);
    CHECK(probe(world, id));
    CHECK_FALSE(probe(world, id));
    world.runTo(29s);
    CHECK_FALSE(probe(world, id));
    world.runTo(30s);
    CHECK(probe(world, id));
    CHECK(world.info(id).probes_unanswered == 2);
    world.host.hear(id);
    CHECK(probe(world, id));
    CHECK(world.info(id).probes_unanswered == 1);
    world.runTo(30s + 181s);
    REQUIRE(world.probesTo(id).size() == 4);
    CHECK_FALSE(probe(world, id));  // the heartbeat's own is out just now
  }
}

TEST_CASE("nobody is asked who negotiates, is held, is closing or has gone") {
  EVERY_HOST(kind) {
    World world(kind);
    CHECK_FALSE(probe(world, SessionId{}));
    const SessionId id = world.host.open("nurse");
    CHECK_FALSE(probe(world, id));
    world.runFor(9s);
    CHECK_FALSE(probe(world, id));
    world.runFor(1s);
    CHECK(probe(world, id));
    world.host.enableResumption(id);
    world.host.lose(id);
    CHECK_FALSE(probe(world, id));
    world.host.resume(id);
    CHECK(probe(world, id));
    world.host.deaf_to_closing = true;
    CHECK(disconnect(world, id));
    CHECK_FALSE(probe(world, id));
    world.host.close(id, Cause::kicked);
    CHECK_FALSE(probe(world, id));
    CHECK(world.host.count(Command::Kind::probe) == 2);
  }
}

TEST_CASE("clients who were asked on request alone are not many that fell silent together") {
  EVERY_HOST(kind) {
    Policy policy;
    policy.mass_minimum = 2;
    policy.mass_share = 0.5;
    World world(kind, policy);
    const SessionId dead = openAvailable(world);
    world.runTo(100s);
    const SessionId asked = world.host.open("doctor");
    world.host.present(asked, available());
    world.runTo(350s);
    REQUIRE(probe(world, asked));
    world.runTo(362s);
    CHECK(world.closingsOf(dead).size() == 1);
    CHECK(world.plugin.stats(world.now()).doubted == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
