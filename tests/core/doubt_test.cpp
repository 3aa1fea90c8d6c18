// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Many at once: probes are spread, and the plugin doubts itself before it gives many up.
#include <algorithm>
#include <map>
#include <set>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/doubt");

namespace {

std::vector<SessionId> crowd(World& world, int n) {
  std::vector<SessionId> ids;
  for (int i = 0; i < n; ++i) {
    ids.push_back(world.host.open("u" + std::to_string(i)));
    world.host.present(ids.back(), available());
  }
  return ids;
}

}  // namespace

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

TEST_CASE("timed-out clients are logged out at the rate that the policy allows") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s, false);
    policy.logout_rate = 50;
    World world(kind, policy);
    crowd(world, 500);
    world.runTo(61s);
    std::size_t before = world.store.records.size();
    CHECK(before <= 2 * 50 + 10);
    for (int second = 0; second < 5; ++second) {
      world.runFor(1s);
      CHECK(world.store.records.size() - before <= 55);
      CHECK(world.store.records.size() - before >= 40);
      before = world.store.records.size();
    }
    world.runFor(10s);
    CHECK(world.store.records.size() == 500);
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
    const std::vector<SessionId> ids = crowd(world, 10'000);
    std::map<milliseconds::rep, int> in_second;
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      ++in_second[world.elapsed().count() / 1000];
      world.host.answer(id, probe.number);
    };
    world.runTo(260s);
    int most = 0, all = 0;
    for (const auto& [second, n] : in_second) {
      CHECK(second >= 179);
      CHECK(second <= 226);
      most = std::max(most, n);
      all += n;
    }
    CHECK(all == 10'000);
    CHECK(most <= 800);  // evenly, it would be 222; sent together, 10,000
    CHECK(in_second.size() >= 40);
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
