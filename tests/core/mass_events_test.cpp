// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Of whom the share is that makes a mass of those who fell silent: of who can fall silent, and of nobody
// else.
#include <map>

#include "core/crowd.h"
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/mass events");

namespace {

std::uint64_t doubted(World& world) {
  return world.plugin.stats(world.now()).doubted;
}

Policy idleAfter(milliseconds active, milliseconds inactive) {
  Policy policy = tests::idleAfter(active);
  policy.inactive_idle_timeout = inactive;
  return policy;
}

}  // namespace

TEST_CASE("beside many that are held, all others that fall silent together are doubted") {
  EVERY_HOST(kind) {
    World world(kind, tests::idleAfter(60s));
    for (const SessionId id : crowd(world, "held", 1000)) world.host.hold(id);
    crowd(world, "u", 100);
    world.runTo(62s);
    CHECK(doubted(world) == 100);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("beside many that are never logged out for silence, all others that fall silent are doubted") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(0s, 60s));
    const auto forever = crowd(world, "active", 1000);
    for (const SessionId id : crowd(world, "u", 100)) world.host.setActive(id, false);
    world.runTo(59s);
    for (const SessionId id : forever) world.host.hear(id);
    world.runTo(62s);
    CHECK(doubted(world) == 100);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("beside many that have only just come, all others that fall silent are doubted") {
  EVERY_HOST(kind) {
    World world(kind, tests::idleAfter(60s));
    crowd(world, "u", 100);
    world.runTo(45s);
    crowd(world, "new", 1000);
    world.runTo(62s);
    CHECK(doubted(world) == 100);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("beside many that were resumed just now, all others that fall silent are doubted") {
  EVERY_HOST(kind) {
    World world(kind, tests::idleAfter(60s));
    const auto back = crowd(world, "back", 1000);
    crowd(world, "u", 100);
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      if (id.slot < 1000) world.host.answer(id, probe.number);  // they count, until they are held
    };
    world.runTo(44s);
    for (const SessionId id : back) world.host.enableResumption(id);
    for (const SessionId id : back) world.host.hold(id);
    world.runTo(50s);
    for (const SessionId id : back) world.host.resume(id);
    world.runTo(62s);
    CHECK(doubted(world) == 100);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE(
    "beside many inactive ones that would be asked later, all active ones that fall silent are doubted") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, 1800s));
    for (const SessionId id : crowd(world, "phone", 1000)) world.host.setActive(id, false);
    world.runTo(1000s);  // they have been asked once, and count
    crowd(world, "u", 100);
    world.runTo(1062s);
    CHECK(doubted(world) == 100);
    CHECK(world.store.records.empty());
    world.runTo(1790s);
    CHECK(doubted(world) == 100);
    world.runTo(1802s);
    CHECK(doubted(world) == 1100);
  }
}

TEST_CASE("too few active and too few inactive ones are a mass together") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, 60s));
    const auto ids = crowd(world, "u", 30);
    for (int i = 0; i < 15; ++i) world.host.setActive(ids[static_cast<std::size_t>(i)], false);
    world.runTo(62s);
    CHECK(doubted(world) == 30);
  }
}

TEST_CASE("beside many that are heard, or answer, a few are given up in time, come and go as they may") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, 60s));
    const auto ids = crowd(world, "u", 300);
    const auto isDead = [&](SessionId id) { return id.slot >= 275; };
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      if (!isDead(id)) world.host.answer(id, probe.number);
    };
    // Nobody is left in the count, and nobody is lost from it, by what happens to a session.
    for (int round = 0; round < 5; ++round) {
      for (const SessionId id : ids) world.host.setActive(id, false);
      world.runFor(35s);
      for (const SessionId id : ids) world.host.setActive(id, true);
      world.host.hold(ids[3]);
      world.host.resume(ids[3]);
      const auto passing = crowd(world, "passing", 1000);
      world.runFor(35s);
      for (std::size_t i = 0; i < passing.size(); ++i) {
        if (i % 3 == 0) world.host.lose(passing[i]);
        if (i % 3 == 1) disconnect(world, passing[i]);
        if (i % 3 == 2) world.host.close(passing[i], Cause::kicked);
      }
      world.plugin.setPolicy(world.now(), idleAfter(60s, 60s));
    }
    CHECK(doubted(world) == 0);
    const std::size_t before = world.store.records.size();
    for (const SessionId id : ids) world.host.hear(id);
    for (int i = 0; i < 62; ++i) {
      world.runFor(1s);
      for (std::size_t chats = 0; chats < 100; ++chats) world.host.hear(ids[chats]);
    }
    CHECK(doubted(world) == 0);
    CHECK(world.store.records.size() == before + 25);
  }
}

