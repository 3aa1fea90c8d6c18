// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who is connected without being available.
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/connections");

namespace {

using Connected = Store::Connected;

const std::string kBot = "nurse@example.org";

const Connected& bot(const World& world) {
  const auto found = world.store.connected.find(kBot);
  REQUIRE(found != world.store.connected.end());
  return found->second;
}

Policy checkpointEach(milliseconds interval) {
  Policy policy;
  policy.checkpoint_interval = interval;
  return policy;
}

}  // namespace

TEST_CASE(
    "a user who is connected without being available is in the store after a second, and no logout ever") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse", "bot");
    world.runFor(2s);
    CHECK(bot(world).here);
    CHECK(bot(world).resource == "bot");
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runFor(10s);
    world.host.lose(id);
    world.runFor(2s);
    CHECK_FALSE(bot(world).here);
    CHECK(bot(world).cause == Cause::connection_lost);
    CHECK_ABOUT(bot(world).last_heard, heard);
    CHECK_ABOUT(bot(world).ended_at, heard + 10s);
    CHECK(world.store.records.empty());
    CHECK(world.store.online.empty());
  }
}

TEST_CASE("a crash loses at most a checkpoint of who is only connected") {
  World world(kEveryHost[0], checkpointEach(10s));
  const SessionId id = world.host.open("nurse");
  for (int i = 0; i < 20; ++i) {
    world.runFor(3s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runFor(10s);
    CHECK_ABOUT(bot(world).last_heard, heard);
  }
}

TEST_CASE("whoever logs in and out is told once, as a login and a logout") {
  EVERY_HOST(kind) {
    World world(kind);
    for (int i = 0; i < 5; ++i) {
      const SessionId id = openAvailable(world);
      world.runFor(70s);
      world.host.present(id, unavailable("bye"));
      world.host.close(id, Cause::logged_out);
      world.runFor(70s);
    }
    CHECK(world.store.connected.empty());
    CHECK(world.store.records.size() == 5);
  }
}

TEST_CASE("a connection that is over before anybody looks was there") {
  World world(kEveryHost[0]);
  world.runFor(10s);
  world.host.close(world.host.open("nurse", "script"), Cause::logged_out);
  world.runFor(2s);
  CHECK_FALSE(bot(world).here);
  CHECK(bot(world).cause == Cause::logged_out);
  CHECK_ABOUT(bot(world).last_heard, world.now().utc - 2s);
}

TEST_CASE("who becomes available is no longer only connected, and is again after the logout") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse");
    world.runFor(5s);
    world.host.present(id, available());
    world.runFor(5s);
    CHECK_FALSE(bot(world).here);
    CHECK(world.store.online.size() == 1);
    world.host.present(id, unavailable());
    world.runFor(5s);
    CHECK(bot(world).here);
    CHECK(world.store.records.size() == 1);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.host.close(id, Cause::logged_out);
    world.runFor(5s);
    CHECK_FALSE(bot(world).here);
    CHECK_ABOUT(bot(world).last_heard, heard);
    CHECK(world.store.records.size() == 1);
  }
}

TEST_CASE("a user with one session available and one not is here by the first, and after it by the second") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId hidden = world.host.open("nurse", "bot");
    const SessionId phone = openAvailable(world);
    world.runFor(70s);
    CHECK(world.store.connected.empty());
    world.host.lose(phone);
    CHECK(world.store.records.size() == 1);
    world.runFor(2s);
    CHECK(bot(world).here);
    world.host.lose(hidden);
    world.runFor(2s);
    CHECK_FALSE(bot(world).here);
    CHECK(world.store.records.size() == 1);
  }
}

TEST_CASE("of several connections the latest byte counts, also of one that has gone") {
  World world(kEveryHost[0]);
  const SessionId one = world.host.open("nurse", "one");
  const SessionId other = world.host.open("nurse", "other");
  world.runFor(20s);
  world.host.hear(one);
  const UtcTime heard = world.now().utc;
  world.host.lose(one);
  world.runFor(20s);
  CHECK(bot(world).here);
  world.host.lose(other);
  world.runFor(2s);
  CHECK_FALSE(bot(world).here);
  CHECK_ABOUT(bot(world).last_heard, heard);
}

TEST_CASE("what the store has no room for is told again, the latest of each user once") {
  World world(kEveryHost[0]);
  world.store.has_room = false;
  const SessionId id = world.host.open("nurse");
  world.runFor(5s);
  world.host.lose(id);
  world.runFor(5s);
  CHECK(world.store.connected.empty());
  world.store.has_room = true;
  world.runFor(2s);
  CHECK_FALSE(bot(world).here);
}

TEST_CASE("who is only connected is told again to a database that has lost it") {
  World world(kEveryHost[0]);
  world.host.open("nurse");
  world.runFor(5s);
  world.store.logins_lost = true;
  world.runFor(2s);
  CHECK(bot(world).here);
}

TEST_CASE("connections that the store had no room for are told in bounded ticks") {
  World world(kEveryHost[0]);
  world.store.has_room = false;
  for (int i = 0; i < 5000; ++i) world.host.open("user" + std::to_string(i));
  world.runFor(5s);
  world.store.has_room = true;
  world.tick();
  CHECK(world.store.connected.size() <= 1024);
  world.runFor(5s);
  CHECK(world.store.connected.size() == 5000);
}

TEST_CASE("what was still to be told of a connection is forgotten with the account") {
  World world(kEveryHost[0]);
  world.store.has_room = false;
  world.host.open("nurse");
  world.host.open("peter");
  world.runFor(5s);
  world.plugin.forgetUser(world.now(), kBot);
  world.store.has_room = true;
  world.runFor(5s);
  CHECK(world.store.connected.count(kBot) == 0);
  CHECK(world.store.connected.count("peter@example.org") == 1);
}

TEST_CASE("of an account that was deleted no connection is noted") {
  EVERY_HOST(kind) {
    World world(kind, checkpointEach(5s));
    const SessionId id = world.host.open("nurse");
    const SessionId other = world.host.open("nurse", "other");
    world.runFor(5s);
    world.plugin.forgetUser(world.now(), kBot);
    world.host.hear(id);
    world.runFor(20s);
    world.host.lose(id);
    world.host.lose(other);
    world.runFor(5s);
    CHECK(world.store.connected.empty());
  }
}

TEST_CASE("a server that stops notes when those who are only connected were last heard") {
  World world(kEveryHost[0]);
  world.host.open("nurse", "bot");
  const UtcTime heard = world.now().utc;
  openAvailable(world);
  world.host.open("peter");
  world.runFor(30s);
  world.plugin.stop(world.now());
  REQUIRE(world.store.connected.count("peter@example.org") == 1);
  const Connected& peter = world.store.connected.at("peter@example.org");
  CHECK_FALSE(peter.here);
  CHECK(peter.cause == Cause::server_stopped);
  CHECK_ABOUT(peter.last_heard, heard);
  CHECK(world.store.connected.count(kBot) == 0);
}

TEST_CASE("many connections at once are told in bounded ticks") {
  World world(kEveryHost[0]);
  for (int i = 0; i < 5000; ++i) world.host.open("user" + std::to_string(i));
  world.tick();
  world.tick();
  CHECK(world.store.connected.size() <= 2 * 1024);
  world.runFor(5s);
  CHECK(world.store.connected.size() == 5000);
}

TEST_SUITE_END();
}  // namespace liveness::tests
