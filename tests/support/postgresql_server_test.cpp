// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/postgresql_server.h"

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>

#include "support/postgresql_client.h"

namespace liveness::support {

TEST_SUITE("support/postgresql") {
  TEST_CASE("a server of the test's own keeps what was committed through a stop and through a crash") {
    PostgresqlServer server;
    const std::string database = server.makeDatabase();
    PostgresqlClient(server.uri(database)).execute("CREATE SCHEMA liveness; CREATE TABLE t (x int)");
    SUBCASE("a stop") {
      server.stop();
    }
    SUBCASE("a crash") {
      server.kill();
    }
    CHECK_FALSE(server.running());
    CHECK_THROWS_AS(PostgresqlClient{server.uri(database)}, std::runtime_error);
    server.start();
    CHECK(PostgresqlClient(server.uri(database)).ask("SELECT count(*) FROM t") == "0");
  }

  TEST_CASE("it takes the password that it was told, and no other") {
    auto& server = sharedPostgresql();
    const std::string database = server.makeDatabase();
    CHECK(PostgresqlClient(server.uri(database)).ask("SELECT current_user") == "liveness");
    CHECK_THROWS_AS(PostgresqlClient{server.uri(database, "wrong")}, std::runtime_error);
  }

  TEST_CASE("it flushes to the disk, as an operator's does") {
    PostgresqlClient client(sharedPostgresql().superuser("postgres"));
    CHECK(client.ask("SHOW fsync") == "on");
    CHECK(client.ask("SHOW synchronous_commit") == "on");
  }

  TEST_CASE("one that is paused makes no connections, and goes on where it was") {
    PostgresqlServer server;
    const std::string database = server.makeDatabase();
    PostgresqlClient before(server.uri(database));
    server.pause();
    CHECK_THROWS_AS(PostgresqlClient{server.uri(database) + "?connect_timeout=2"}, std::runtime_error);
    server.resume();
    CHECK(before.ask("SELECT 1") == "1");
  }

  TEST_CASE("databases are different from each other") {
    auto& server = sharedPostgresql();
    CHECK(server.makeDatabase() != server.makeDatabase());
  }
}

}  // namespace liveness::support
