// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A real PgBouncer between the store and its PostgreSQL.
#include <doctest/doctest.h>

#include "store/connection_string.h"
#include "store/postgresql_errors.h"
#include "store_world.h"
#include "support/pgbouncer.h"
#include "support/postgresql_client.h"

namespace liveness::store {

namespace {

using support::PgBouncer;
using support::PostgresqlClient;
using support::sharedPostgresql;

struct Pooled {
  explicit Pooled(const std::vector<std::string>& settings) : pooler(sharedPostgresql(), settings) {}

  /// As many of PostgreSQL's processes as there are clients at once are left in the pool.
  void fillPool(int clients) const {
    std::vector<std::unique_ptr<PostgresqlClient>> all;
    for (int n = 0; n < clients; ++n) {
      all.push_back(std::make_unique<PostgresqlClient>(pooler.uri(name)));
      all.back()->execute("BEGIN");
    }
    for (const auto& client : all) client->execute("COMMIT");
  }

  std::string tables() { return superuser.ask("SELECT count(*) FROM pg_class WHERE relname = 'last_seen'"); }

  std::string name = sharedPostgresql().makeDatabase();
  PostgresqlClient superuser{sharedPostgresql().superuser(name)};
  PgBouncer pooler;
  std::unique_ptr<Database> database = databaseFor(pooler.uri(name));
};

}  // namespace

TEST_SUITE("store/postgresql_pooler") {
  TEST_CASE("a pooler that does not keep sessions is refused before anything is made") {
    std::vector<std::string> settings = {"pool_mode = transaction"};
    int others = 0;
    SUBCASE("of transactions") {}
    SUBCASE("of transactions, with one session for all") {
      settings.emplace_back("default_pool_size = 1");
    }
    SUBCASE("of transactions, which has several") {
      others = 5;
    }
    SUBCASE("of transactions, which gives out several in turn") {
      settings.emplace_back("server_round_robin = 1");
      others = 5;
    }
    SUBCASE("of statements") {
      settings = {"pool_mode = statement"};
    }
    Pooled pooled(settings);
    if (others > 0) pooled.fillPool(others);
    for (const bool to_read : {false, true}) {
      CAPTURE(to_read);
      try {
        to_read ? pooled.database->openToRead() : pooled.database->open();
        FAIL("it is taken");
      } catch (const DatabaseError& e) {
        CHECK((e.kind == DatabaseError::Kind::unfit));
        CHECK(std::string(e.what()).find(
                  "set pool_mode = session for this database in PgBouncer, or connect to "
                  "PostgreSQL itself") != std::string::npos);
      }
    }
    CHECK(pooled.tables() == "0");
  }

  TEST_CASE("what such a pooler is refused for is a line of the log, and records wait") {
    Pooled pooled({"pool_mode = transaction"});
    const auto store = openStore(pooled.pooler.uri(pooled.name));
    Log log(*store);
    store->start();
    store->recordLogout(nextLogin(), logout("a@x"));
    CHECK(tickUntil(*store, [&] { return log.has("error: store postgresql://liveness@127.0.0.1:"); }));
    CHECK(log.has("a pooler in front of it gives our session to others between transactions"));
    CHECK(store->stats().records_waiting == 1);
    store->stop();
    CHECK(pooled.tables() == "0");
  }

  TEST_CASE("a pooler that keeps sessions does no harm") {
    Pooled pooled({"pool_mode = session"});
    const auto store = openStore(pooled.pooler.uri(pooled.name));
    Log log(*store);
    store->start();
    store->recordLogout(nextLogin(), logout("a@x"));
    CHECK(lookUp(*store, "a@x").has_value());
    store->stop();
    CHECK(log.lines().empty());
    CHECK(pooled.tables() == "1");
  }

  TEST_CASE("a pooler that keeps sessions and has only one of them is enough to write") {
    Pooled pooled({"pool_mode = session", "default_pool_size = 1"});
    pooled.database->open();
    CHECK(pooled.database->beginRun({1, "node", "x", 0, {}}, UtcTime{}) == 1);
  }

  TEST_CASE("one that begins to give sessions away later is found out by what is missing then") {
    for (const char* state : {"26000", "42P05"}) {
      CAPTURE(state);
      const DatabaseError error = describeState(state, "prepared statement \"soci_1\" does not exist");
      CHECK((error.kind == DatabaseError::Kind::unfit));
      CHECK(std::string(error.what()).find("pool_mode = session") != std::string::npos);
    }
  }
}

}  // namespace liveness::store
