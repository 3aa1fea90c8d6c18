// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <limits>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/checkpoints");

namespace {

Policy checkpointEach(milliseconds interval) {
  Policy policy;
  policy.checkpoint_interval = interval;
  return policy;
}

/// Who is here, as the store has it: the only one.
const Store::Online& theOne(const World& world) {
  REQUIRE(world.store.online.size() == 1);
  return world.store.online.begin()->second;
}

}  // namespace

TEST_CASE("a user who becomes available is in the store at once, and is no more after the logout") {
  EVERY_HOST(kind) {
    World world(kind);
    world.runTo(10s);
    const SessionId id = world.host.open("romeo", "balcony");
    CHECK(world.store.online.empty());
    world.runTo(12s);
    world.host.present(id, available());
    CHECK(theOne(world).bare_jid == "romeo@example.org");
    CHECK(theOne(world).resource == "balcony");
    CHECK(theOne(world).available_since == world.now().utc);
    CHECK_ABOUT(theOne(world).last_heard, world.now().utc);
    world.host.present(id, unavailable());
    CHECK(world.store.online.empty());
    CHECK(world.store.mistake() == "");
  }
}

TEST_CASE("a second resource is the same login, a second time available is another") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("romeo", "phone");
    const SessionId laptop = world.host.open("romeo", "laptop");
    world.host.present(phone, available());
    const std::uint64_t first = theOne(world).login;
    CHECK(first != 0);
    world.host.present(laptop, available());
    CHECK(theOne(world).login == first);
    world.host.lose(phone);
    CHECK(theOne(world).login == first);
    world.host.present(laptop, unavailable());
    CHECK(world.store.logins == std::vector<std::uint64_t>{first});
    world.host.present(laptop, available());
    CHECK(theOne(world).login != first);
    CHECK(world.store.mistake() == "");
  }
}

TEST_CASE("what was heard is in the store within the checkpoint interval") {
  EVERY_HOST(kind) {
    for (const milliseconds interval : {milliseconds{1s}, milliseconds{7s}, milliseconds{60s}}) {
      CAPTURE(interval.count());
      World world(kind, checkpointEach(interval));
      const SessionId id = world.host.open("romeo");
      world.host.present(id, available());
      for (int step = 0; step < 50; ++step) {
        world.runFor(interval * 37 / 100);
        if (step % 3 == 0) continue;
        world.host.hear(id);
        const UtcTime heard = world.now().utc;
        world.runFor(interval);
        CHECK(theOne(world).last_heard >= heard - kEarly);
        CHECK(theOne(world).last_heard <= heard + kLate);
      }
    }
  }
}

TEST_CASE(
    "what is heard right after a checkpoint is in the store within the interval, also of a late server") {
  EVERY_HOST(kind) {
    const milliseconds interval{10s};
    World world(kind, checkpointEach(interval));
    world.ticks_late_by = 200ms;
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    for (int round = 0; round < 10; ++round) {
      world.runFor(200ms);
      world.host.hear(id);
      const auto before = world.store.checkpoints.size();
      while (world.store.checkpoints.size() == before) world.runFor(10ms);
      world.host.hear(id);
      const UtcTime heard = world.now().utc;
      world.runFor(interval);
      CHECK(theOne(world).last_heard >= heard - kEarly);
    }
  }
}

TEST_CASE("a user with two resources has the latest byte of both in the store") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    const SessionId phone = world.host.open("romeo", "phone");
    const SessionId laptop = world.host.open("romeo", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.runTo(50s);
    world.host.hear(phone);
    world.runTo(52s);
    world.host.hear(laptop);
    world.runTo(53s);
    world.host.hear(phone);
    const UtcTime heard = world.now().utc;
    world.runTo(70s);
    CHECK_ABOUT(theOne(world).last_heard, heard);

    world.runTo(80s);
    world.host.hear(laptop);
    const UtcTime last_of_laptop = world.now().utc;
    world.host.lose(laptop);
    world.runTo(110s);
    CHECK(theOne(world).last_heard <= last_of_laptop + kLate);
    world.host.hear(phone);
    const UtcTime of_phone = world.now().utc;
    world.runTo(130s);
    CHECK_ABOUT(theOne(world).last_heard, of_phone);
  }
}

TEST_CASE("a resource that went counts for what the store knows of its user") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    const SessionId phone = world.host.open("romeo", "phone");
    const SessionId laptop = world.host.open("romeo", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.runTo(100s);
    world.host.hear(phone);
    world.host.hear(laptop);
    world.runTo(102s);
    world.host.hear(phone);
    const UtcTime heard = world.now().utc;
    world.host.present(phone, unavailable());
    world.host.hear(laptop);
    world.runTo(115s);
    CHECK_ABOUT(theOne(world).last_heard, heard);
  }
}

TEST_CASE("silent users are left out of a checkpoint") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    for (int i = 0; i < 20; ++i) world.host.present(world.host.open("user" + std::to_string(i)), available());
    const SessionId one = world.host.open("romeo");
    world.host.present(one, available());
    world.runTo(30s);
    world.store.checkpoints.clear();
    world.host.hear(one);
    world.runTo(60s);
    REQUIRE(world.store.checkpoints.size() == 1);
    CHECK(world.store.checkpoints[0].size() == 1);
  }
}

