// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Many at once: probes are spread, and the plugin doubts itself before it gives many up.
#include <map>
#include <set>

#include "core/crowd.h"
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/doubt");

TEST_CASE("where many fall silent together each is asked once more, and those who answer stay") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const std::vector<SessionId> ids = crowd(world, 100);
    std::map<std::uint64_t, int> asked;
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      // The network is away for a minute and a bit: only the third probe gets through, to half of them.
      if (++asked[id.toInteger()] == 3 && id.slot % 2 == 0) world.host.answer(id, probe.number);
    };
    world.runTo(62s);
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).doubted == 100);
    CHECK(world.info(ids[1]).doubted);
    world.runTo(80s);
    CHECK(world.store.records.size() == 50);
    world.host.when_probed = [&](SessionId id, const Probe& probe) { world.host.answer(id, probe.number); };
    world.runTo(300s);
    CHECK(world.store.records.size() == 50);
    CHECK(world.plugin.sessions(world.now()).size() == 50);
  }
}

TEST_CASE("a few among many are no mass: they are given up in time") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const std::vector<SessionId> ids = crowd(world, 300);
    std::set<std::uint64_t> dead;
    for (int i = 0; i < 25; ++i) dead.insert(ids[static_cast<std::size_t>(i) * 7].toInteger());
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      if (dead.count(id.toInteger()) == 0) world.host.answer(id, probe.number);
    };
    world.runTo(62s);  // 25 of 300 are less than a tenth
    CHECK(world.store.records.size() == 25);
    CHECK(world.plugin.stats(world.now()).doubted == 0);
  }
}

TEST_CASE("all of a handful are no mass") {
  World world(kEveryHost[0], idleAfter(60s));
  crowd(world, 19);
  world.runTo(62s);
  CHECK(world.store.records.size() == 19);
}

TEST_CASE("in no second, wherever it begins, are more logged out than the policy allows, and hardly fewer") {
  for (const std::uint32_t rate : {1u, 2u, 7u, 16u, 50u, 100u}) {
    CAPTURE(rate);
    EVERY_HOST(kind) {
      Policy policy = idleAfter(60s, false);
      policy.logout_rate = rate;
      World world(kind, policy);
      world.runTo(333ms);
      // Ticks come now at the end of their sixteenth of a second, and now at its beginning.
      world.host.when_told_to_close = [&](SessionId) { world.ticks_late_by = 60ms - world.ticks_late_by; };
      const int n = static_cast<int>(rate) * 6;
      crowd(world, n);
      world.runTo(80s);
      std::vector<MonotonicTime> closed;
      for (const Command& command : world.host.commands)
        if (command.kind == Command::Kind::close) closed.push_back(command.given_at);
      REQUIRE(closed.size() == static_cast<std::size_t>(n));
      for (std::size_t i = rate; i < closed.size(); ++i) REQUIRE(closed[i] - closed[i - rate] >= 1s);
      // A sixteenth more than a second for each lot of them, and a while until the last ones ask again.
      CHECK(closed.back() - closed.front() <= 5 * 1063ms + 2500ms);
    }
  }
}

TEST_CASE("a new rate of logouts counts at once") {
  Policy policy = undoubted(idleAfter(60s));
  policy.logout_rate = 1;
  World world(kEveryHost[0], policy);
  crowd(world, 100);
  world.runTo(65s);
  CHECK(world.store.records.size() <= 6);
  policy.logout_rate = 1000;
  world.plugin.setPolicy(world.now(), policy);
  world.runTo(70s);
  CHECK(world.store.records.size() == 100);
}

TEST_CASE("logouts are spread over their second") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, false));  // a hundred a second
    crowd(world, 500);
    world.runTo(63s);
    std::map<milliseconds::rep, int> in_a_tick;
    for (const Command& command : world.host.commands)
      if (command.kind == Command::Kind::close)
        ++in_a_tick[(command.given_at - world.clock.start()) / milliseconds(1) / 63];
    for (const auto& [tick, n] : in_a_tick) CHECK(n <= 26);
    CHECK(in_a_tick.size() >= 20);
  }
}

TEST_CASE("those who wait for their turn to be logged out are not looked at in each tick") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s, false);
    policy.logout_rate = 1;
    World world(kind, policy);
    crowd(world, 3);
    world.runTo(59s);
    const std::uint64_t before = world.plugin.stats(world.now()).ticks;
    world.runTo(63s);
    CHECK(world.store.records.size() == 3);
    // One that waits is looked at about twice in a second, not sixteen times.
    CHECK(world.plugin.stats(world.now()).ticks - before <= 20);
  }
}

TEST_CASE("who is heard while it waits for its turn to be logged out stays") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s, false);
    policy.logout_rate = 1;
    World world(kind, policy);
    const std::vector<SessionId> ids = crowd(world, 50);
    world.runTo(62s);
    for (const SessionId id : ids) world.host.hear(id);
    const std::size_t left = world.plugin.sessions(world.now()).size();
    CHECK(left >= 45);
    world.runFor(30s);
    CHECK(world.plugin.sessions(world.now()).size() == left);
  }
}

TEST_CASE("probes of clients that came at once are spread, none early, none too late for its answer") {
  EVERY_HOST(kind) {
    World world(kind);  // probes at 180 and 270 s, 90 s apart: there are 45 s to spread them over
    crowd(world, 10'000);
    const SpreadProbes spread = answerSpreadProbes(world);
    CHECK(spread.all == 10'000);
    CHECK(spread.most <= 800);  // evenly, it would be 222; sent together, 10,000
    CHECK(spread.seconds >= 40);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("probes that were spread do not move the logout") {
  EVERY_HOST(kind) {
    World world(kind, undoubted(idleAfter(60s)));
    crowd(world, 2000);
    world.runTo(59s);
    CHECK(world.store.records.empty());
    CHECK(world.host.count(Command::Kind::probe) == 4000);
    world.runTo(62s);
    CHECK(world.store.records.size() == 2000);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
