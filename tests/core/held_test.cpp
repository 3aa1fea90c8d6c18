// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/held");

namespace {
constexpr const char* kJid = "nurse@example.org/phone";
}  // namespace

TEST_CASE("a resumable client that times out only loses its connection: held, and nothing on record") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(361s);
    CHECK(world.closingsOf(id).size() == 1);
    REQUIRE(world.host.find(id) != nullptr);
    CHECK(world.host.find(id)->held);
    CHECK(world.info(id).state == SessionState::held);
    CHECK(world.info(id).presence.has_value());
    CHECK(world.store.records.empty());
    const Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(stats.sessions[2] == 1);
    CHECK(stats.users_available == 1);
    world.runFor(3600s);
    CHECK(world.store.records.empty());
    CHECK(world.host.contacts.departuresOf(kJid) == 1);  // seen, and not on record
  }
}

TEST_CASE("a hold that runs out is on record as such, with the time last heard before the loss") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(50s);
    world.host.hear(id);
    const UtcTime heard = world.now().utc;
    world.runTo(410s + 1s);
    REQUIRE(world.host.find(id)->held);
    world.runFor(600s);
    world.host.close(id, Cause::hold_expired);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::hold_expired);
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
    CHECK(world.store.records[0].logged_out_at == world.now().utc);
    CHECK(world.host.contacts.departuresOf(kJid) == 1);
    CHECK(world.plugin.sessions(world.now()).empty());
  }
}

TEST_CASE("a lost network that comes back in time is nothing to anybody") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(100s);
    world.host.lose(id);
    CHECK(world.info(id).state == SessionState::held);
    world.runTo(159s);
    world.host.resume(id);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).silence <= 63ms);
    CHECK(world.info(id).full_jid == kJid);
    CHECK(world.store.records.empty());
    CHECK(world.host.contacts.departuresOf(kJid) == 0);
    CHECK(world.host.commands.empty());
  }
}

TEST_CASE("a held session is neither probed nor timed out, however long it is held") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    const SessionId id = openResumable(world);
    world.runTo(10s);
    world.host.lose(id);
    world.runTo(72h);
    CHECK(world.host.count(Command::Kind::probe) == 0);
    CHECK(world.host.count(Command::Kind::close) == 0);
    CHECK(world.info(id).state == SessionState::held);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("a resumed client that falls silent again is probed and dropped again") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(1000s);
    world.host.resume(id);
    world.runTo(1000s + 400s);
    const auto probes = world.probesTo(id);
    REQUIRE(probes.size() == 4);
    CHECK_ABOUT(probes[2], 1180s);
    CHECK_ABOUT(probes[3], 1270s);
    REQUIRE(world.closingsOf(id).size() == 2);
    CHECK_ABOUT(world.closingsOf(id)[1], 1360s);
    CHECK(world.info(id).state == SessionState::held);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("what is heard of the old stream counts no more after a hold or a resumption") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    const Heard old = world.plugin.heard(id);
    world.runTo(100s);
    world.host.lose(id);
    world.runTo(200s);
    old.at(world.now().monotonic);
    CHECK(world.info(id).state == SessionState::held);
    CHECK_ABOUT(world.info(id).silence, 200s);
    world.runTo(300s);
    world.host.resume(id);
    world.runTo(400s);
    old.at(world.now().monotonic);
    CHECK_ABOUT(world.info(id).silence, 100s);
    world.host.hear(id);
    CHECK(world.info(id).silence <= 63ms);
  }
}

TEST_CASE("a session resumed from under a stream that still stood goes on as reachable") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    const Heard old = world.plugin.heard(id);
    world.runTo(200s);
    CHECK(world.info(id).state == SessionState::suspect);
    world.host.resume(id);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).probes_unanswered == 0);
    world.runTo(250s);
    old.at(world.now().monotonic);
    CHECK_ABOUT(world.info(id).silence, 50s);
    world.runTo(200s + 361s);
    CHECK(world.info(id).state == SessionState::held);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("a held session that is kicked, replaced or caught by the end has that on record") {
  for (const Cause cause : {Cause::kicked, Cause::replaced, Cause::server_stopped}) {
    CAPTURE(toString(cause));
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = openResumable(world);
      world.runTo(100s);
      world.host.lose(id);
      world.runTo(150s);
      world.host.close(id, cause);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == cause);
      CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - 150s);
    }
  }
}

TEST_CASE("a session that we dropped and that came back is lost for a reason of its own later") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(400s);
    REQUIRE(world.closingsOf(id).size() == 1);
    world.host.resume(id);
    world.runTo(420s);
    world.host.close(id, Cause::connection_lost);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::connection_lost);
  }
}

TEST_CASE("a session that was dropped is not ended by the wait for hosts that never confirm") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(361s);
    REQUIRE(world.info(id).state == SessionState::held);
    world.runTo(380s);
    world.host.resume(id);
    world.runTo(400s);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("a host that says twice that a session is held has said nothing new") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = openResumable(world);
    world.runTo(361s);
    REQUIRE(world.info(id).state == SessionState::held);
    const std::size_t events = world.plugin.timeline(world.now(), id).size();
    world.runTo(400s);
    world.host.onStreamHeld(world.now(), id, StreamHeld{});
    CHECK(world.plugin.stats(world.now()).holds == 1);
    CHECK(world.info(id).held_because == Cause::timed_out);
    CHECK(world.info(id).state_since <= world.now().utc - 39s);
    CHECK(world.plugin.timeline(world.now(), id).size() == events);
    world.runTo(422s);  // the grace counts from the first time
    CHECK_FALSE(world.host.contacts.online(kJid));
  }
}

TEST_CASE("a held session that never was available ends without a record") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse");
    world.host.enableResumption(id);
    world.runTo(400s);
    CHECK(world.info(id).state == SessionState::held);
    world.host.close(id, Cause::hold_expired);
    CHECK(world.store.records.empty());
    CHECK(world.host.count(Command::Kind::broadcast) == 0);
    CHECK(world.plugin.sessions(world.now()).empty());
  }
}

TEST_CASE("a held session's user is online by another resource, and last heard by it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = openResumable(world);
    const SessionId laptop = world.host.open("nurse", "laptop");
    world.host.present(laptop, available());
    world.runTo(50s);
    world.host.lose(phone);
    world.runTo(100s);
    world.host.hear(laptop);
    const UtcTime heard = world.now().utc;
    world.host.lose(laptop);
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    world.runTo(500s);
    world.host.close(phone, Cause::hold_expired);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].resource == "phone");
    CHECK_ABOUT(world.store.records[0].last_heard, heard);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
