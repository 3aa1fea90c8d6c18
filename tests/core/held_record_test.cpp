// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is on record, and told to who asks, of a user some of whose sessions are held.
#include "core/nurse.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/held record");

namespace {

Policy shownAs(HeldPresence presence) {
  Policy policy;
  policy.held_presence = presence;
  return policy;
}

std::optional<LastSeen> onRecord(World& world) {
  std::optional<LastSeen> seen;
  world.plugin.findLastSeen(world.now(), kNurse, [&](std::optional<LastSeen> found) { seen = found; });
  world.runFor(1s);
  return seen;
}

}  // namespace

TEST_CASE("who logs out while another session is held and hidden is on record at once, with their words") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId laptop = openLaptop(world);
    world.runTo(100s);
    world.host.lose(phone);
    world.runTo(200s);
    CHECK(nurse(world).available == 1);
    CHECK(nurse(world).held == 1);
    CHECK(nurse(world).hidden == 1);
    CHECK(world.store.records.empty());
    world.host.present(laptop, unavailable("gone home", "<presence type='unavailable'/>"));
    const UtcTime said_at = world.now().utc;
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::logged_out);
    CHECK(world.store.records[0].resource == "laptop");
    CHECK(world.store.records[0].status == "gone home");
    CHECK(world.store.records[0].offline_presence == "<presence type='unavailable'/>");
    CHECK_ABOUT(world.store.records[0].last_heard, said_at);
    CHECK(world.store.online.empty());
    CHECK(world.plugin.stats(world.now()).users_available == 0);
    CHECK(nurse(world).available == 0);
    CHECK(nurse(world).hidden == 1);
    CHECK_FALSE(nurse(world).away);  // the record says all of it

    world.runTo(600s);
    world.host.close(phone, Cause::connection_lost);
    CHECK(world.store.records.size() == 1);
    const Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(stats.logouts[static_cast<std::size_t>(Cause::logged_out)] == 1);
    CHECK(stats.logouts[static_cast<std::size_t>(Cause::hold_expired)] == 0);
    REQUIRE(onRecord(world));
    CHECK(onRecord(world)->status == "gone home");
    CHECK_ABOUT(onRecord(world)->last_heard, said_at);
  }
}

TEST_CASE("a session that is resumed after the logout is on record is a new login, and a logout of its own") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId laptop = openLaptop(world);
    world.host.lose(phone);
    world.runTo(100s);
    world.host.present(laptop, unavailable("gone home"));
    world.runTo(200s);
    world.host.resume(phone);
    CHECK(nurse(world).available == 1);
    CHECK(nurse(world).held == 0);
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    REQUIRE(world.store.online.size() == 1);
    CHECK(world.store.online.begin()->second.resource == "phone");
    CHECK_ABOUT(world.store.online.begin()->second.available_since, world.now().utc);
    CHECK_ABOUT(world.store.online.begin()->second.last_heard, world.now().utc);
    world.runTo(300s);
    world.host.close(phone, Cause::kicked);
    REQUIRE(world.store.records.size() == 2);
    CHECK(world.store.records[1].cause == Cause::kicked);
    CHECK(world.store.records[1].status.empty());
    CHECK_ABOUT(world.store.records[1].last_heard, world.now().utc - 100s);
  }
}

TEST_CASE("what a crash leaves of a user whose logout is on record is that logout, whoever is held") {
  World world(kEveryHost[0]);
  const SessionId phone = openPhone(world);
  const SessionId laptop = openLaptop(world);
  world.host.lose(phone);
  world.runTo(100s);
  world.host.present(laptop, unavailable("gone home"));
  world.runTo(300s);
  CHECK(world.store.online.empty());
  world.store.logins_lost = true;  // they are told again, of those who are here
  world.runTo(310s);
  CHECK(world.store.online.empty());
  CHECK(world.store.mistake().empty());
}

