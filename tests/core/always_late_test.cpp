// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A server that never listens for long: each of its ticks is late, or it stalls again and again.
#include <algorithm>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/always late");

namespace {

/// How long the wall's clock runs until a server has listened for `time` whose ticks are all `late`: it
/// judges in every second tick, a second after the one before; the other one is 250 ms after.
milliseconds atLatest(milliseconds time, milliseconds late) {
  return time + 2 * late * (time / 1s + 2) + 2s;
}

}  // namespace

TEST_CASE("a server that is late each time probes, logs out and shows held, for a day") {
  EVERY_HOST(kind) {
    const milliseconds late = 320ms;
    World world(kind);
    world.ticks_late_by = late;
    const SessionId lives = world.host.open("juliet");
    world.host.present(lives, available());
    world.host.when_probed = [&](SessionId id, const Probe& probe) {
      if (id == lives) world.host.answer(id, probe.number);
    };
    for (int hour = 0; hour < 24; ++hour) {
      CAPTURE(hour);
      const milliseconds began = world.elapsed();
      const SessionId dies = world.host.open("mercutio");
      world.host.present(dies, available());
      const SessionId tunnel = world.host.open("nurse");
      world.host.enableResumption(tunnel);
      world.host.present(tunnel, available());
      world.host.hold(tunnel);
      world.runFor(1h);

      const auto shown = world.timesOf(Command::Kind::show_held, tunnel);
      REQUIRE(shown.size() == 1);
      CHECK(shown[0] >= began + 60s - kEarly);
      CHECK(shown[0] <= began + atLatest(60s, late));
      const auto probes = world.probesTo(dies);
      REQUIRE(probes.size() == 2);
      CHECK(probes[0] >= began + 180s - kEarly);
      CHECK(probes[0] <= began + atLatest(180s, late));
      const auto closings = world.closingsOf(dies);
      REQUIRE(closings.size() == 1);
      CHECK(closings[0] >= began + 360s - kEarly);
      CHECK(closings[0] <= began + atLatest(360s, late));
      world.host.close(tunnel, Cause::hold_expired);
    }
    CHECK(world.closingsOf(lives).empty());
    CHECK(world.info(lives).state == SessionState::reachable);
    CHECK(world.plugin.sessions(world.now()).size() == 1);
  }
}

TEST_CASE("however late all ticks are, the work is done, and nobody who answers is logged out") {
  for (const milliseconds late : {milliseconds(350ms), milliseconds(1s), milliseconds(5s)}) {
    CAPTURE(late.count());
    EVERY_HOST(kind) {
      World world(kind, idleAfter(60s));
      world.ticks_late_by = late;
      const SessionId lives = world.host.open("juliet");
      const SessionId dies = world.host.open("mercutio");
      world.host.present(lives, available());
      world.host.present(dies, available());
      world.host.when_probed = [&](SessionId id, const Probe& probe) {
        if (id == lives) world.host.answer(id, probe.number);
      };
      world.runTo(1h);
      CHECK(world.probesTo(dies).size() == 2);
      REQUIRE(world.closingsOf(dies).size() == 1);
      CHECK(world.closingsOf(dies)[0] >= 60s + 30 * late);
      CHECK(world.closingsOf(dies)[0] <= atLatest(60s, late) + 2 * late);
      CHECK(world.closingsOf(lives).empty());
      CHECK(world.probesTo(lives).size() >= 3);
    }
  }
}

TEST_CASE("judging is put off by the first of two late ticks, and not by the second") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.runTo(29'500ms);
    world.stall(1h);
    world.tick();
    world.runTo(1h + 29'600ms);  // nothing is due yet
    CHECK(world.probesTo(id).empty());
    world.clock.advanceTo(world.host.wake + 5s);
    world.tick();
    world.clock.advance(2s);  // by now the probe is due, and this tick is late as well
    world.clock.advanceTo(world.host.wake + 1s);
    world.tick();
    CHECK(world.probesTo(id).size() == 1);
  }
}

