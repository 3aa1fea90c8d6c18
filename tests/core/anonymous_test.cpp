// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/anonymous");

namespace {

/// Nothing was put into the store, and nothing is known of the user.
void checkNothingIsOnRecord(World& world) {
  CHECK(world.store.online.empty());
  CHECK(world.store.records.empty());
  CHECK(world.store.checkpoints.empty());
  CHECK(world.store.connected.empty());
  CHECK(world.store.mistake() == "");
  bool answered = false;
  world.plugin.findLastSeen(world.now(), "nurse@example.org", [&](auto found) {
    answered = true;
    CHECK_FALSE(found.has_value());
  });
  world.runFor(1s);
  CHECK(answered);
}

}  // namespace

TEST_CASE("a user without an account leaves no record, however they go") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    world.host.anonymous = true;
    const SessionId polite = openAvailable(world);
    world.runFor(100s);  // is probed, and logged out
    CHECK(world.info(polite).state == SessionState::gone);
    const SessionId lost = openAvailable(world);
    world.host.lose(lost);
    const SessionId again = openAvailable(world);
    world.host.present(again, unavailable("bye"));
    world.host.present(again, available());
    openAvailable(world);
    world.plugin.stop(world.now());
    checkNothingIsOnRecord(world);
    CHECK(world.plugin.stats(world.now()).users_available == 0);
  }
}

TEST_CASE("a user without an account who is only connected is not on record") {
  World world(kEveryHost[0]);
  world.host.anonymous = true;
  const SessionId id = world.host.open("nurse");
  world.runFor(100s);
  world.host.close(id, Cause::logged_out);
  world.host.open("nurse");
  world.runFor(2s);
  world.plugin.stop(world.now());
  checkNothingIsOnRecord(world);
}

TEST_CASE("a user without an account is neither checkpointed nor told again") {
  Policy policy;
  policy.checkpoint_interval = 5s;
  World world(kEveryHost[0], policy);
  world.host.anonymous = true;
  const SessionId phone = openAvailable(world);
  const SessionId laptop = world.host.open("nurse", "laptop");
  world.host.present(laptop, available());
  for (int i = 0; i < 20; ++i) {
    world.host.hear(phone);
    world.runFor(1s);
  }
  world.host.lose(laptop);
  world.store.logins_lost = true;
  world.runFor(20s);
  checkNothingIsOnRecord(world);
}

TEST_CASE("a user without an account is watched, probed and logged out like everybody") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId known = world.host.open("peter");
    world.host.present(known, available());
    world.host.anonymous = true;
    const SessionId guest = openAvailable(world);
    world.runFor(100s);
    CHECK(world.probesTo(guest).size() == world.probesTo(known).size());
    CHECK(world.closingsOf(guest).size() == 1);
    CHECK(world.host.contacts.departuresOf("nurse@example.org/phone") == 1);
    CHECK(world.plugin.stats(world.now()).logouts[static_cast<std::size_t>(Cause::timed_out)] == 2);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
