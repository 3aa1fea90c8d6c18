// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How much a tick looks at, and how much one account can make it look at.
#include <algorithm>
#include <set>

#include "core/crowd.h"
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/work");

namespace {

std::uint64_t workOf(const World& world) {
  return world.plugin.stats(world.now()).work;
}

/// Sessions that were looked at and put off again: counted apart from the work.
std::uint64_t savedOf(const World& world) {
  return world.plugin.stats(world.now()).probes_saved;
}

/// Ticks for so long. Answers with the most that one tick looked at, or whatever else is counted.
std::uint64_t mostIn(World& world, World::Duration time,
                     std::uint64_t (*count)(const World& world) = workOf) {
  const MonotonicTime end = world.now().monotonic + time;
  std::uint64_t most = 0;
  while (std::max(world.host.wake, world.now().monotonic) <= end) {
    world.clock.advanceTo(world.host.wake);
    const std::uint64_t before = count(world);
    world.tick();
    most = std::max(most, count(world) - before);
    world.clock.advance(world.tick_cost);
  }
  world.clock.advanceTo(end);
  return most;
}

std::vector<SessionId> openMany(World& world, int count) {
  std::vector<SessionId> ids;
  for (int i = 0; i < count; ++i) ids.push_back(world.host.open("u" + std::to_string(i)));
  return ids;
}

/// Only the checkpoints have something to do.
Policy onlyCheckpoints(milliseconds interval) {
  Policy policy = idleAfter(0ms);
  policy.inactive_idle_timeout = 0ms;
  policy.checkpoint_interval = interval;
  return policy;
}

constexpr int kMany = 30'000;  // more than a tick may look at

}  // namespace

TEST_CASE("many that are due together are judged over several ticks, and none of their probes is missed") {
  World world(kEveryHost[0], idleAfter(100s));
  openMany(world, kMany);
  CHECK(mostIn(world, 49s) < kMany / 4);
  CHECK(mostIn(world, 14s) <= Plugin::kWorkPerTick);
  CHECK(world.host.count(Command::Kind::probe) == kMany);
}

TEST_CASE("many that were heard together are looked at again over several ticks") {
  World world(kEveryHost[0], idleAfter(100s));
  const auto ids = openMany(world, kMany);
  world.runTo(40s);
  for (const SessionId id : ids) world.host.hear(id);
  const std::uint64_t most = mostIn(world, 20s);
  CHECK(most <= Plugin::kWorkPerTick);
  CHECK(most > Plugin::kWorkPerTick / 2);  // all that it looked at was counted
  CHECK(world.plugin.stats(world.now()).probes_saved == kMany);
  CHECK(world.host.commands.empty());
}

TEST_CASE("of a tick that has very many to look at, a third is left for the store") {
  World world(kEveryHost[0], idleAfter(100s));
  const auto ids = openMany(world, kMany);
  world.runTo(40s);
  for (const SessionId id : ids) world.host.hear(id);
  const std::uint64_t most = mostIn(world, 20s, savedOf);
  CHECK(most <= Plugin::kWorkPerTick / 3 * 2);
  CHECK(most > Plugin::kWorkPerTick / 2);
}

TEST_CASE("a tick that has everything to do at once leaves of each kind what is too much for it") {
  constexpr int kLaptops = 2500;
  Policy policy = undoubted(idleAfter(100s));
  policy.checkpoint_interval = 66'667ms;  // begins when a client of the beginning is due: after 50 s
  World world(kEveryHost[0], policy);
  const auto ids = crowd(world, kMany);
  std::vector<SessionId> laptops;
  for (int i = 0; i < kLaptops; ++i) {
    laptops.push_back(world.host.open("u" + std::to_string(kMany - 1 - i), "laptop"));
    world.host.present(laptops.back(), available());
  }
  world.runTo(49'950ms);
  for (const SessionId id : ids) world.host.hear(id);
  for (const SessionId id : laptops) world.host.present(id, unavailable());  // what they heard is to be told
  for (int i = 0; i < 2000; ++i) world.host.open("bot" + std::to_string(i));
  world.store.logins_lost = true;
  const std::uint64_t saved = savedOf(world);
  const std::uint64_t work = workOf(world);
  const std::size_t checkpoints = world.store.checkpoints.size();
  world.clock.advanceTo(world.host.wake);
  world.tick();
  CHECK(savedOf(world) - saved == Plugin::kWorkPerTick / 3 * 2);
  CHECK(workOf(world) - work == Plugin::kWorkPerTick);
  std::size_t told = 0;
  for (std::size_t i = checkpoints; i < world.store.checkpoints.size(); ++i)
    told += world.store.checkpoints[i].size();
  CHECK(told >= kLaptops);
  CHECK(told < Plugin::kWorkPerTick / 6);  // the others were looked at, and wait
  CHECK(world.store.connected.empty());
  world.runFor(20s);
  CHECK(savedOf(world) - saved == kMany + kLaptops);
  CHECK(world.store.connected.size() == 2000);
}

TEST_CASE("probes that find no room are put off over several ticks") {
  // In a sixteenth of a second so many may be sent: the others are put off, which is work as well.
  HostKind wide = kEveryHost[0];
  wide.commands_per_tick = 100'000;
  World world(wide, idleAfter(100s));
  openMany(world, kMany);
  const std::uint64_t most = mostIn(world, 64s);
  CHECK(most <= Plugin::kWorkPerTick);
  CHECK(most > Plugin::kWorkPerTick / 2);
  CHECK(world.host.count(Command::Kind::probe) == kMany);
}

TEST_CASE("of probes that are due together, so many go out in each sixteenth of a second") {
  HostKind wide = kEveryHost[0];
  wide.commands_per_tick = 100'000;
  World world(wide, idleAfter(100s));
  openMany(world, 4000);
  world.runTo(64s);
  REQUIRE(world.host.count(Command::Kind::probe) == 4000);
  // Half of the time between two probes is room for them: 12.5 s. Twice as many may go as that takes.
  std::map<std::uint32_t, int> in_a_tick;
  for (const Command& command : world.host.commands) ++in_a_tick[toTicks(command.given_at)];
  int most = 0;
  for (const auto& each : in_a_tick) most = std::max(most, each.second);
  CHECK(most <= 2 * 4000 / 200);
  CHECK(in_a_tick.size() >= 100);
}

TEST_CASE("a lost database is told of few logins at a time, also where most sessions have none") {
  World world(kEveryHost[0], onlyCheckpoints(3600s));
  const auto ids = openMany(world, kMany);
  world.host.present(ids.back(), available());
  world.runFor(1s);
  world.store.logins_lost = true;
  const std::uint64_t before = workOf(world);
  CHECK(mostIn(world, 5s) <= Plugin::kWorkPerTick / 8);
  CHECK(workOf(world) - before >= kMany);  // all that it looked at was counted
  CHECK(world.store.online.size() == 1);
}

TEST_CASE("a second resource that comes and goes all the time gives a tick no more to do than one") {
  EVERY_HOST(kind) {
    World world(kind, onlyCheckpoints(10s));
    world.host.present(world.host.open("romeo", "phone"), available());
    const SessionId laptop = world.host.open("romeo", "laptop");
    SUBCASE("there is room") {}
    SUBCASE("the store has no room") {
      world.store.has_room = false;
    }
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 100; ++i) {
        world.clock.advance(1ms);
        world.host.present(laptop, available());
        world.host.present(laptop, unavailable());
      }
      CHECK(mostIn(world, 1s) <= 10);
    }
    const UtcTime heard = world.now().utc;
    world.host.present(laptop, available());
    world.store.has_room = true;
    CHECK(mostIn(world, 10s) <= 10);
    REQUIRE(world.store.online.size() == 1);
    CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
    CHECK(world.store.mistake() == "");
  }
}