TEST_CASE("after many have gone, in whichever way, all others that fall silent are doubted") {
  using Way = void (*)(World&, SessionId);
  const Way lost = [](World& world, SessionId id) { world.host.lose(id); };
  const Way closed = [](World& world, SessionId id) { world.host.close(id, Cause::logged_out); };
  const Way disconnected = [](World& world, SessionId id) { disconnect(world, id); };
  const Way held = [](World& world, SessionId id) { world.host.hold(id); };
  const Way resumed_while_it_stood = [](World& world, SessionId id) { world.host.resume(id); };
  const Way turned_inactive = [](World& world, SessionId id) { world.host.setActive(id, false); };
  for (const Way go : {lost, closed, disconnected, held, resumed_while_it_stood, turned_inactive}) {
    World world(kEveryHost[0], idleAfter(60s, 1800s));
    const auto gone = crowd(world, "gone", 900);
    crowd(world, "u", 50);
    world.host.when_probed = [&](SessionId id, const Probe& probe) { world.host.answer(id, probe.number); };
    world.runTo(80s);
    world.host.when_probed = nullptr;
    world.runTo(115s);  // all have been asked, and none of them long enough ago
    CHECK(doubted(world) == 0);
    for (const SessionId id : gone) go(world, id);
    world.runTo(130s);
    CHECK(doubted(world) == 50);
  }
}

TEST_CASE("where an idle timeout becomes never, its clients count no longer") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, 60s));
    const auto ids = crowd(world, "active", 1000);
    const auto phones = crowd(world, "phone", 100);
    for (const SessionId id : phones) world.host.setActive(id, false);
    world.host.when_probed = [&](SessionId id, const Probe& probe) { world.host.answer(id, probe.number); };
    world.runTo(50s);
    world.host.when_probed = nullptr;
    world.plugin.setPolicy(world.now(), idleAfter(0s, 60s));
    world.runTo(150s);
    CHECK(doubted(world) == 100);
  }
}

