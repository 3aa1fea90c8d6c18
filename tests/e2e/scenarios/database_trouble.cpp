// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// PostgreSQL in trouble, a server under load: it serves on, says so once, and has everything on record later.
#include "e2e/crowd_stage.h"

namespace liveness::e2e {
namespace {

using support::PostgresqlClient;
using support::PostgresqlServer;

constexpr std::size_t kUsers = 8;

/// A message there and one back, on a machine that is busy. What waits for a database waits for seconds.
constexpr milliseconds kStillServed{3000};

/// A server whose database will be in trouble, with a crowd and a conversation on it.
struct World {
  World() {
    stage.server.expectError("liveness\terror\tstore postgresql");
    stage.gather();
    stage.await(kUsers);
    REQUIRE(eventually(kPatience, [&] { return !stage.records().logouts.empty(); }));  // the store is at work
    stage.slowDown();
  }

  /// The trouble lasts for so many more logins, through which messages go.
  void lastsFor(std::size_t logins) {
    talk.report();
    stage.await(logins);
    const auto report = talk.report();
    CHECK(report.round_trips > 10);
    CHECK(report.longest < kStillServed);
  }

  /// Everybody's record arrives, and the log has one line for the trouble's begin and one for its end.
  void settle() {
    stage.goHome();
    CHECK(eventually(kPatience, [&] { return stage.storeLines().size() >= 2; }));
    const auto lines = stage.storeLines();
    for (const auto& line : lines) CAPTURE(line);
    REQUIRE(lines.size() == 2);
    CHECK(stage.storeLines().back().find("works again") != std::string::npos);
    stage.stopServer();
    stage.judge();
    for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  PostgresqlServer postgresql;
  std::string database = postgresql.makeDatabase();
  CrowdStage stage{kUsers, postgresql, database};
  Conversation talk{stage.server.c2s(), "talker1", "talker2"};
};

}  // namespace

TEST_SUITE("e2e/database_trouble") {
  TEST_CASE("a PostgreSQL that is stopped and started again under load costs no record") {
    World world;
    world.postgresql.stop();
    world.lastsFor(3 * kUsers);
    world.postgresql.start();
    world.settle();
  }

  TEST_CASE("a PostgreSQL that crashes under load costs no record") {
    World world;
    world.postgresql.kill();
    world.lastsFor(kUsers);
    world.postgresql.start();
    world.settle();
  }

  TEST_CASE("a PostgreSQL that stands still holds nobody up, and costs no record") {
    World world;
    world.postgresql.pause();
    world.lastsFor(3 * kUsers);
    world.postgresql.resume();
    world.stage.goHome();
    CHECK(world.stage.storeLines().size() % 2 == 0);  // it may have been short enough to be no trouble at all
    world.stage.stopServer();
    world.stage.judge();
  }

  TEST_CASE("a server stops in time while PostgreSQL stands still, and loses nothing") {
    World world;
    world.postgresql.pause();
    world.lastsFor(kUsers);
    const auto began = SteadyClock::now();
    world.stage.stopServer();
    CHECK(SteadyClock::now() - began < kPatience);
    world.postgresql.resume();
    world.stage.server.start();
    CHECK(eventually(kPatience, [&] { return !std::filesystem::exists(world.stage.spool()); }));
    world.stage.goHome();
    world.stage.stopServer();
    world.stage.judge();
  }

  TEST_CASE("a PostgreSQL that refuses the password is told of once, and used when it takes it") {
    PostgresqlServer postgresql;
    const auto database = postgresql.makeDatabase();
    PostgresqlClient superuser(postgresql.superuser("postgres"));
    superuser.execute("ALTER ROLE liveness PASSWORD 'another'");
    CrowdStage stage(kUsers, postgresql, database);
    stage.server.expectError("liveness\terror\tstore postgresql");
    stage.gather();
    stage.crowd().comeAtMost(7);
    stage.await(2 * kUsers);
    REQUIRE(eventually(kPatience, [&] { return stage.storeLines().size() == 1; }));
    CHECK(stage.storeLines().front().find("password") != std::string::npos);
    CHECK(stage.server.log().find("sesame") == std::string::npos);
    superuser.execute("ALTER ROLE liveness PASSWORD 'sesame!'");
    REQUIRE(eventually(70s, [&] { return stage.storeLines().size() == 2; }));
    CHECK(stage.storeLines().back().find("works again") != std::string::npos);
    stage.goHome();
    stage.stopServer();
    stage.judge();
  }
}

}  // namespace liveness::e2e
