// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/much at once");

TEST_CASE("ten thousand clients due together are done in bounded ticks, soon, and once each") {
  EVERY_HOST(kind) {
    World world(kind, undoubted(idleAfter(100s, false)));
    for (int i = 0; i < 10'000; ++i)
      world.host.present(world.host.open("u" + std::to_string(i)), available());
    world.runTo(99s);
    CHECK(world.store.records.empty());
    world.runTo(103s);
    CHECK(world.host.most_commands_in_a_tick <= kind.commands_per_tick);
    CHECK(world.store.records.size() == 10'000);
    CHECK(world.host.contacts.onlineCount() == 0);
    CHECK(world.host.contacts.mistake() == "");
    CHECK(world.host.count(Command::Kind::close) == 10'000);
    CHECK(world.plugin.sessions(world.now()).empty());
  }
}

TEST_CASE("a tick that left work behind wants to go on at once") {
  EVERY_HOST(kind) {
    World world(kind, undoubted(idleAfter(50s, false)));
    for (int i = 0; i < 1000; ++i) world.host.present(world.host.open("u" + std::to_string(i)), available());
    world.runTo(49s);
    while (world.host.commands.empty()) {
      world.clock.advanceTo(world.host.wake);
      world.tick();
    }
    CHECK(world.host.most_commands_in_a_tick <= kind.commands_per_tick);
    CHECK(world.host.wake <= world.now().monotonic + 10ms);
    world.runTo(52s);
    CHECK(world.host.count(Command::Kind::close) == 1000);
  }
}

TEST_CASE("a pass over the table that began in the middle is followed by a whole one at once") {
  HostKind slow = kEveryHost[0];
  slow.commands_per_tick = 1;
  World world(slow, idleAfter(100s));
  for (int i = 0; i < 3; ++i) world.host.open("user" + std::to_string(i));
  world.runTo(49s);
  while (world.host.commands.size() < 3) {
    world.clock.advanceTo(world.host.wake);
    world.clock.advance(world.tick_cost);
    CHECK((world.tick() == 0ms || world.host.commands.empty()));
  }
  CHECK(world.tick() > 0ms);
}

TEST_CASE("a tick looks at no more than so many that wait for their turn to be logged out") {
  Policy policy = idleAfter(50s, false);
  policy.logout_rate = 1;
  World world(kEveryHost[0], policy);
  for (int i = 0; i < 20'000; ++i) world.host.open("u" + std::to_string(i));
  world.runTo(49s);
  while (world.host.commands.empty()) {
    world.clock.advanceTo(world.host.wake);
    world.tick();
  }
  CHECK(world.host.wake == world.now().monotonic);  // it left some of them to the next one
  world.runTo(55s);
  CHECK(world.host.commands.size() >= 4);
}

TEST_CASE("a bound of a single command a tick is kept, and the work gets done") {
  EVERY_HOST(kind) {
    HostKind narrow = kind;
    narrow.commands_per_tick = 1;
    World world(narrow, idleAfter(100s));
    for (int i = 0; i < 100; ++i) world.host.present(world.host.open("u" + std::to_string(i)), available());
    world.runTo(130s);
    CHECK(world.host.most_commands_in_a_tick == 1);
    CHECK(world.store.records.size() == 100);
    CHECK(world.host.contacts.onlineCount() == 0);
  }
}

TEST_CASE("a client that is back before its departure was told is not told to have left") {
  EVERY_HOST(kind) {
    HostKind narrow = kind;
    narrow.commands_per_tick = 1;
    World world(narrow, idleAfter(20s));
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    // The probe is the tick's only command, and the stream breaks under it.
    world.host.when_probed = [&](SessionId who, const Probe&) { world.host.lose(who); };
    while (world.store.records.empty()) {
      world.clock.advanceTo(world.host.wake);
      world.tick();
    }
    world.host.present(world.host.open("romeo"), available());
    world.runFor(1s);
    CHECK(world.host.contacts.online("romeo@example.org/phone"));
    CHECK(world.host.contacts.departuresOf("romeo@example.org/phone") == 1);
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_CASE("nobody is logged out before a probe that was due had its turn") {
  // Probes that wait for room in a tick must not be overtaken by the logout of the same client.
  EVERY_HOST(kind) {
    HostKind narrow = kind;
    narrow.commands_per_tick = 4;
    World world(narrow, idleAfter(60s, true, 1));
    world.host.when_probed = [&](SessionId who, const Probe& probe) { world.host.answer(who, probe.number); };
    for (int i = 0; i < 5000; ++i) world.host.present(world.host.open("u" + std::to_string(i)), available());
    world.runTo(600s);
    CHECK(world.store.records.empty());
    CHECK(world.host.sessions().size() == 5000);
  }
}

TEST_CASE("clients that were heard cost no command, however many are looked at") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(100s));
    std::vector<SessionId> ids;
    for (int i = 0; i < 5000; ++i) ids.push_back(world.host.open("u" + std::to_string(i)));
    for (int round = 0; round < 10; ++round) {
      world.runFor(40s);
      for (const SessionId id : ids) world.host.hear(id);
    }
    CHECK(world.host.commands.empty());
  }
}

TEST_CASE("a tick never wants to be called later than in a second, nor asks for itself from within") {
  EVERY_HOST(kind) {
    World world(kind);
    CHECK(world.tick() <= 1s);
    world.host.open("benvolio");
    CHECK(world.tick() <= 1s);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    const MonotonicTime end = world.clock.start() + 400s;
    while (world.now().monotonic < end) {
      world.clock.advanceTo(world.host.wake);
      const milliseconds delay = world.tick();
      REQUIRE(delay >= 0ms);
      REQUIRE(delay <= 1s);
      world.clock.advance(100us);
    }
    CHECK(world.store.records.size() == 1);
    CHECK_FALSE(world.host.asked_for_a_tick_in_a_tick);
  }
}

TEST_CASE("clients that reconnect from within the close are not touched by the same tick") {
  EVERY_HOST(kind) {
    World world(kind, undoubted(idleAfter(20s)));
    for (int i = 0; i < 500; ++i) world.host.present(world.host.open("u" + std::to_string(i)), available());
    int reconnected = 0;
    world.host.when_told_to_close = [&](SessionId) {
      const SessionId id = world.host.open("back" + std::to_string(reconnected++));
      world.host.present(id, available());
      world.host.open("and" + std::to_string(reconnected));
    };
    world.runTo(23s);
    CHECK(reconnected == 500);
    CHECK(world.store.records.size() == 500);
    CHECK(world.plugin.sessions(world.now()).size() == 1000);
    CHECK(world.plugin.stats(world.now()).users_available == 500);
    CHECK(world.host.contacts.onlineCount() == 500);
    world.host.when_told_to_close = nullptr;
    world.runTo(60s);
    CHECK(world.store.records.size() == 1000);
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
