// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// As crash.cpp, with the records in PostgreSQL, which is itself not always well when the server dies.
#include <csignal>
#include <random>

#include "e2e/crowd_stage.h"

namespace liveness::e2e {
namespace {

constexpr std::size_t kUsers = 8;
constexpr milliseconds kWindow{800};  // a server and a database share the machine
constexpr milliseconds kSpooled{
    3000};  // each thing is flushed to the same disk as all else, one after the other
constexpr seconds kCheckpointInterval{1};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    stage.server.expectError("liveness\terror\tstore postgresql");
    stage.gather();
    begin();
  }

  void letLive(int low, int high) {
    std::this_thread::sleep_for(milliseconds{std::uniform_int_distribution<int>(low, high)(random_)});
  }

  void kill(milliseconds window = kWindow) { stage.killServer(window, kCheckpointInterval); }

  /// The server is back, has put everybody on record, and the crowd goes on.
  void back() {
    stage.server.start();
    begin();
    stage.judge();
  }

  /// Everything that follows is certain again.
  void begin() {
    REQUIRE(eventually(kPatience, [&] {
      support::PostgresqlClient client(postgresql.superuser(database));
      if (client.ask("SELECT to_regclass('liveness.runs')").empty()) return false;
      const auto runs = client.rows("SELECT run FROM runs UNION SELECT run FROM online_users");
      if (runs.size() != 1 || runs.front().front() == run_) return false;
      run_ = runs.front().front();
      return true;
    }));
  }

  void finish() {
    stage.goHome();
    stage.stopServer();
    stage.judge();
    CHECK(stage.ledger.count(stage.records()).open > 0);
    for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  support::PostgresqlServer postgresql;
  std::string database = postgresql.makeDatabase();
  CrowdStage stage{kUsers, postgresql, database, "liveness_checkpoint_interval = 1"};

 private:
  std::mt19937 random_;
  std::string run_;
};

}  // namespace

TEST_SUITE("e2e/crash_postgresql") {
  TEST_CASE("a server that is killed at any moment has everybody on record when it is back") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    World world(seed);
    for (int kills = 0; kills < 8; ++kills) {
      CAPTURE(kills);
      world.letLive(50, kills % 4 == 0 ? 3000 : 1200);
      world.kill();
      world.back();
    }
    world.finish();
  }

  TEST_CASE("a machine that dies with the server and its database on it has everybody on record") {
    World world(std::random_device{}());
    for (int kills = 0; kills < 3; ++kills) {
      CAPTURE(kills);
      world.letLive(300, 1500);
      world.kill();
      world.postgresql.kill();
      world.postgresql.start();
      world.back();
    }
    world.finish();
  }

  TEST_CASE("a server that is killed while its database is away loses no more than one whose is there") {
    World world(std::random_device{}());
    world.stage.slowDown();
    world.stage.crowd().comeAtMost(7);  // from now on: it may have taken its time
    world.postgresql.stop();
    world.stage.await(2 * kUsers);
    SUBCASE("among its users") {
      for (int kills = 0; kills < 3; ++kills) {
        world.letLive(300, 1500);
        world.kill(kSpooled);
        if (kills == 2) break;
        world.stage.crowd().comeAtMost(7);  // of each life nine are kept
        world.stage.server.start();         // the spool of before waits, and gets more
        world.stage.await(kUsers);
      }
    }
    SUBCASE("at its stop, while it waits for the database or writes the spool file") {
      const auto told_at = utcNow();
      ::kill(world.stage.server.pid(), SIGTERM);
      world.letLive(0, 2600);
      world.stage.killServer(kSpooled, kCheckpointInterval, "", told_at);
    }
    CHECK(std::filesystem::exists(world.stage.spool()));
    world.postgresql.start();
    world.back();
    CHECK_FALSE(std::filesystem::exists(world.stage.spool()));
    world.finish();
  }
}

}  // namespace liveness::e2e
