// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts see of a session whose stream is lost.
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/held view");

namespace {

constexpr char kJid[] = "nurse@example.org/phone";

Policy shownAs(HeldPresence presence, milliseconds grace = 60s) {
  Policy policy;
  policy.held_presence = presence;
  policy.held_grace = grace;
  return policy;
}

SessionId lostAfter(World& world, milliseconds heard_last) {
  const SessionId id = world.host.open("nurse", "phone", true);
  world.host.present(id, available("here"));
  world.runTo(heard_last);
  world.host.hear(id);
  world.runFor(20s);
  world.host.lose(id);
  return id;
}

}  // namespace

TEST_CASE(
    "after the grace contacts see a held session go, with the time last heard; at its end nothing more") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable));
    const SessionId id = lostAfter(world, 30s);
    const UtcTime heard = world.now().utc - 20s;
    world.runFor(59s);
    CHECK(world.host.contacts.online(kJid));
    CHECK(world.info(id).next == Next::show_held);
    CHECK_ABOUT(world.info(id).next_in, milliseconds{1s});
    world.runFor(2s);
    CHECK_FALSE(world.host.contacts.online(kJid));
    CHECK(world.store.records.empty());
    REQUIRE(world.host.find(id)->shown.has_value());
    CHECK_FALSE(world.host.find(id)->shown->available);
    CHECK_ABOUT(world.host.find(id)->shown->last_heard, heard);
    CHECK(world.info(id).shown.has_value());
    CHECK(world.info(id).next == Next::nothing);
    world.runFor(600s);
    world.host.close(id, Cause::connection_lost);
    world.host.run();
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
    CHECK(world.host.contacts.mistake() == "");
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::hold_expired);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_CASE("a session shown as away is seen to go when it ends") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::away, 5s));
    const SessionId id = lostAfter(world, 30s);
    world.runFor(6s);
    REQUIRE(world.host.find(id)->shown.has_value());
    CHECK(world.host.find(id)->shown->available);
    CHECK(world.host.contacts.online(kJid));
    world.host.close(id, Cause::connection_lost);
    world.host.run();
    CHECK_FALSE(world.host.contacts.online(kJid));
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
  }
}

TEST_CASE("a session that is kept as it was is seen to go when it ends, and not before") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::keep, 0s));
    const SessionId id = lostAfter(world, 30s);
    world.runFor(72h);
    CHECK(world.host.contacts.online(kJid));
    CHECK(world.host.count(Command::Kind::show_held) == 0);
    world.host.close(id, Cause::connection_lost);
    world.host.run();
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
  }
}

TEST_CASE("a session resumed within the grace was never seen to go; after it, it is seen again, once") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable));
    const SessionId id = lostAfter(world, 30s);
    world.runFor(50s);
    world.host.resume(id);
    world.runFor(100s);
    CHECK(world.host.contacts.departuresOf(kJid) == 0);
    CHECK(world.host.count(Command::Kind::show_again) == 0);

    world.host.lose(id);
    world.runFor(61s);
    CHECK_FALSE(world.host.contacts.online(kJid));
    world.host.resume(id);
    CHECK(world.host.contacts.online(kJid));
    CHECK(world.host.count(Command::Kind::show_again) == 1);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK_FALSE(world.info(id).shown.has_value());
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).holds == 2);
    CHECK(world.plugin.stats(world.now()).resumptions == 2);
  }
}

TEST_CASE("without a grace contacts see it at once") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable, 0s));
    lostAfter(world, 30s);
    world.runFor(100ms);
    CHECK_FALSE(world.host.contacts.online(kJid));
  }
}

TEST_CASE("the reason of the loss is known at once: the connection, or our own timeout") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId lost = lostAfter(world, 30s);
    CHECK(world.info(lost).held_because == Cause::connection_lost);
    const SessionId silent = world.host.open("juliet", "phone", true);
    world.host.present(silent, available());
    world.runFor(365s);
    CHECK(world.info(silent).held_because == Cause::timed_out);
  }
}

TEST_CASE("a held session that is not available is shown to nobody") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable, 0s));
    const SessionId id = world.host.open("nurse", "phone", true);
    world.host.lose(id);
    world.runFor(600s);
    CHECK(world.host.commands.empty());
  }
}

TEST_CASE("a stall of the server is not counted to the grace") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable));
    lostAfter(world, 30s);
    world.runFor(10s);
    world.stall(300s);
    world.runFor(45s);
    CHECK(world.host.contacts.online(kJid));
    world.runFor(10s);
    CHECK_FALSE(world.host.contacts.online(kJid));
  }
}

