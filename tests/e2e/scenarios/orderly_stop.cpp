// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <utility>

#include "e2e/crowd_stage.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

constexpr std::size_t kUsers = 10;

/// How often the log says that something went to the spool, and how often that it came from there.
std::pair<std::size_t, std::size_t> spoolLines(const CrowdStage& stage) {
  const auto log = stage.server.log();
  return {countOf("went to the spool file", log), countOf("was taken in", log)};
}

}  // namespace

TEST_SUITE("e2e/orderly_stop") {
  TEST_CASE("a server that is told to stop under load has everybody on record, to the last byte") {
    CrowdStage stage(kUsers);
    stage.gather();
    for (const std::size_t logins : {1, 5, 40}) {
      stage.await(logins);
      stage.stopServer();
      stage.judge();
      support::SqliteFile database(stage.file());
      CHECK(database.one("SELECT count(*) FROM online_users") == "0");
      CHECK(database.one("SELECT count(*) FROM runs") == "0");
      stage.server.start();
    }
    stage.goHome();
    stage.stopServer();
    stage.judge();
    CHECK(stage.ledger.count(stage.records()).open > 5);
    CHECK_FALSE(std::filesystem::exists(stage.spool()));
    for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  TEST_CASE("what a database that is away at the stop could not be told is there after the next start") {
    support::PostgresqlServer postgresql;
    const auto database = postgresql.makeDatabase();
    CrowdStage stage(kUsers, postgresql, database);
    stage.server.expectError("liveness\terror\tstore postgresql");
    stage.gather();
    stage.await(20);
    REQUIRE(eventually(kPatience, [&] { return !stage.records().logouts.empty(); }));
    stage.slowDown();
    postgresql.stop();
    stage.await(20);
    const auto began = SteadyClock::now();
    stage.stopServer();
    CHECK(SteadyClock::now() - began < kPatience);
    CHECK(std::filesystem::exists(stage.spool()));
    CHECK(spoolLines(stage) == std::make_pair(std::size_t{1}, std::size_t{0}));

    SUBCASE("which finds the database") {
      postgresql.start();
      stage.server.start();
    }
    SUBCASE("which finds the database later, with users who are back before it") {
      stage.crowd().comeAtMost(7);
      stage.server.start();
      stage.await(kUsers);
      CHECK(std::filesystem::exists(stage.spool()));
      postgresql.start();
    }
    CHECK(eventually(kPatience, [&] { return !std::filesystem::exists(stage.spool()); }));
    CHECK(eventually(kPatience, [&] { return spoolLines(stage).second == 1; }));
    stage.judge();
    stage.goHome();
    stage.stopServer();
    stage.judge();
    CHECK(stage.ledger.count(stage.records()).open > 0);
    for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  TEST_CASE("a server that is killed while the spool of its stop waits loses none of it") {
    support::PostgresqlServer postgresql;
    const auto database = postgresql.makeDatabase();
    CrowdStage stage(kUsers, postgresql, database);
    stage.server.expectError("liveness\terror\tstore postgresql");
    stage.gather();
    stage.await(20);
    REQUIRE(eventually(kPatience, [&] { return !stage.records().logouts.empty(); }));
    stage.slowDown();
    postgresql.stop();
    stage.await(10);
    stage.crowd().goHome();  // the next lives have nobody
    stage.stopServer();
    REQUIRE(std::filesystem::exists(stage.spool()));

    for (int kills = 1; kills <= 4; ++kills) {
      stage.server.launch();
      if (kills > 1) stage.server.waitUntilReady();
      if (kills == 3) postgresql.start();  // the next kill may strike while it is taken in
      stage.server.kill();
    }
    stage.server.start();
    CHECK(eventually(kPatience, [&] { return !std::filesystem::exists(stage.spool()); }));
    CHECK(stage.ledger.missing(stage.records()) == 0);
    stage.judge();
    for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }
}

}  // namespace liveness::e2e
