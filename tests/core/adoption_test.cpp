// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Sessions that are older than the plugin.
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/adoption");

TEST_CASE("a session that had been held for hours is on record with the time when it was last heard") {
  EVERY_HOST(kind) {
    World world(kind);
    const UtcTime heard = world.now().utc - 3h;
    const SessionId id = world.host.adopt("nurse", "phone", true, heard);
    world.host.presentUnheard(id, available("here"));
    world.host.hold(id, StreamHeld{heard + 50s});
    REQUIRE(world.store.online.size() == 1);
    CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
    CHECK(world.store.online.begin()->second.available_since == world.now().utc);
    CHECK_ABOUT(world.info(id).last_heard, heard);
    CHECK_ABOUT(world.info(id).state_since, heard + 50s);
    world.runFor(100s);
    CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
    world.host.close(id, Cause::hold_expired);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::hold_expired);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
    CHECK(world.store.records[0].logged_out_at == world.now().utc);
  }
}

TEST_CASE("a hold that began before the plugin has used up its grace") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.adopt("nurse", "phone", true, world.now().utc - 3h);
    world.host.presentUnheard(old, available());
    world.host.hold(old, StreamHeld{world.now().utc - 1h});
    const SessionId young = world.host.adopt("nurse", "laptop", true, world.now().utc - 3h);
    world.host.presentUnheard(young, available());
    world.host.hold(young, StreamHeld{world.now().utc - 20s});
    world.runFor(1s);
    CHECK_FALSE(world.host.contacts.online("nurse@example.org/phone"));
    CHECK(world.host.contacts.online("nurse@example.org/laptop"));
    world.runFor(35s);
    CHECK(world.host.contacts.online("nurse@example.org/laptop"));
    world.runFor(6s);
    CHECK_FALSE(world.host.contacts.online("nurse@example.org/laptop"));
  }
}

TEST_CASE("a client that was silent for long before the plugin gets all of its chances") {
  EVERY_HOST(kind) {
    World world(kind);
    const UtcTime heard = world.now().utc - 2h;
    const SessionId id = world.host.adopt("romeo", "balcony", false, heard);
    world.host.presentUnheard(id, available());
    CHECK_ABOUT(world.info(id).silence, milliseconds{2h});
    world.runTo(400s);
    const auto probes = world.probesTo(id);
    REQUIRE(probes.size() == 2);
    CHECK_ABOUT(probes[0], 180s);
    CHECK_ABOUT(probes[1], 270s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 360s);
    REQUIRE(world.store.records.size() == 1);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_CASE("a client that is heard after the adoption goes on as any other") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.adopt("romeo", "balcony", false, world.now().utc - 2h);
    world.host.presentUnheard(id, available());
    world.runTo(100s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runTo(279s);
    CHECK(world.probesTo(id).empty());
    world.plugin.setPolicy(world.now(), Policy{});
    world.runTo(281s);
    CHECK(world.probesTo(id).size() == 1);
    world.runTo(461s);
    REQUIRE(world.store.records.size() == 1);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_CASE("new rules count no deadline from before the adoption") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.adopt("romeo", "balcony", false, world.now().utc - 2h);
    world.runTo(1s);
    world.plugin.setPolicy(world.now(), idleAfter(100s));
    world.runTo(49s);
    CHECK(world.host.commands.empty());
    world.runTo(51s);
    CHECK(world.probesTo(id).size() == 1);
  }
}

TEST_CASE("of an adopted user with two clients the latest byte of both counts") {
  EVERY_HOST(kind) {
    for (const bool phone_first : {true, false}) {
      World world(kind);
      const UtcTime of_phone = world.now().utc - 3h, of_laptop = world.now().utc - 70s;
      const auto adopt = [&](bool phone) {
        const SessionId id =
            world.host.adopt("nurse", phone ? "phone" : "laptop", phone, phone ? of_phone : of_laptop);
        world.host.presentUnheard(id, available());
        if (phone) world.host.hold(id, StreamHeld{of_phone});
        return id;
      };
      const SessionId first = adopt(phone_first), second = adopt(!phone_first);
      world.runTo(60s);
      REQUIRE(world.store.online.size() == 1);
      CHECK_ABOUT(world.store.online.begin()->second.last_heard, of_laptop);
      world.host.close(phone_first ? second : first, Cause::connection_lost);
      world.host.close(phone_first ? first : second, Cause::connection_lost);
      REQUIRE_FALSE(world.store.records.empty());
      CHECK_ABOUT(world.store.records.back().last_heard, of_laptop);
    }
  }
}

TEST_CASE("what a host says of the past lies neither in the future nor before all time") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId early = world.host.adopt("a", "r", false, world.now().utc);
    const auto open = [&](const char* user, UtcTime heard) {
      return world.host.onStreamOpened(world.now(), {user, "r", Transport::tcp, false, true, heard})
          .value_or(SessionId{});
    };
    const SessionId future = open("b", world.now().utc + 5h), ancient = open("c", UtcTime{});
    world.host.onStreamHeld(world.now(), ancient, StreamHeld{UtcTime{}});
    world.host.onStreamHeld(world.now(), future, StreamHeld{world.now().utc + 48h});
    CHECK(world.info(early).silence <= 63ms);
    CHECK(world.info(future).silence == 0ms);
    CHECK(world.info(future).state_since == world.now().utc);
    CHECK(world.info(ancient).last_heard <= world.now().utc - 24h * 365);
    world.runTo(179s);
    CHECK(world.host.commands.empty());
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
