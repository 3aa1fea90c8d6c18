// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/normal logout");

TEST_CASE("a client that says it goes is on record once, with its words") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo", "orchard");
    world.host.present(id, available("here"));
    world.runFor(100s);
    const std::string xml = "<presence type='unavailable'><status>good night</status></presence>";
    world.host.present(id, unavailable("good night", xml));

    REQUIRE(world.store.records.size() == 1);
    const LastSeen& record = world.store.records[0];
    CHECK(record.bare_jid == "romeo@example.org");
    CHECK(record.resource == "orchard");
    CHECK(record.cause == Cause::logged_out);
    CHECK(record.status == "good night");
    CHECK(record.offline_presence == xml);
    CHECK(record.logged_out_at == world.now().utc);
    CHECK_ABOUT(record.last_heard, world.now().utc);
    CHECK(record.last_heard <= record.logged_out_at);
    CHECK(world.host.contacts.departuresOf("romeo@example.org/orchard") == 1);
  }
}

TEST_CASE("a presence without a word is on record all the same, and nothing of it is kept") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available("available words are not parting words"));
    world.host.present(id, unavailable());
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].status.empty());
    CHECK(world.store.records[0].offline_presence.empty());
  }
}

TEST_CASE("a kept presence without a status is kept") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    const std::string xml = "<presence type='unavailable'><x xmlns='urn:example'/></presence>";
    world.host.present(id, unavailable({}, xml));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].offline_presence == xml);
  }
}

TEST_CASE("a second unavailable presence is nothing") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable("first"));
    world.runFor(3s);
    world.host.present(id, unavailable("second"));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].status == "first");
  }
}

TEST_CASE("the close of a stream after its client has logged out adds nothing") {
  for (const Cause cause : {Cause::connection_lost, Cause::replaced, Cause::kicked, Cause::server_stopped}) {
    CAPTURE(toString(cause));
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("romeo");
      world.host.present(id, available());
      world.host.present(id, unavailable());
      world.runFor(2s);
      world.host.close(id, cause);
      world.runFor(1000s);
      CHECK(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::logged_out);
      CHECK(world.host.contacts.departuresOf("romeo@example.org/phone") == 1);
      CHECK(world.plugin.sessions(world.now()).empty());
    }
  }
}

TEST_CASE("available again on the same stream is a new login, with a logout of its own") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable("lunch", "<presence/>"));
    world.runFor(20s);
    world.host.present(id, available());
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    world.runFor(20s);
    world.host.lose(id);
    REQUIRE(world.store.records.size() == 2);
    CHECK(world.store.records[0].cause == Cause::logged_out);
    CHECK(world.store.records[1].cause == Cause::connection_lost);
    CHECK(world.store.records[1].offline_presence.empty());
    CHECK(world.host.contacts.mistake() == "");
    CHECK(world.host.contacts.departuresOf("romeo@example.org/phone") == 2);
  }
}

TEST_CASE("a changed presence is neither a login nor a logout") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, available("brb", Show::away));
    world.host.present(id, available("back", Show::chat));
    CHECK(world.store.records.empty());
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    const SessionInfo info = world.info(id);
    REQUIRE(info.presence.has_value());
    CHECK(info.presence->show == Show::chat);
    CHECK(info.presence->status == "back");
    world.host.present(id, unavailable());
    CHECK(world.store.records.size() == 1);
  }
}

TEST_CASE("a session that never was available leaves no record, whatever ends it") {
  for (const Cause cause : {Cause::logged_out, Cause::connection_lost, Cause::replaced, Cause::kicked,
                            Cause::hold_expired, Cause::server_stopped}) {
    CAPTURE(toString(cause));
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("romeo");
      world.runFor(5s);
      world.host.present(id, unavailable("never was here"));
      world.host.close(id, cause);
      world.plugin.stop(world.now());
      CHECK(world.store.records.empty());
      CHECK(world.host.count(Command::Kind::broadcast) == 0);
    }
  }
}

TEST_CASE("the plugin broadcasts nothing for a client that spoke for itself") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable("bye"));
    world.host.close(id, Cause::logged_out);
    world.runFor(20s);
    CHECK(world.host.count(Command::Kind::broadcast) == 0);
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_CASE("a client that has logged out is still connected, without a presence") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable());
    const SessionInfo info = world.info(id);
    CHECK(info.state == SessionState::reachable);
    CHECK_FALSE(info.presence.has_value());
    CHECK(world.plugin.stats(world.now()).users_available == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