TEST_CASE("whoever is held and seen as available keeps their user logged in, and the words of who went") {
  for (const HeldPresence presence : {HeldPresence::away, HeldPresence::keep}) {
    CAPTURE(static_cast<int>(presence));
    EVERY_HOST(kind) {
      World world(kind, shownAs(presence));
      const SessionId phone = openPhone(world);
      const SessionId laptop = openLaptop(world);
      world.host.lose(phone);
      world.runTo(100s);
      world.host.present(laptop, unavailable("gone home", "<presence/>"));
      const UtcTime said_at = world.now().utc;
      CHECK(world.store.records.empty());
      CHECK(nurse(world).available == 1);
      CHECK(nurse(world).held == 1);
      CHECK(nurse(world).hidden == 0);
      REQUIRE(nurse(world).presence);
      CHECK(nurse(world).presence->show == (presence == HeldPresence::away ? Show::xa : Show::online));
      CHECK(nurse(world).presence->status == "on the phone");
      world.runTo(600s);
      world.host.close(phone, Cause::connection_lost);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::hold_expired);
      CHECK(world.store.records[0].resource == "phone");
      CHECK(world.store.records[0].status == "gone home");
      CHECK(world.store.records[0].offline_presence == "<presence/>");
      CHECK_ABOUT(world.store.records[0].last_heard, said_at);
    }
  }
}

TEST_CASE("who went within the grace of another session is what contacts hear of after it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId laptop = openLaptop(world);
    world.runTo(50s);
    world.host.lose(phone);
    world.runTo(90s);
    world.host.present(laptop, unavailable("gone home", "<presence/>"));
    const UtcTime said_at = world.now().utc;
    CHECK(nurse(world).available == 1);
    world.runTo(120s);
    CHECK(world.store.records.empty());  // the phone may be back
    CHECK(nurse(world).available == 0);
    REQUIRE(nurse(world).away);
    CHECK(nurse(world).away->status == "gone home");
    CHECK(nurse(world).away->offline_presence == "<presence/>");
    CHECK(nurse(world).away->said_at == said_at);
    CHECK_ABOUT(nurse(world).away->last_heard, said_at);

    SUBCASE("the hold ends") {
      world.runTo(600s);
      world.host.close(phone, Cause::connection_lost);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::hold_expired);
      CHECK(world.store.records[0].status == "gone home");
      CHECK_ABOUT(world.store.records[0].last_heard, said_at);
    }
    SUBCASE("the phone is back: what was said is over") {
      world.host.resume(phone);
      CHECK(nurse(world).available == 1);
      CHECK_FALSE(nurse(world).away);
      world.runTo(610s);
      CHECK(world.store.online.size() == 1);
      world.host.close(phone, Cause::kicked);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].status.empty());
    }
  }
}

TEST_CASE("a session that goes without a word leaves the words of who went before, until somebody comes") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId laptop = openLaptop(world);
    const SessionId tablet = world.host.open("nurse", "tablet");
    world.host.present(tablet, available());
    world.runTo(10s);
    world.host.present(laptop, unavailable("gone home"));
    SUBCASE("nobody comes") {
      world.host.lose(tablet);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].resource == "tablet");
      CHECK(world.store.records[0].status == "gone home");
    }
    SUBCASE("the laptop is back") {
      world.host.present(laptop, available());
      world.host.lose(tablet);
      world.host.lose(laptop);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].status.empty());
    }
  }
}

