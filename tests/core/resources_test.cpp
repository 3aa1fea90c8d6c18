// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/resources");

TEST_CASE("a user with two resources is logged out on record when the last of them goes") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("capulet", "phone");
    const SessionId laptop = world.host.open("capulet", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    world.runTo(10s);
    world.host.present(phone, unavailable("off the phone"));
    CHECK(world.store.records.empty());
    CHECK(world.host.contacts.departuresOf("capulet@example.org/phone") == 1);
    world.runTo(20s);
    world.host.present(laptop, unavailable("good bye"));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "laptop");
    CHECK(world.store.records[0].status == "good bye");
    CHECK(world.store.records[0].logged_out_at == world.now().utc);
  }
}

TEST_CASE("last heard is the latest byte of all resources, not of the one that went last") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("capulet", "phone");
    const SessionId laptop = world.host.open("capulet", "laptop");
    world.host.present(phone, available());
    world.host.present(laptop, available());
    world.runTo(120s);
    world.host.hear(phone);
    const UtcTime heard = world.now().utc;
    world.host.lose(phone);
    world.runTo(200s);
    world.host.lose(laptop);  // not heard since the beginning
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "laptop");
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_CASE("last heard starts anew with each time online") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId laptop = world.host.open("capulet", "laptop");
    world.runTo(100s);
    const SessionId phone = world.host.open("capulet", "phone");
    world.host.present(phone, available());
    world.runTo(110s);
    world.host.present(phone, unavailable());
    REQUIRE(world.store.records.size() == 1);
    // The laptop, silent since the beginning, now becomes available without being heard: a host's own doing.
    world.host.presentUnheard(laptop, available());
    world.runTo(120s);
    world.host.lose(laptop);
    REQUIRE(world.store.records.size() == 2);
    CHECK_ABOUT(world.store.records[1].last_heard, world.now().utc - 120s);
  }
}

TEST_CASE("a resource that is connected but not available does not keep its user online") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("capulet", "phone");
    world.host.open("capulet", "watch");
    world.host.present(phone, available());
    world.runTo(10s);
    world.host.lose(phone);
    CHECK(world.store.records.size() == 1);
    CHECK(world.plugin.stats(world.now()).users_available == 0);
    CHECK(world.plugin.sessions(world.now()).size() == 1);
  }
}

TEST_CASE("the laptop of one user says nothing about another") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId a = world.host.open("capulet", "phone");
    const SessionId b = world.host.open("montague", "phone");
    world.host.present(a, available());
    world.host.present(b, available());
    world.runTo(10s);
    world.host.lose(a);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].bare_jid == "capulet@example.org");
    CHECK(world.plugin.stats(world.now()).users_available == 1);
  }
}

TEST_CASE("two resources that time out together are one logout") {
  EVERY_HOST(kind) {
    World world(kind);
    world.host.present(world.host.open("capulet", "phone"), available());
    world.host.present(world.host.open("capulet", "laptop"), available());
    world.runFor(400s);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::timed_out);
    CHECK(world.host.contacts.onlineCount() == 0);
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_CASE("two hundred resources of one user come and go, and the last one is the logout") {
  EVERY_HOST(kind) {
    World world(kind);
    std::vector<SessionId> ids;
    for (int i = 0; i < 200; ++i) {
      ids.push_back(world.host.open("capulet", "r" + std::to_string(i)));
      world.host.present(ids.back(), available());
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      CHECK(world.store.records.empty());
      world.host.lose(ids[(i * 77) % ids.size()]);
    }
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "r" + std::to_string((199 * 77) % 200));
    CHECK(world.plugin.stats(world.now()).users_available == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
