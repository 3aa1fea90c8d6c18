// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/heartbeat");

TEST_CASE("a silent client is probed from half of its idle timeout on, evenly, and logged out at the whole") {
  for (std::uint32_t attempts = 1; attempts <= 10; ++attempts) {
    for (const milliseconds idle :
         {milliseconds(20s), milliseconds(33s), milliseconds(360s), milliseconds(3h)}) {
      CAPTURE(attempts);
      CAPTURE(idle.count());
      EVERY_HOST(kind) {
        World world(kind, idleAfter(idle, true, attempts));
        const SessionId id = world.host.open("mercutio");
        world.host.present(id, available());
        world.runFor(2 * idle);

        const auto probes = world.probesTo(id);
        REQUIRE(probes.size() == attempts);
        for (std::uint32_t n = 0; n < attempts; ++n)
          CHECK_ABOUT(probes[n], idle / 2 + n * (idle / 2) / attempts);
        REQUIRE(world.closingsOf(id).size() == 1);
        CHECK_ABOUT(world.closingsOf(id)[0], idle);
        REQUIRE(world.store.records.size() == 1);
        CHECK(world.store.records[0].cause == Cause::timed_out);
      }
    }
  }
}

TEST_CASE("a timed-out client's record has the time it was last heard, and its contacts see it go once") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("mercutio", "sword");
    world.host.present(id, available());
    world.runFor(77s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runFor(1000s);

    REQUIRE(world.store.records.size() == 1);
    const LastSeen& record = world.store.records[0];
    CHECK(record.cause == Cause::timed_out);
    CHECK(record.resource == "sword");
    CHECK_ABOUT(record.last_heard, heard);
    CHECK_ABOUT(record.logged_out_at, heard + 360s);
    CHECK(world.host.contacts.departuresOf("mercutio@example.org/sword") == 1);
    CHECK(world.host.contacts.mistake() == "");
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.plugin.stats(world.now()).logouts[static_cast<std::size_t>(Cause::timed_out)] == 1);
  }
}

TEST_CASE("a client heard at any moment is left alone as long again") {
  // Before the first probe, right before and after each of them, between them, and in the last moment.
  for (const milliseconds heard_at : {milliseconds(1s), milliseconds(100s), milliseconds(179'900ms),
                                      milliseconds(180'200ms), milliseconds(225s), milliseconds(269'900ms),
                                      milliseconds(270'200ms), milliseconds(300s), milliseconds(359'800ms)}) {
    CAPTURE(heard_at.count());
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("mercutio");
      world.host.present(id, available());
      world.runTo(heard_at);
      world.host.hear(id);
      CHECK(world.info(id).state == SessionState::reachable);
      CHECK(world.info(id).probes_unanswered == 0);
      const std::size_t before = world.probesTo(id).size();
      world.runTo(heard_at + 1000s);
      const auto probes = world.probesTo(id);
      REQUIRE(probes.size() == before + 2);
      CHECK_ABOUT(probes[before], heard_at + 180s);
      CHECK_ABOUT(probes[before + 1], heard_at + 270s);
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK_ABOUT(world.closingsOf(id)[0], heard_at + 360s);
    }
  }
}

TEST_CASE("a client that chats is never probed") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    for (int i = 0; i < 360; ++i) {
      world.runFor(10s);
      world.host.hear(id);
    }
    CHECK(world.host.commands.empty());
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).probes_saved > 0);
    CHECK(world.plugin.stats(world.now()).probes_sent == 0);
  }
}

TEST_CASE("a client that answers every probe lives on, whatever the answer says") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    // Result and error come as the same signal: the core has no way to tell them apart.
    world.host.when_probed = [&](SessionId who, const Probe& probe) { world.host.answer(who, probe.number); };
    world.runFor(3600s);
    CHECK(world.store.records.empty());
    CHECK(world.closingsOf(id).empty());
    const Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(stats.probes_sent >= 118);
    CHECK(stats.probes_sent <= 120);
    CHECK(stats.probes_answered == stats.probes_sent);
    CHECK(world.info(id).probes_sent == stats.probes_sent);
    CHECK(world.info(id).state == SessionState::reachable);
  }
}

TEST_CASE("a client whose only answer is a byte lives on") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.host.when_probed = [&](SessionId who, const Probe&) { world.host.hear(who); };
    world.runFor(3600s);
    CHECK(world.store.records.empty());
    CHECK(world.closingsOf(id).empty());
    CHECK(world.plugin.stats(world.now()).probes_answered == 0);
  }
}

TEST_CASE("without ping a silent client is logged out at the whole, unprobed") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(100s, false));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.runFor(200s);
    CHECK(world.probesTo(id).empty());
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 100s);
    CHECK(world.store.records.size() == 1);
  }
}

TEST_CASE("with an idle timeout of zero nobody is probed or logged out") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(0s));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.runFor(48h);
    CHECK(world.host.commands.empty());
    CHECK(world.store.records.empty());
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).silence == milliseconds(48h));
  }
}

TEST_CASE("a connected client that never was available is closed without a record or a broadcast") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("mercutio");
    world.runFor(1000s);
    CHECK(world.closingsOf(id).size() == 1);
    CHECK(world.store.records.empty());
    CHECK(world.host.contacts.all().empty());
    CHECK(world.plugin.sessions(world.now()).empty());
  }
}

TEST_CASE("a host that never confirms a close has the session on record ten seconds later") {
  EVERY_HOST(kind) {
    World world(kind);
    world.host.deaf_to_closing = true;
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.runTo(368s);
    CHECK(world.store.records.empty());
    CHECK(world.closingsOf(id).size() == 1);
    world.runTo(372s);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::timed_out);
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.plugin.stats(world.now()).users_available == 0);

    // The host wakes up after all: too late to be of any interest, and still seen only once.
    world.runFor(60s);
    world.host.close(id, Cause::connection_lost);
    world.runFor(60s);
    CHECK(world.store.records.size() == 1);
    CHECK(world.host.contacts.departuresOf("mercutio@example.org/phone") == 1);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