TEST_CASE("a user who goes and is replaced by another one all the time gives a tick no more to do than one") {
  World world(kEveryHost[0], onlyCheckpoints(10s));
  world.store.has_room = false;
  for (int i = 0; i < 1000; ++i) {
    const SessionId phone = world.host.open("u" + std::to_string(i), "phone");
    const SessionId laptop = world.host.open("u" + std::to_string(i), "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.clock.advance(100ms);
    world.host.present(laptop, unavailable());
    world.host.close(laptop, Cause::connection_lost);
    world.host.close(phone, Cause::connection_lost);
  }
  CHECK(mostIn(world, 20s) <= 10);
}

TEST_CASE("a checkpoint of a user with very many resources looks at each of them once") {
  constexpr int kResources = 10'000;
  World world(kEveryHost[0], onlyCheckpoints(100s));
  std::vector<SessionId> ids;
  for (int i = 0; i < kResources; ++i) {
    ids.push_back(world.host.open("romeo", "r" + std::to_string(i)));
    world.host.present(ids.back(), available());
  }
  world.runTo(80s);
  world.store.checkpoints.clear();
  for (const SessionId id : ids) world.host.hear(id);
  const UtcTime heard = world.now().utc;
  const std::uint64_t before = workOf(world);
  CHECK(mostIn(world, 100s) <= Plugin::kWorkPerTick / 4);
  CHECK(workOf(world) - before <= kResources * 3);
  CHECK(workOf(world) - before >= kResources);
  REQUIRE(world.store.online.size() == 1);
  CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
  std::size_t told = 0;
  for (const auto& checkpoint : world.store.checkpoints) told += checkpoint.size();
  CHECK(told <= 2);

  world.store.logins_lost = true;
  const std::uint64_t before_loss = workOf(world);
  world.tick();
  const auto told_again = world.store.online;
  world.store.online.clear();
  world.runFor(5s);
  CHECK(world.store.online.empty());  // its other sessions are the same login
  world.store.online = told_again;
  CHECK(workOf(world) - before_loss <= kResources * 3);
  REQUIRE(world.store.online.size() == 1);
  CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
}

TEST_CASE("of a user with few or many resources each is found by its name, whatever has come and gone") {
  for (const int many : {6, 60}) {
    CAPTURE(many);
    World world(kEveryHost[0]);
    // Of another user with all of these names.
    for (int i = 0; i < many; ++i) world.host.open("juliet", "r" + std::to_string(i));
    std::map<int, SessionId> there;
    const auto check = [&] {
      for (int i = 0; i < many; ++i) {
        CAPTURE(i);
        const auto info = world.plugin.session(world.now(), "romeo@example.org/r" + std::to_string(i));
        REQUIRE(info.has_value() == (there.count(i) != 0));
        if (info) CHECK(info->id == there.at(i));
      }
      CHECK(world.plugin.sessions(world.now()).size() == there.size() + static_cast<std::size_t>(many));
    };
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < many; ++i) there[i] = world.host.open("romeo", "r" + std::to_string(i));
      check();
      for (int i = many / 6; i < many / 3; ++i)
        there[i] = world.host.openUntold("romeo", "r" + std::to_string(i));
      check();
      for (int i = 0; i < many; i += 2) {  // the oldest, the newest, and those in between
        const int which = i < many / 2 ? i : many / 2 + many - 1 - i;
        world.host.close(there.at(which), Cause::connection_lost);
        there.erase(which);
        check();
      }
      for (const auto& each : there) world.host.close(each.second, Cause::connection_lost);
      there.clear();
      check();
    }
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