TEST_CASE("new rules hold for those who are held already") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::keep));
    lostAfter(world, 30s);
    world.runFor(600s);
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::unavailable));
    world.runFor(2s);
    CHECK_FALSE(world.host.contacts.online(kJid));
  }
}

TEST_CASE("whom the rules hid is seen again where new rules keep the presence") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable));
    const SessionId id = lostAfter(world, 30s);
    world.runFor(61s);
    REQUIRE_FALSE(world.host.contacts.online(kJid));
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::keep));
    world.runFor(2s);
    CHECK(world.host.contacts.online(kJid));
    CHECK(world.host.contacts.all().back().status == "here");
    CHECK_FALSE(world.host.find(id)->shown.has_value());
    CHECK_FALSE(world.info(id).shown.has_value());
    CHECK(world.info(id).state == SessionState::held);
    CHECK(world.info(id).next == Next::nothing);
    world.runFor(600s);
    CHECK(world.host.count(Command::Kind::show_again) == 1);
    world.host.resume(id);
    CHECK(world.host.count(Command::Kind::show_again) == 1);
    world.host.close(id, Cause::connection_lost);
    world.host.run();
    CHECK(world.host.contacts.departuresOf(kJid) == 2);
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_CASE("a held session is shown as the new rules want it, whatever the old ones wanted") {
  for (const HeldPresence before : {HeldPresence::unavailable, HeldPresence::away, HeldPresence::keep})
    for (const HeldPresence then : {HeldPresence::unavailable, HeldPresence::away, HeldPresence::keep}) {
      World world(kEveryHost[1], shownAs(before));
      const SessionId id = lostAfter(world, 30s);
      world.runFor(100s);
      const std::size_t commands = world.host.commands.size();
      world.plugin.setPolicy(world.now(), shownAs(then));
      world.runFor(5s);
      CHECK(world.host.commands.size() == commands + (before == then ? 0 : 1));
      const auto& shown = world.host.find(id)->shown;
      CHECK(shown.has_value() == (then != HeldPresence::keep));
      if (shown) CHECK(shown->available == (then == HeldPresence::away));
      CHECK(world.host.contacts.online(kJid) == (then != HeldPresence::unavailable));
      world.host.close(id, Cause::connection_lost);
      world.host.run();
      CHECK_FALSE(world.host.contacts.online(kJid));
      CHECK(world.host.contacts.mistake() == "");
    }
}

TEST_CASE("a grace that new rules make longer or shorter counts from when the stream was lost") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable, 60s));
    lostAfter(world, 30s);
    world.runFor(100s);
    REQUIRE_FALSE(world.host.contacts.online(kJid));
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::unavailable, 200s));
    world.runFor(2s);
    CHECK(world.host.contacts.online(kJid));
    world.runFor(96s);
    CHECK(world.host.contacts.online(kJid));
    world.runFor(4s);
    CHECK_FALSE(world.host.contacts.online(kJid));
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::unavailable, 600s));
    world.runFor(10s);
    CHECK(world.host.contacts.online(kJid));
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::unavailable, 0s));
    world.runFor(1s);
    CHECK_FALSE(world.host.contacts.online(kJid));
  }
}

TEST_CASE("new rules show many held sessions again within the bound of commands") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable, 1s));
    for (int i = 0; i < 300; ++i) {
      const SessionId id = world.host.open("u" + std::to_string(i), "phone", true);
      world.host.present(id, available());
      world.host.lose(id);
    }
    world.runFor(5s);
    REQUIRE(world.host.contacts.onlineCount() == 0);
    world.plugin.setPolicy(world.now(), shownAs(HeldPresence::keep, 1s));
    world.runFor(2s);
    CHECK(world.host.contacts.onlineCount() == 300);
    CHECK(world.host.most_commands_in_a_tick <= kind.commands_per_tick);
  }
}

TEST_CASE("many held sessions are shown within the bound of commands") {
  EVERY_HOST(kind) {
    World world(kind, shownAs(HeldPresence::unavailable, 10s));
    for (int i = 0; i < 1000; ++i) {
      const SessionId id = world.host.open("u" + std::to_string(i), "phone", true);
      world.host.present(id, available());
      world.host.lose(id);
    }
    world.runFor(12s);
    CHECK(world.host.contacts.onlineCount() == 0);
    CHECK(world.host.most_commands_in_a_tick <= kind.commands_per_tick);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