TEST_CASE("two held sessions are one logout, when the last of the holds ends") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId tablet = world.host.open("nurse", "tablet", true);
    world.host.present(tablet, available());
    world.runTo(20s);
    world.host.hear(tablet);
    const UtcTime heard = world.now().utc;
    world.host.lose(phone);
    world.host.lose(tablet);
    world.runTo(100s);
    REQUIRE(nurse(world).away);
    CHECK_ABOUT(nurse(world).away->last_heard, heard);
    CHECK(nurse(world).hidden == 2);
    CHECK(world.store.online.size() == 1);
    world.host.close(tablet, Cause::connection_lost);
    CHECK(world.store.records.empty());
    world.runTo(200s);
    world.host.close(phone, Cause::connection_lost);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::hold_expired);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_CASE("who comes while another session is held and hidden is not logged out by the end of that hold") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    world.host.lose(phone);
    world.runTo(100s);
    const SessionId laptop = openLaptop(world);
    CHECK(nurse(world).available == 1);
    world.host.close(phone, Cause::connection_lost);
    CHECK(world.store.records.empty());
    CHECK(world.store.online.size() == 1);
    world.runTo(150s);
    world.host.present(laptop, unavailable("bye"));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].status == "bye");
  }
}

TEST_CASE("the server's end is one logout of whoever has a session that is held") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId laptop = openLaptop(world);
    world.host.lose(phone);
    world.runTo(100s);
    SUBCASE("and another one") {
      world.plugin.stop(world.now());
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].resource == "laptop");
    }
    SUBCASE("alone") {
      world.host.close(laptop, Cause::kicked);
      REQUIRE(world.store.records.size() == 1);
      world.plugin.stop(world.now());
      CHECK(world.store.records.size() == 1);
    }
  }
}

TEST_CASE("what is left of the sessions of a deleted account adds nothing, resumed or not") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openPhone(world);
    const SessionId laptop = openLaptop(world);
    world.host.lose(phone);
    world.runTo(100s);
    world.plugin.forgetUser(world.now(), kNurse);
    world.host.present(laptop, unavailable("gone home"));
    world.host.resume(phone);
    world.host.close(phone, Cause::kicked);
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).users_available == 0);
    const SessionId again = openLaptop(world);  // somebody else with the same name
    world.host.lose(again);
    CHECK(world.store.records.size() == 1);
  }
}

TEST_CASE("of several resources contacts see the one with the highest priority that is the most there") {
  World world(kEveryHost[0], shownAs(HeldPresence::away));
  const auto present = [&](const char* resource, Show show, std::int8_t priority, const char* status) {
    const SessionId id = world.host.open("nurse", resource, true);
    world.host.present(id, {true, show, priority, status, {}});
    return id;
  };
  CHECK_FALSE(nurse(world).presence);
  present("a", Show::dnd, 0, "busy");
  present("b", Show::xa, 0, "long gone");
  REQUIRE(nurse(world).presence);
  CHECK(nurse(world).presence->status == "long gone");
  const SessionId c = present("c", Show::chat, 0, "hello");
  present("d", Show::online, 0, "");
  CHECK(nurse(world).presence->status == "hello");
  world.host.lose(c);
  world.runFor(70s);
  CHECK(nurse(world).presence->show == Show::online);
  present("e", Show::dnd, 1, "never mind");
  CHECK(nurse(world).presence->status == "never mind");
  CHECK(nurse(world).presence->priority == 1);
  CHECK(nurse(world).available == 5);
  CHECK(nurse(world).held == 1);
}

TEST_CASE("there is one order of <show/>") {
  CHECK(rankOf(Show::chat) < rankOf(Show::online));
  CHECK(rankOf(Show::online) < rankOf(Show::away));
  CHECK(rankOf(Show::away) < rankOf(Show::xa));
  CHECK(rankOf(Show::xa) < rankOf(Show::dnd));
}

TEST_CASE("nobody knows a user of another domain, or one who is not here") {
  World world(kEveryHost[0]);
  openPhone(world);
  for (const char* jid : {"nurse@example.net", "nurse", "", "romeo@example.org", "nurse@example.org/phone"}) {
    CAPTURE(jid);
    const UserInfo info = world.plugin.user(world.now(), jid);
    CHECK(info.available + info.held == 0);
    CHECK_FALSE(info.presence);
    CHECK_FALSE(info.away);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