TEST_CASE("who was asked just now is not silent yet, whichever timeout counts") {
  for (const bool active : {true, false}) {
    CAPTURE(active);
    EVERY_HOST(kind) {
      Policy policy = active ? idleAfter(100s, 0s) : idleAfter(0s, 100s);
      policy.mass_minimum = 10;
      World world(kind, policy);
      const SessionId first = world.host.open("first");
      world.host.present(first, available());
      world.host.setActive(first, active);
      world.runTo(24'500ms);
      for (const SessionId id : crowd(world, "u", 15)) world.host.setActive(id, active);
      const auto others = crowd(world, "v", 15);
      for (const SessionId id : others) world.host.setActive(id, active);
      // The second probe of all the others has just gone out when the first one's time is over.
      world.runTo(101s);
      CHECK(world.closingsOf(first).size() == 1);
      CHECK(doubted(world) == 0);
    }
  }
}

TEST_CASE("a probe that a stall left no time to answer says nothing") {
  EVERY_HOST(kind) {
    Policy policy = tests::idleAfter(100s);
    policy.mass_minimum = 10;
    World world(kind, policy);
    const SessionId first = world.host.open("first");
    world.host.present(first, available());
    world.runTo(24'500ms);
    crowd(world, "u", 30);
    world.runTo(99'600ms);
    world.stall(1h);
    world.runTo(1h + 102s);
    CHECK(world.closingsOf(first).size() == 1);
    CHECK(doubted(world) == 0);
  }
}

TEST_CASE("who comes due right after many were doubted is one of them") {
  EVERY_HOST(kind) {
    World world(kind, tests::idleAfter(60s));
    crowd(world, "u", 30);
    world.runTo(2s);
    crowd(world, "v", 5);
    world.runTo(64s);
    CHECK(doubted(world) == 35);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("probes are spread by the timeout that counts, for those who can fall silent") {
  World world(kEveryHost[0], idleAfter(0s, 360s));
  for (const SessionId id : crowd(world, "u", 3000)) world.host.setActive(id, false);
  for (const SessionId id : crowd(world, "held", 3000)) world.host.hold(id);
  crowd(world, "forever", 3000);
  const SpreadProbes spread = answerSpreadProbes(world);
  CHECK(spread.all == 3000);
  CHECK(spread.most <= 256);  // sixteen in each of its sixteenths; evenly, it would be 67
  CHECK(spread.seconds >= 40);
}

TEST_CASE("clients of a timeout that is never, or became it, do not count where probes are spread") {
  World world(kEveryHost[0], idleAfter(0s, 60s));
  crowd(world, "forever", 300);
  SUBCASE("it was never another one") {
    world.stall(24h * 800);  // even those are looked at once in two years
    world.runFor(10s);
  }
  SUBCASE("it was another one") {
    world.plugin.setPolicy(world.now(), idleAfter(60s, 60s));
    world.runFor(40s);
    world.plugin.setPolicy(world.now(), idleAfter(0s, 60s));
  }
  for (const SessionId id : crowd(world, "u", 300)) world.host.setActive(id, false);
  std::map<milliseconds::rep, int> in_second;
  world.host.when_probed = [&](SessionId id, const Probe& probe) {
    ++in_second[world.elapsed().count() / 1000];
    world.host.answer(id, probe.number);
  };
  world.runFor(40s);
  CHECK(in_second.size() >= 6);
}

TEST_CASE("who was probed before their timeout became never is none of those who fell silent") {
  World world(kEveryHost[0], idleAfter(60s, 60s));
  crowd(world, "forever", 60);
  world.runTo(59s);
  world.plugin.setPolicy(world.now(), idleAfter(0s, 60s));
  const auto phones = crowd(world, "phone", 100);
  for (const SessionId id : phones) world.host.setActive(id, false);
  world.host.when_probed = [&](SessionId id, const Probe& probe) {
    if (id != phones[0]) world.host.answer(id, probe.number);
  };
  world.runFor(62s);
  CHECK(doubted(world) == 0);
  CHECK(world.store.records.size() == 1);
}

TEST_CASE("those whose end was asked for do not count") {
  EVERY_HOST(kind) {
    Policy policy = undoubted(tests::idleAfter(60s, true, 10));
    policy.mass_minimum = 20;
    policy.mass_share = 0.5;
    World world(kind, policy);
    world.host.deaf_to_closing = true;
    crowd(world, "first", 100);
    const auto kicked = crowd(world, "kicked", 100);
    world.runTo(2s);
    crowd(world, "second", 60);
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      if (id.slot >= 100 && id.slot < 200) world.host.answer(id, probe.number);
    };
    world.runTo(60'400ms);
    CHECK(doubted(world) == 0);  // a hundred of 260
    CHECK(world.host.count(Command::Kind::close) == 100);
    for (const SessionId id : kicked) disconnect(world, id);
    world.runTo(63s);
    CHECK(doubted(world) == 60);
  }
}

TEST_CASE("a doubted client is shown so until it is heard, held or told to go") {
  EVERY_HOST(kind) {
    World world(kind, tests::idleAfter(60s));
    world.host.deaf_to_closing = true;
    const auto ids = crowd(world, "u", 40);
    world.runTo(59s);
    CHECK_FALSE(world.info(ids[0]).doubted);
    world.runTo(62s);
    for (const SessionId id : ids) CHECK(world.info(id).doubted);
    world.host.hear(ids[0]);
    CHECK(world.info(ids[0]).state == SessionState::reachable);
    CHECK_FALSE(world.info(ids[0]).doubted);
    world.host.hold(ids[1]);
    CHECK_FALSE(world.info(ids[1]).doubted);
    disconnect(world, ids[2]);
    CHECK(world.info(ids[2]).state == SessionState::suspect);
    CHECK_FALSE(world.info(ids[2]).doubted);
    CHECK(world.info(ids[3]).doubted);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