TEST_CASE("a server that stalls every few seconds, for hours, logs out who is due, and no later than that") {
  // As far as the plugin can see: a stall may hide the time to the tick that it began before.
  EVERY_HOST(kind) {
    World world(kind);
    const auto stumble = [&](milliseconds time) {
      for (const auto end = world.now().monotonic + time; world.now().monotonic < end;) {
        world.runFor(3700ms);
        world.stall(1300ms);
      }
    };
    for (int hour = 0; hour < 4; ++hour) {
      CAPTURE(hour);
      const milliseconds opened_at = world.elapsed();
      const SessionId id = world.host.open("mercutio");
      world.host.present(id, available());
      stumble(1h);
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK(world.closingsOf(id)[0] >= opened_at + 360s);
      CHECK(world.closingsOf(id)[0] <= opened_at + milliseconds(360s) * 50 / 37 + 5s);
    }
  }
}

TEST_CASE("what was lost before a long stall is still lost after it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.ticks_late_by = 1s;
    world.runTo(300s);  // of which the server listened for less than 120
    world.ticks_late_by = 0s;
    world.stall(2h);
    world.runTo(2h + 300s + 235s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(2h + 300s + 260s);
    CHECK(world.closingsOf(id).size() == 1);
  }
}

TEST_CASE(
    "a machine that slept for years counts its naps from before as nobody's silence, and as nothing else") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(60s);
    policy.inactive_idle_timeout = 60s;
    World world(kind, policy);
    for (int nap = 0; nap < 100; ++nap) {
      world.runFor(2s);
      world.stall(5s);
    }
    for (const auto years : {24h * 800, 24h * 800}) {  // together more than the table's time can tell apart
      world.runFor(2h);
      world.stall(years);
    }
    world.runFor(2h);
    const milliseconds opened_at = world.elapsed();
    const SessionId id = world.host.open("mercutio");
    world.host.present(id, available());
    world.runFor(20s);
    world.stall(10s);
    world.runFor(65s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK(world.closingsOf(id)[0] >= opened_at + 69s - kEarly);
    CHECK(world.closingsOf(id)[0] <= opened_at + 71s + kLate);
  }
}

TEST_CASE("what was lost counts for a grace of hours") {
  Policy policy = idleAfter(60s);
  policy.held_grace = 3h;
  World world(kEveryHost[0], policy);
  const SessionId id = openResumable(world);
  world.host.hold(id);
  world.runFor(10s);
  world.stall(600s);
  world.runTo(3h + 550s);
  CHECK(world.timesOf(Command::Kind::show_held, id).empty());
  world.runTo(3h + 610s);
  CHECK(world.timesOf(Command::Kind::show_held, id).size() == 1);
}

TEST_CASE("what was lost counts for an idle timeout of hours, of active clients or inactive ones") {
  for (const bool active : {true, false}) {
    CAPTURE(active);
    Policy policy = idleAfter(active ? 3h : 60s);
    policy.inactive_idle_timeout = active ? 60s : 3h;
    World world(kEveryHost[0], policy);
    const SessionId id = openAvailable(world);
    world.host.setActive(id, active);
    world.runFor(10s);
    world.stall(600s);
    world.runTo(3h + 650s);
    const auto closings = world.closingsOf(id);
    REQUIRE(closings.size() == 1);
    CHECK(closings[0] >= 3h + 598s);  // it was to be called within a second
  }
}

TEST_CASE("what was lost counts also for deadlines that a reload made longer") {
  EVERY_HOST(kind) {
    Policy policy = idleAfter(10s);
    policy.inactive_idle_timeout = 10s;
    policy.held_grace = 1s;
    policy.held_presence = HeldPresence::keep;
    World world(kind, policy);
    const SessionId id = openResumable(world);
    world.host.hold(id);
    world.runFor(5s);
    world.stall(100s);
    world.runFor(45s);
    policy.held_presence = HeldPresence::away;
    policy.held_grace = 60s;
    world.plugin.setPolicy(world.now(), policy);
    world.runFor(8s);
    CHECK(world.timesOf(Command::Kind::show_held, id).empty());
    world.runFor(4s);
    CHECK(world.timesOf(Command::Kind::show_held, id).size() == 1);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
