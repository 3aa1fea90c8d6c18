// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/broken connection");

TEST_CASE("a stream that ends without a word is one logout on record, with the host's reason") {
  for (const Cause cause : {Cause::connection_lost, Cause::replaced, Cause::kicked, Cause::server_stopped}) {
    CAPTURE(toString(cause));
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("juliet", "balcony");
      world.host.present(id, available());
      world.runFor(30s);
      world.host.hear(id);
      const UtcTime heard = world.now().utc;
      world.runFor(40s);
      world.host.close(id, cause);

      REQUIRE(world.store.records.size() == 1);
      const LastSeen& record = world.store.records[0];
      CHECK(record.bare_jid == "juliet@example.org");
      CHECK(record.resource == "balcony");
      CHECK(record.cause == cause);
      CHECK(record.offline_presence.empty());
      CHECK_ABOUT(record.last_heard, heard);
      CHECK(record.logged_out_at == world.now().utc);
      const Plugin::Stats stats = world.plugin.stats(world.now());
      CHECK(stats.logouts[static_cast<std::size_t>(cause)] == 1);
      CHECK(stats.users_available == 0);
      CHECK(world.plugin.sessions(world.now()).empty());
      CHECK_FALSE(world.plugin.session(world.now(), "juliet@example.org/balcony").has_value());
    }
  }
}

TEST_CASE("contacts see exactly one unavailable presence of a lost client, whoever sends it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("juliet", "balcony");
    world.host.present(id, available());
    world.host.lose(id);
    world.runFor(1000s);
    CHECK(world.host.contacts.departuresOf("juliet@example.org/balcony") == 1);
    CHECK(world.host.contacts.mistake() == "");
    CHECK(world.host.count(Command::Kind::broadcast) == (kind.broadcasts_when_stream_closes ? 0 : 1));
    for (const Command& command : world.host.commands) {
      CHECK(command.full_jid == "juliet@example.org/balcony");
      CHECK_FALSE(command.presence.available);
    }
  }
}

TEST_CASE("contacts see nothing of a lost client that never was available") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("juliet");
    world.host.lose(id);
    CHECK(world.host.contacts.all().empty());
    CHECK(world.host.commands.empty());
  }
}

TEST_CASE("a client that came back is a new session, and its old one's record stays") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId first = world.host.open("juliet");
    world.host.present(first, available());
    world.host.lose(first);
    world.runFor(10s);
    const SessionId second = world.host.open("juliet");
    world.host.present(second, available());
    CHECK(first != second);
    CHECK(world.store.records.size() == 1);
    CHECK(world.plugin.stats(world.now()).users_available == 1);
    CHECK(world.host.contacts.online("juliet@example.org/phone"));
  }
}

TEST_CASE("a resource conflict is one logout, as replaced, and the new session is well") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId first = world.host.open("juliet");
    world.host.present(first, available());
    world.runFor(5s);
    const SessionId second = world.host.open("juliet");
    world.host.present(second, available());
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::replaced);
    world.runFor(5s);
    CHECK(world.info(second).state == SessionState::reachable);
    CHECK(world.info(second).full_jid == "juliet@example.org/phone");
    CHECK(world.host.contacts.online("juliet@example.org/phone"));
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