TEST_CASE("a checkpoint that found no room is made again") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(20s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.store.has_room = false;
    world.runTo(55s);
    CHECK(theOne(world).last_heard < heard - kEarly);
    world.store.has_room = true;
    world.runFor(100ms);
    CHECK_ABOUT(theOne(world).last_heard, heard);
  }
}

TEST_CASE("many sessions are checkpointed in slices of one round, in ticks that follow each other") {
  World world(kEveryHost[0], checkpointEach(10s));
  std::vector<SessionId> ids;
  for (int i = 0; i < 10000; ++i) {
    ids.push_back(world.host.open("user" + std::to_string(i)));
    world.host.present(ids.back(), available());
  }
  world.runTo(20s);
  world.store.checkpoints.clear();
  for (const SessionId id : ids) world.host.hear(id);
  world.runFor(10s);
  CHECK(world.store.checkpoints.size() >= 3);
  std::size_t most = 0, all = 0;
  for (const auto& slice : world.store.checkpoints) {
    most = std::max(most, slice.size());
    all += slice.size();
  }
  CHECK(all == 10000);
  CHECK(most <= 4096);
  CHECK(world.store.mistake() == "");
}

TEST_CASE("a new interval counts at once, and skips nobody who was heard before") {
  World world(kEveryHost[0], checkpointEach(3600s));
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  world.runTo(100s);
  world.host.hear(id);
  const UtcTime heard = world.now().utc;
  world.plugin.setPolicy(world.now(), checkpointEach(5s));
  world.runFor(5s);
  CHECK_ABOUT(theOne(world).last_heard, heard);
}

TEST_CASE("a reload of the rules puts no checkpoint off") {
  World world(kEveryHost[0], checkpointEach(60s));
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  world.runTo(5s);
  world.host.hear(id);
  const UtcTime heard = world.now().utc;
  for (int i = 1; i <= 6; ++i) {
    world.runTo(i * 10s);
    world.plugin.setPolicy(world.now(), checkpointEach(60s));
  }
  CHECK_ABOUT(theOne(world).last_heard, heard);
}

TEST_CASE("a date that was set back or forth moves what the next checkpoint says, and no deadline") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    for (const auto by : {milliseconds{-24h}, milliseconds{48h}}) {
      world.clock.setDate(by);
      world.runFor(30s);
      world.host.hear(id);
      const UtcTime heard = world.now().utc;
      world.runFor(10s);
      CHECK_ABOUT(theOne(world).last_heard, heard);
    }
    CHECK(world.closingsOf(id).empty());
  }
}

TEST_CASE("a store that lost the logins is told all of them again, each once, as they began") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(10s));
    const SessionId phone = world.host.open("romeo", "phone");
    world.host.present(phone, available());
    const UtcTime since = world.now().utc;
    const std::uint64_t login = theOne(world).login;
    world.host.present(world.host.open("romeo", "laptop"), available());
    world.host.open("juliet");  // not available
    world.runTo(25s);
    world.host.hear(phone);
    const UtcTime heard = world.now().utc;
    world.store.logins_lost = true;
    world.runFor(2s);
    CHECK(theOne(world).login == login);
    CHECK_ABOUT(theOne(world).available_since, since);
    CHECK_ABOUT(theOne(world).last_heard, heard);
    CHECK(world.store.mistake() == "");
  }
}

TEST_CASE("many lost logins are told in slices") {
  World world(kEveryHost[0]);
  for (int i = 0; i < 5000; ++i) world.host.present(world.host.open("user" + std::to_string(i)), available());
  world.runTo(5s);
  world.store.logins_lost = true;
  world.tick();
  CHECK(world.store.online.size() <= 1024);
  world.runFor(2s);
  CHECK(world.store.online.size() == 5000);
  CHECK(world.store.mistake() == "");
}

TEST_CASE("an uptime beyond the wrap of the table's time is no harm to checkpoints") {
  constexpr auto kWrap = std::chrono::seconds((std::int64_t{1} << 32) / 16);
  for (const auto up : {kWrap / 2 + 100h, kWrap - 20s, kWrap}) {
    CAPTURE(up.count());
    World world(kEveryHost[0], checkpointEach(10s), VirtualClock{MonotonicTime{up}});
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(15s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runFor(10s);
    CHECK_ABOUT(theOne(world).last_heard, heard);
    world.store.checkpoints.clear();
    world.runFor(30s);
    CHECK(world.store.checkpoints.empty());
  }
}

TEST_CASE("the store is told for how long to keep the history, also when that changes") {
  Policy policy;
  policy.history = std::chrono::hours{48};
  World world(kEveryHost[0], policy);
  CHECK(world.store.history == std::chrono::hours{48});
  policy.history = std::chrono::hours{0};
  world.plugin.setPolicy(world.now(), policy);
  CHECK(world.store.history == std::chrono::hours{0});
}

TEST_CASE("what a resource that went was heard last is in the store, also when nobody else is heard") {
  EVERY_HOST(kind) {
    Policy policy = checkpointEach(10s);
    policy.held_presence = HeldPresence::keep;  // the phone is held, and still an available resource
    World world(kind, policy);
    const SessionId phone = world.host.open("romeo", "phone", true);
    const SessionId laptop = world.host.open("romeo", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.host.hold(phone);
    world.runTo(100s);
    world.host.hear(laptop);
    const UtcTime heard = world.now().utc;
    world.host.present(laptop, unavailable());
    world.runFor(10s);
    CHECK_ABOUT(theOne(world).last_heard, heard);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
