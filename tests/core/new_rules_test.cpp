// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A policy that changes while clients are silent, probed, doubted or closing.
#include <map>

#include "core/crowd.h"
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/new rules");

namespace {

void take(World& world, const Policy& policy) {
  world.plugin.setPolicy(world.now(), policy);
}

void checkTimes(const std::vector<milliseconds>& actual, const std::vector<milliseconds>& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK_ABOUT(actual[i], expected[i]);
}

}  // namespace

TEST_CASE("a client that was probed under a short timeout gets the probes of a longer one") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = openAvailable(world);
    world.runTo(50s);
    take(world, idleAfter(360s));
    CHECK(world.info(id).state == SessionState::suspect);
    CHECK(world.info(id).probes_unanswered == 2);
    CHECK(world.info(id).next == Next::probe);
    CHECK_ABOUT(world.info(id).next_in, 130s);
    world.runTo(400s);
    checkTimes(world.probesTo(id), {30s, 45s, 180s, 270s});
    checkTimes(world.closingsOf(id), {360s});
  }
}

TEST_CASE("probes that new rules would have sent by then are theirs, and not repeated") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(360s));
    const SessionId id = openAvailable(world);
    world.runTo(300s);
    SUBCASE("a little shorter") {
      take(world, idleAfter(320s));
      world.runTo(400s);
      checkTimes(world.probesTo(id), {180s, 270s});
      checkTimes(world.closingsOf(id), {320s});
    }
    SUBCASE("far shorter than the silence") {
      take(world, idleAfter(40s));
      world.runTo(400s);
      checkTimes(world.probesTo(id), {180s, 270s});
      checkTimes(world.closingsOf(id), {300s});
    }
    SUBCASE("more of them") {
      take(world, idleAfter(360s, true, 3));
      world.runTo(400s);
      // Two of three, the latter later than planned; the third has its whole spacing after it.
      checkTimes(world.probesTo(id), {180s, 270s, 300s});
      checkTimes(world.closingsOf(id), {360s});
    }
    SUBCASE("fewer of them") {
      take(world, idleAfter(360s, true, 1));
      world.runTo(400s);
      checkTimes(world.probesTo(id), {180s, 270s});
      checkTimes(world.closingsOf(id), {360s});
    }
  }
}

TEST_CASE("a probe that has just gone out has its time for an answer, however few the new rules want") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(360s, true, 10));
    const SessionId id = openAvailable(world);
    world.runTo(220s);  // probed at 180, 198 and 216
    take(world, idleAfter(200s));
    world.runTo(260s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(300s);
    checkTimes(world.closingsOf(id), {266s});
    CHECK(world.probesTo(id).size() == 3);
  }
}

TEST_CASE("a doubted client is judged anew by a longer timeout, and may be doubted again") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const std::vector<SessionId> ids = crowd(world, 30);
    world.runTo(62s);
    CHECK(world.info(ids[0]).doubted);
    take(world, idleAfter(600s));
    CHECK_FALSE(world.info(ids[0]).doubted);
    world.runTo(602s);
    CHECK(world.closingsOf(ids[0]).empty());
    CHECK(world.info(ids[0]).doubted);
    CHECK(world.plugin.stats(world.now()).doubted == 60);
    world.runTo(760s);
    CHECK(world.store.records.size() == 30);
    CHECK(world.probesTo(ids[0]).size() == 6);
  }
}

TEST_CASE("a client that was doubted by rules that are as long is not doubted again by new ones") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const std::vector<SessionId> ids = crowd(world, 30);
    world.runTo(62s);
    take(world, idleAfter(50s));
    CHECK(world.info(ids[0]).doubted);
    world.runTo(80s);
    CHECK(world.store.records.size() == 30);
    CHECK(world.plugin.stats(world.now()).doubted == 30);
  }
}

