// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/time");

TEST_CASE("a server that stood still for an hour blames nobody: every deadline moves by the hour") {
  for (const milliseconds stalled_at :
       {milliseconds(50s), milliseconds(179s), milliseconds(200s), milliseconds(359s)}) {
    CAPTURE(stalled_at.count());
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("paris");
      world.host.present(id, available());
      const UtcTime heard = world.now().utc;
      world.runTo(stalled_at);
      const std::size_t probed_before = world.probesTo(id).size();
      world.stall(1h);
      world.runTo(1h + 400s);

      const auto probes = world.probesTo(id);
      REQUIRE(probes.size() == 2);
      const milliseconds due[2] = {180s, 270s};
      // The plugin cannot know when between two ticks the stall began: a second more or less.
      for (std::size_t n = 0; n < 2; ++n) {
        const milliseconds expected = n < probed_before ? due[n] : milliseconds(1h) + due[n];
        CHECK(probes[n] >= expected - 1s - kEarly);
        CHECK(probes[n] <= expected + 1s + kLate);
      }
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK(world.closingsOf(id)[0] >= milliseconds(1h) + 359s - kEarly);
      CHECK(world.closingsOf(id)[0] <= milliseconds(1h) + 361s + kLate);
      REQUIRE(world.store.records.size() == 1);
      CHECK_ABOUT(world.store.records[0].last_heard, heard);
      CHECK(world.plugin.stats(world.now()).late_ticks == 1);
    }
  }
}

TEST_CASE("the tick that ends a stall logs nobody out: what came meanwhile is yet to be read") {
  // Stalled in the last second of the client's time, as near to its end as the ticks allow.
  for (const milliseconds stalled_at :
       {milliseconds(359s), milliseconds(359'500ms), milliseconds(360'050ms)}) {
    CAPTURE(stalled_at.count());
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("paris");
      world.host.present(id, available());
      world.runTo(stalled_at);
      world.stall(1h);
      world.tick();
      CHECK(world.closingsOf(id).empty());
      CHECK(world.store.records.empty());
      world.host.hear(id);  // read right after the timer's turn
      world.runFor(300s);
      CHECK(world.closingsOf(id).empty());
      CHECK(world.store.records.empty());
    }
  }
}

TEST_CASE("a stall is not counted against a host that has yet to confirm a close") {
  EVERY_HOST(kind) {
    World world(kind);
    world.host.deaf_to_closing = true;
    const SessionId id = world.host.open("paris", "phone", true);
    world.host.present(id, available());
    world.runTo(365s);
    REQUIRE(world.closingsOf(id).size() == 1);
    world.stall(1h);
    world.tick();
    world.runFor(3s);
    // Eight seconds of the ten, without the stall: the session is held now, not gone.
    world.host.hold(id);
    CHECK(world.info(id).state == SessionState::held);
    world.runFor(100s);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("what was read right after a stall, before the first tick, is heard") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runTo(350s);
    world.stall(1h);
    world.host.hear(id);
    const milliseconds heard_at = world.elapsed();
    world.runFor(1ms);
    CHECK(world.info(id).silence <= 100ms);
    world.runTo(heard_at + 340s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(heard_at + 362s);
    CHECK(world.closingsOf(id).size() == 1);
  }
}

TEST_CASE("a client that came right after a stall, before the first tick, has its whole time") {
  EVERY_HOST(kind) {
    World world(kind);
    world.runTo(100s);
    world.stall(1h);
    const milliseconds opened_at = world.elapsed();
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runTo(opened_at + 500s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK(world.closingsOf(id)[0] >= opened_at + 360s - kEarly);
    CHECK(world.closingsOf(id)[0] <= opened_at + 360s + 1h + kLate);
  }
}

TEST_CASE("two stalls in a row move the deadlines twice") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runTo(100s);
    world.stall(600s);
    world.runFor(50s);
    world.stall(900s);
    world.runTo(1500s + 355s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(1500s + 361s);
    CHECK(world.closingsOf(id).size() == 1);
    CHECK(world.plugin.stats(world.now()).late_ticks == 2);
  }
}

TEST_CASE("a stall counts from the earliest tick that was asked for") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runTo(100'100ms);
    world.plugin.findLastSeen(world.now(), "paris@example.org",
                              [](auto) {});  // asks for a tick in a few milliseconds
    REQUIRE(world.host.wake <= world.now().monotonic + 100ms);
    world.stall(1h);
    world.runTo(1h + 370s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 1h + 360s);
  }
}

