// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What a session still counts for that contacts see as gone.
#include "core/nurse.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/held record");

TEST_CASE("a hidden session was heard until it was held, and that counts for its user") {
  Policy policy;
  policy.checkpoint_interval = 3600s;  // no checkpoint has looked at it
  World world(kEveryHost[0], policy);
  const SessionId phone = openPhone(world);
  const SessionId laptop = openLaptop(world);
  world.runTo(100s);
  world.host.hear(phone);
  const UtcTime heard = world.now().utc;
  world.host.hold(phone);
  world.runTo(200s);
  REQUIRE(nurse(world).hidden == 1);
  world.host.close(laptop, Cause::connection_lost);
  REQUIRE(world.store.records.size() == 1);
  CHECK_ABOUT(world.store.records[0].last_heard, heard);
}

TEST_CASE("what a hidden session heard counts for the login that it was hidden in, and for none after it") {
  Policy policy;
  policy.checkpoint_interval = 10s;
  World world(kEveryHost[0], policy);
  const SessionId phone = openPhone(world);
  const SessionId laptop = openLaptop(world);
  world.runTo(100s);
  world.host.hold(phone);
  world.runTo(200s);
  world.host.present(laptop, unavailable());
  REQUIRE(world.store.records.size() == 1);
  const UtcTime heard = world.now().utc - 1h;
  world.host.presentUnheard(world.host.adopt("nurse", "tablet", false, heard), available());
  world.host.close(phone, Cause::connection_lost);
  world.runFor(20s);
  REQUIRE(world.store.online.size() == 1);
  CHECK_ABOUT(world.store.online.begin()->second.last_heard, heard);
}

TEST_CASE("a presence of a session that is hidden is no login before it is shown again") {
  World world(kEveryHost[0]);
  const SessionId phone = openPhone(world);
  world.host.hold(phone);
  world.runTo(100s);
  REQUIRE(nurse(world).hidden == 1);
  world.host.present(phone, unavailable());
  REQUIRE(world.store.records.size() == 1);
  world.host.present(phone, available());
  CHECK(nurse(world).available == 0);
  CHECK(nurse(world).hidden == 1);
  CHECK(world.store.online.empty());
  world.host.resume(phone);
  CHECK(nurse(world).available == 1);
  CHECK(nurse(world).hidden == 0);
  CHECK(world.store.online.size() == 1);
}

TEST_SUITE_END();
}  // namespace liveness::tests