TEST_CASE("thousands whom new rules find overdue are probed one after the other, and not given up early") {
  World world(kEveryHost[0], undoubted(idleAfter(0s)));
  const std::vector<SessionId> ids = crowd(world, 3000);
  world.runTo(5000s);
  const auto changed_at = world.elapsed();
  std::map<milliseconds::rep, int> in_second;
  world.host.when_probed = [&](SessionId id, const Probe& probe) {
    ++in_second[(world.elapsed() - changed_at).count() / 1000];
    if (id.slot % 2 == 0) world.host.answer(id, probe.number);
  };
  take(world, undoubted(idleAfter(360s)));
  world.runFor(46s);
  int most = 0;
  int all = 0;
  for (const auto& [second, n] : in_second) {
    most = std::max(most, n);
    all += n;
  }
  CHECK(all == 3000);
  CHECK(most <= 16 * 17);  // evenly, it would be 67
  CHECK(in_second.size() >= 40);
  CHECK(world.store.records.empty());
  world.runFor(181s);
  CHECK(world.store.records.size() == 1500);
  for (const SessionId id : ids) CHECK(world.probesTo(id).size() >= (id.slot % 2 == 0 ? 1u : 2u));
}

TEST_CASE("where new rules promise no probes, silence that is too long for them is due at once") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(360s));
    const SessionId probed = openAvailable(world);
    world.runTo(150s);
    const SessionId quiet = world.host.open("romeo");
    world.host.present(quiet, available());
    world.runTo(200s);
    take(world, idleAfter(60s, false));
    world.runTo(220s);
    checkTimes(world.closingsOf(probed), {200s});
    checkTimes(world.closingsOf(quiet), {210s});
    CHECK(world.probesTo(probed).size() == 1);
  }
}

TEST_CASE("probes that are switched on again are due from half of the timeout on") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, false));
    const SessionId id = openAvailable(world);
    world.runTo(50s);
    take(world, idleAfter(60s));
    world.runTo(100s);
    // The first at once, as it is late; the other has its whole spacing, and so has its answer.
    checkTimes(world.probesTo(id), {50s, 65s});
    checkTimes(world.closingsOf(id), {80s});
  }
}

TEST_CASE("a timeout of zero asks nobody any more, and a stream that is closing closes") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    world.host.deaf_to_closing = true;
    const SessionId closing = openAvailable(world);
    world.runTo(25s);
    const SessionId probed = world.host.open("romeo");
    world.host.present(probed, available());
    world.runTo(62s);
    CHECK(world.closingsOf(closing).size() == 1);
    CHECK(world.probesTo(probed).size() == 1);
    take(world, idleAfter(0s));
    world.runTo(500s);
    CHECK(world.store.records.size() == 1);
    CHECK(world.probesTo(probed).size() == 1);
    CHECK(world.info(probed).state == SessionState::suspect);
    CHECK(world.info(probed).next == Next::nothing);
    take(world, idleAfter(60s));
    world.runTo(600s);
    checkTimes(world.probesTo(probed), {55s, 500s, 515s});
    checkTimes(world.closingsOf(probed), {530s});
  }
}

TEST_CASE("rules that are the same leave every deadline where it is") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s);
    World world(kind, policy);
    const SessionId id = openAvailable(world);
    for (int i = 0; i < 10; ++i) {
      world.runFor(7s);
      policy.held_grace += 1s;
      policy.inactive_idle_timeout += 1s;  // of others
      take(world, policy);
    }
    checkTimes(world.probesTo(id), {30s, 45s});
    checkTimes(world.closingsOf(id), {60s});
  }
}

TEST_CASE("what is a mass, and how many go in a second, is judged by the new rules from this moment on") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s);
    policy.mass_minimum = 5;
    World world(kind, policy);
    const std::vector<SessionId> ids = crowd(world, 10);
    world.runTo(600ms);
    crowd(world, "late", 10);
    world.runTo(60'500ms);
    CHECK(world.plugin.stats(world.now()).doubted == 10);
    policy.mass_minimum = 100;
    policy.logout_rate = 1;
    take(world, policy);
    world.runTo(61'500ms);
    CHECK(world.plugin.stats(world.now()).doubted == 10);
    CHECK(world.store.records.size() == 1);
    world.runTo(65'500ms);
    CHECK(world.store.records.size() >= 4);
    CHECK(world.store.records.size() <= 5);
  }
}

TEST_CASE("what is due by new rules does not wait for the tick that was to come") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(360s));
    const SessionId id = openAvailable(world);
    world.runTo(100'500ms);
    world.host.wake = world.now().monotonic + 900ms;
    take(world, idleAfter(60s));
    world.runFor(10ms);
    CHECK(world.probesTo(id).size() == 1);
  }
}

}  // namespace liveness::tests
