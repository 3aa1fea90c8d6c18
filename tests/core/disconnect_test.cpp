// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of a session: its end.
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/disconnect");

namespace {
constexpr const char* kJid = "nurse@example.org/phone";
}  // namespace

TEST_CASE("a session that is disconnected goes at once, and is on record as kicked") {
  for (const bool suspect : {false, true}) {
    for (const Cause told : {Cause::kicked, Cause::connection_lost, Cause::timed_out}) {
      CAPTURE(toString(told));
      EVERY_HOST(kind) {
        World world(kind);
        world.host.cause_of_ending = told;
        const SessionId id = openAvailable(world);
        world.runTo(suspect ? 200s : 50s);
        REQUIRE((world.info(id).state == SessionState::suspect) == suspect);
        REQUIRE(disconnect(world, id));
        REQUIRE(world.store.records.size() == 1);
        CHECK(world.store.records[0].cause == Cause::kicked);
        CHECK(world.store.records[0].evidence == Evidence::none);
        CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - world.elapsed());
        CHECK(world.plugin.sessions(world.now()).empty());
        CHECK(world.plugin.stats(world.now()).logouts[static_cast<std::size_t>(Cause::kicked)] == 1);
        world.runFor(60s);
        CHECK(world.host.contacts.departuresOf(kJid) == 1);
        CHECK(world.host.count(Command::Kind::end) == 1);
        CHECK_FALSE(disconnect(world, id));
      }
    }
  }
}

TEST_CASE("a resumable session that is disconnected is not held") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(50s);
    REQUIRE(disconnect(world, id));
    CHECK(world.host.find(id) == nullptr);
    CHECK(world.plugin.stats(world.now()).holds == 0);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::kicked);
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
  }
}

TEST_CASE("a held session that is disconnected is seen to go once, by those who have not seen it yet") {
  for (const auto held_for : {10s, 100s}) {
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      world.host.lose(id);
      world.runFor(held_for);
      REQUIRE(world.host.contacts.departuresOf(kJid) == (held_for > 60s ? 1 : 0));
      REQUIRE(disconnect(world, id));
      world.runFor(60s);
      CHECK(world.host.contacts.departuresOf(kJid) == 1);
      if (!kind.broadcasts_when_stream_closes) {
        REQUIRE(world.host.count(Command::Kind::broadcast) == 1);
        CHECK((world.host.commands.back().audience == Audience::directed_only) == (held_for > 60s));
      }
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - 60s - held_for - 50s);
      CHECK(world.plugin.sessions(world.now()).empty());
    }
  }
}

TEST_CASE("an end that the host never confirms is on record ten seconds later") {
  for (const bool held : {false, true}) {
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      if (held) world.host.lose(id);
      world.host.deaf_to_closing = true;
      REQUIRE(disconnect(world, id));
      CHECK(disconnect(world, id));  // it will go, as was asked
      CHECK(world.host.count(Command::Kind::end) == 1);
      const SessionInfo info = world.info(id);
      CHECK(info.state == (held ? SessionState::held : SessionState::reachable));
      CHECK(info.next == Next::end);
      CHECK_ABOUT(info.next_in, 10s);
      world.plugin.setPolicy(world.now(), Policy{});
      world.runTo(59900ms);
      CHECK(world.store.records.empty());
      world.runTo(61s);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK(world.plugin.sessions(world.now()).empty());
    }
  }
}

TEST_CASE("a client that says goodbye before it is disconnected has logged out") {
  World world(kEveryHost[1]);
  const SessionId id = openAvailable(world);
  world.host.closings_wait = true;
  REQUIRE(disconnect(world, id));
  world.host.present(id, unavailable("good night"));
  world.host.closings_wait = false;
  world.host.run();
  REQUIRE(world.store.records.size() == 1);
  CHECK(world.store.records[0].cause == Cause::logged_out);
  CHECK(world.store.records[0].status == "good night");
}

TEST_CASE("a session that is lost or resumed while its end is on the way ends all the same") {
  for (const bool confirmed : {true, false}) {
    for (const bool resumed : {true, false}) {
      World world(kEveryHost[1]);
      const SessionId id = openResumable(world);
      world.runTo(50s);
      if (resumed) {
        world.host.lose(id);
        world.runTo(120s);
        REQUIRE(world.host.contacts.departuresOf(kJid) == 1);
      }
      world.host.closings_wait = true;
      REQUIRE(disconnect(world, id));
      world.runFor(5s);
      if (resumed)
        world.host.resume(id);
      else
        world.host.lose(id);
      CHECK(world.info(id).next == Next::end);
      CHECK_ABOUT(world.info(id).next_in, 5s);
      if (confirmed) {
        world.host.closings_wait = false;
        world.host.run();
      } else {
        world.runFor(6s);
      }
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::kicked);
      CHECK(world.plugin.sessions(world.now()).empty());
      CHECK(world.host.count(Command::Kind::show_again) == 0);
      if (confirmed) CHECK(world.host.contacts.departuresOf(kJid) == 1);
    }
  }
}

TEST_CASE("a session that has timed out and is disconnected before the host closes it was kicked") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.host.deaf_to_closing = true;
    world.runTo(362s);
    REQUIRE(world.closingsOf(id).size() == 1);
    world.host.deaf_to_closing = false;
    REQUIRE(disconnect(world, id));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::kicked);
    CHECK(world.host.find(id) == nullptr);
  }
}

TEST_CASE("a user of whom one of two sessions is disconnected is still here") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openAvailable(world);
    const SessionId laptop = world.host.open("nurse", "laptop");
    world.host.present(laptop, available());
    REQUIRE(disconnect(world, phone));
    CHECK(world.store.records.empty());
    CHECK(world.plugin.sessions(world.now()).size() == 1);
    REQUIRE(disconnect(world, laptop));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "laptop");
  }
}

TEST_CASE("a stale name disconnects nobody") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = openAvailable(world);
    world.host.close(old, Cause::connection_lost);
    const SessionId id = openAvailable(world);
    REQUIRE(id.slot == old.slot);
    CHECK_FALSE(disconnect(world, old));
    CHECK_FALSE(disconnect(world, SessionId{}));
    CHECK(world.host.find(id) != nullptr);
    CHECK(world.host.count(Command::Kind::end) == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