TEST_CASE("probes that are closer together than the table can tell are all sent, and in time") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(1s, true, 10));
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runFor(5s);
    REQUIRE(world.probesTo(id).size() == 10);
    CHECK_ABOUT(world.probesTo(id)[0], 500ms);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK(world.closingsOf(id)[0] >= 1s);
    CHECK(world.closingsOf(id)[0] <= 1s + 2 * kLate);
  }
}

TEST_CASE("a host whose timer is a little late all the time logs out in time, and not before") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    world.ticks_late_by = 20ms;
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runTo(100s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK(world.closingsOf(id)[0] >= 60s - kEarly);
    CHECK(world.closingsOf(id)[0] <= 60s + kLate + 40ms);
  }
}

TEST_CASE("a tick that comes before it was asked for changes nothing") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    while (world.elapsed() < 100s) {
      world.clock.advance(7ms);
      world.tick();
    }
    REQUIRE(world.probesTo(id).size() == 2);
    CHECK_ABOUT(world.probesTo(id)[0], 30s);
    CHECK_ABOUT(world.probesTo(id)[1], 45s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 60s);
  }
}

TEST_CASE("a date set forth or back moves no deadline and puts nothing in the future on record") {
  for (const milliseconds jump :
       {milliseconds(24h), milliseconds(-24h), milliseconds(100s), milliseconds(-100s)}) {
    CAPTURE(jump.count());
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("paris");
      const SessionId goes = world.host.open("rosaline");
      world.host.present(id, available());
      world.host.present(goes, available());
      world.runTo(200s);
      world.clock.setDate(jump);
      world.host.present(goes, unavailable());
      world.runTo(400s);
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK_ABOUT(world.closingsOf(id)[0], 360s);
      REQUIRE(world.store.records.size() == 2);
      for (const LastSeen& record : world.store.records) {
        CHECK(record.logged_out_at <= world.now().utc);
        CHECK(record.last_heard <= record.logged_out_at);
      }
      CHECK(world.store.records[0].logged_out_at == world.now().utc - 200s);
      CHECK_ABOUT(world.store.records[1].last_heard, world.now().utc - 400s);
    }
  }
}

TEST_CASE("the date set back between two resources' ends leaves a record that is in order") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("paris", "phone");
    const SessionId laptop = world.host.open("paris", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.runTo(100s);
    world.host.hear(phone);
    world.host.present(phone, unavailable());
    world.clock.setDate(-1h);
    world.runTo(110s);
    world.host.lose(laptop);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].logged_out_at <= world.now().utc);
    CHECK(world.store.records[0].last_heard <= world.store.records[0].logged_out_at);
  }
}

TEST_CASE("deadlines hold where the table's time wraps around, and at the very beginning of the clock") {
  const auto wrap = std::chrono::seconds((std::int64_t{1} << 32) / 16);
  for (const auto before_wrap :
       {std::chrono::seconds(100), std::chrono::seconds(200), std::chrono::seconds(300),
        std::chrono::seconds(360), wrap, wrap / 2 + std::chrono::seconds(200)}) {
    CAPTURE(before_wrap.count());
    EVERY_HOST(kind) {
      World world(kind, {}, VirtualClock(MonotonicTime(wrap - before_wrap)));
      const SessionId id = world.host.open("paris");
      world.host.present(id, available());
      const UtcTime heard = world.now().utc;
      world.runTo(400s);
      REQUIRE(world.probesTo(id).size() == 2);
      CHECK_ABOUT(world.probesTo(id)[0], 180s);
      CHECK_ABOUT(world.probesTo(id)[1], 270s);
      REQUIRE(world.closingsOf(id).size() == 1);
      CHECK_ABOUT(world.closingsOf(id)[0], 360s);
      REQUIRE(world.store.records.size() == 1);
      CHECK_ABOUT(world.store.records[0].last_heard, heard);
    }
  }
}

TEST_CASE("an idle timeout of thirty days is kept") {
  World world(kEveryHost[0], idleAfter(24h * 30));
  const SessionId id = world.host.open("paris");
  world.host.present(id, available());
  world.runTo(24h * 15 + 1h);
  REQUIRE(world.probesTo(id).size() == 1);
  CHECK_ABOUT(world.probesTo(id)[0], 24h * 15);
}

TEST_CASE("an idle timeout of a second is kept") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(1s));
    world.runTo(10'300ms);  // somewhere between two ticks
    const SessionId id = world.host.open("paris");
    world.host.present(id, available());
    world.runFor(3s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 10'300ms + 1s);
    REQUIRE(world.probesTo(id).size() == 2);
    CHECK_ABOUT(world.probesTo(id)[0], 10'300ms + 500ms);
    CHECK_ABOUT(world.probesTo(id)[1], 10'300ms + 750ms);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
