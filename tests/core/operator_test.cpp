// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of a session: a sign of life, or its end.
#include <algorithm>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/operator");

namespace {
constexpr const char* kJid = "nurse@example.org/phone";

SessionId openAvailable(World& world) {
  const SessionId id = world.host.open("nurse");
  world.host.present(id, available("here"));
  return id;
}

SessionId openResumable(World& world) {
  const SessionId id = world.host.open("nurse");
  world.host.enableResumption(id);
  world.host.present(id, available("here"));
  return id;
}

bool probe(World& world, SessionId id) {
  const bool sent = world.plugin.probe(world.now(), id);
  world.host.run();
  return sent;
}

bool disconnect(World& world, SessionId id) {
  const bool done = world.plugin.disconnect(world.now(), id);
  world.host.run();
  return done;
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

TEST_CASE("a session that is disconnected goes at once, and is on record as kicked") {
  for (const bool suspect : {false, true}) {
    for (const Cause told : {Cause::kicked, Cause::connection_lost, Cause::timed_out}) {
      CAPTURE(toString(told));
      EVERY_HOST(kind) {
        World world(kind);
        world.host.cause_of_ending = told;
        const SessionId id = openAvailable(world);
        world.runTo(suspect ? 200s : 50s);
        REQUIRE((world.info(id).state == SessionState::suspect) == suspect);
        REQUIRE(disconnect(world, id));
        REQUIRE(world.store.records.size() == 1);
        CHECK(world.store.records[0].cause == Cause::kicked);
        CHECK(world.store.records[0].evidence == Evidence::none);
        CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - world.elapsed());
        CHECK(world.plugin.sessions(world.now()).empty());
        CHECK(world.plugin.stats(world.now()).logouts[static_cast<std::size_t>(Cause::kicked)] == 1);
        world.runFor(60s);
        CHECK(world.host.contacts.departuresOf(kJid) == 1);
        CHECK(world.host.count(Command::Kind::end) == 1);
        CHECK_FALSE(disconnect(world, id));
      }
    }
  }
}

TEST_CASE("a resumable session that is disconnected is not held") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(50s);
    REQUIRE(disconnect(world, id));
    CHECK(world.host.find(id) == nullptr);
    CHECK(world.plugin.stats(world.now()).holds == 0);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::kicked);
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
  }
}

TEST_CASE("a held session that is disconnected is seen to go once, by those who have not seen it yet") {
  for (const auto held_for : {10s, 100s}) {
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      world.host.lose(id);
      world.runFor(held_for);
      REQUIRE(world.host.contacts.departuresOf(kJid) == (held_for > 60s ? 1 : 0));
      REQUIRE(disconnect(world, id));
      world.runFor(60s);
      CHECK(world.host.contacts.departuresOf(kJid) == 1);
      if (!kind.broadcasts_when_stream_closes) {
        REQUIRE(world.host.count(Command::Kind::broadcast) == 1);
        CHECK((world.host.commands.back().audience == Audience::directed_only) == (held_for > 60s));
      }
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - 60s - held_for - 50s);
      CHECK(world.plugin.sessions(world.now()).empty());
    }
  }
}

TEST_CASE("an end that the host never confirms is on record ten seconds later") {
  for (const bool held : {false, true}) {
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      if (held) world.host.lose(id);
      world.host.deaf_to_closing = true;
      REQUIRE(disconnect(world, id));
      CHECK(disconnect(world, id));  // it will go, as was asked
      CHECK(world.host.count(Command::Kind::end) == 1);
      const SessionInfo info = world.info(id);
      CHECK(info.state == (held ? SessionState::held : SessionState::reachable));
      CHECK(info.next == Next::end);
      CHECK_ABOUT(info.next_in, 10s);
      world.plugin.setPolicy(Policy{});
      world.runTo(59900ms);
      CHECK(world.store.records.empty());
      world.runTo(61s);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK(world.plugin.sessions(world.now()).empty());
    }
  }
}

TEST_CASE("a client that says goodbye before it is disconnected has logged out") {
  World world(kEveryHost[1]);
  const SessionId id = openAvailable(world);
  world.host.closings_wait = true;
  REQUIRE(disconnect(world, id));
  world.host.present(id, unavailable("good night"));
  world.host.closings_wait = false;
  world.host.run();
  REQUIRE(world.store.records.size() == 1);
  CHECK(world.store.records[0].cause == Cause::logged_out);
  CHECK(world.store.records[0].status == "good night");
}

TEST_CASE("a session that is lost or resumed while its end is on the way ends all the same") {
  for (const bool confirmed : {true, false}) {
    for (const bool resumed : {true, false}) {
      World world(kEveryHost[1]);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      if (resumed) {
        world.host.lose(id);
        world.runTo(120s);
        REQUIRE(world.host.contacts.departuresOf(kJid) == 1);
      }
      world.host.closings_wait = true;
      REQUIRE(disconnect(world, id));
      world.runFor(5s);
      if (resumed)
        world.host.resume(id);
      else
        world.host.lose(id);
      CHECK(world.info(id).next == Next::end);
      CHECK_ABOUT(world.info(id).next_in, 5s);
      if (confirmed) {
        world.host.closings_wait = false;
        world.host.run();
      } else {
        world.runFor(6s);
      }
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK(world.plugin.sessions(world.now()).empty());
      CHECK(world.host.count(Command::Kind::show_again) == 0);
      if (confirmed) CHECK(world.host.contacts.departuresOf(kJid) == 1);
    }
  }
}

TEST_CASE("a session that has timed out and is disconnected before the host closes it was kicked") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.host.deaf_to_closing = true;
    world.runTo(362s);
    REQUIRE(world.closingsOf(id).size() == 1);
    world.host.deaf_to_closing = false;
    REQUIRE(disconnect(world, id));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::kicked);
    CHECK(world.host.find(id) == nullptr);
  }
}

TEST_CASE("a user of whom one of two sessions is disconnected is still here") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openAvailable(world);
    const SessionId laptop = world.host.open("nurse", "laptop");
    world.host.present(laptop, available());
    REQUIRE(disconnect(world, phone));
    CHECK(world.store.records.empty());
    CHECK(world.plugin.sessions(world.now()).size() == 1);
    REQUIRE(disconnect(world, laptop));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "laptop");
  }
}

TEST_CASE("a stale name disconnects nobody") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = openAvailable(world);
    world.host.close(old, Cause::connection_lost);
    const SessionId id = openAvailable(world);
    REQUIRE(id.slot == old.slot);
    CHECK_FALSE(disconnect(world, old));
    CHECK_FALSE(disconnect(world, SessionId{}));
    CHECK(world.host.find(id) != nullptr);
    CHECK(world.host.count(Command::Kind::end) == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
