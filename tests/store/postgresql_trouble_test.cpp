// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "store/connection_string.h"
#include "store/history_purge.h"
#include "store_world.h"
#include "support/eventually.h"
#include "support/postgresql_client.h"
#include "support/postgresql_server.h"

namespace liveness::store {

namespace {

using std::chrono::seconds;
using support::PostgresqlClient;
using support::PostgresqlServer;
using support::sharedPostgresql;

/// A database of the shared server's, and its superuser.
struct Shared {
  std::string name = sharedPostgresql().makeDatabase();
  PostgresqlClient superuser{sharedPostgresql().superuser(name)};
  std::unique_ptr<Database> database = databaseFor(sharedPostgresql().uri(name));
  Run run{1, "node", "x", 0, {}};

  void open() {
    database->open();
    run.beats = database->beginRun(run, UtcTime{});
  }
  void write() { run.beats = database->write(run, Batch{}); }
};

/// What the operator reads; "" where nothing went wrong. Never with a password in it.
template <class What>
std::string trouble(What&& what, DatabaseError::Kind kind = DatabaseError::Kind::away) {
  try {
    what();
  } catch (const DatabaseError& e) {
    std::string text = e.what();
    CAPTURE(text);
    CHECK(e.kind == kind);
    CHECK(text.find("sesame") == std::string::npos);
    CHECK(text.find("wr0ng") == std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find(';') != std::string::npos);  // what is wrong; what to do
    return text;
  }
  return "";
}

std::string troubleToOpen(const std::string& connection_string,
                          DatabaseError::Kind kind = DatabaseError::Kind::away) {
  const auto database = databaseFor(connection_string);
  return trouble([&] { database->open(); }, kind);
}

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("store/postgresql_trouble") {
  TEST_CASE("who is refused learns why, and what to do") {
    Shared shared;
    auto& server = sharedPostgresql();
    CHECK(contains(troubleToOpen(server.uri(shared.name, "wr0ng")), "the password is refused"));
    CHECK(contains(troubleToOpen(server.uri("nowhere")), "there is no such database; make it: createdb"));
    const std::string address = "127.0.0.1:" + std::to_string(server.port()) + '/';
    CHECK(contains(troubleToOpen("postgresql://" + address + shared.name + "?user=nobody&password=wr0ng"),
                   "the password is refused"));
    CHECK(contains(troubleToOpen("postgresql://127.0.0.1:1/x?user=u"),
                   "Connection refused; see that PostgreSQL runs"));
    CHECK(contains(troubleToOpen("postgresql:///x?host=/nowhere&user=u"), "/nowhere"));
  }

  TEST_CASE("a password that is wrong is wrong once for each time that it is tried") {
    Shared shared;
    auto& server = sharedPostgresql();
    const auto refusals = [&] {
      const std::string log = server.log(), refusal = "password authentication failed for user";
      std::size_t count = 0;
      for (auto at = log.find(refusal); at != std::string::npos; at = log.find(refusal, at + 1)) ++count;
      return count;
    };
    const auto before = refusals();
    CHECK(contains(troubleToOpen(server.uri(shared.name, "wr0ng")), "the password is refused"));
    CHECK_NOTHROW(shared.open());  // what the server wrote of the one before is there now
    CHECK(refusals() == before + 1);
  }

  TEST_CASE("a database without room for another connection is one that may have it later") {
    Shared shared;
    shared.superuser.execute("ALTER DATABASE " + shared.name + " CONNECTION LIMIT 0");
    CHECK(contains(trouble([&] { shared.database->open(); }), "too many connections"));
    shared.superuser.execute("ALTER DATABASE " + shared.name + " CONNECTION LIMIT -1");
    CHECK_NOTHROW(shared.database->open());
  }

  TEST_CASE("a user who may not make the schema is told whose it must be, and may use one that is there") {
    Shared shared;
    shared.superuser.execute("ALTER DATABASE " + shared.name + " OWNER TO postgres");
    CHECK(contains(trouble([&] { shared.database->open(); }), "ALTER DATABASE"));
    shared.superuser.execute("CREATE SCHEMA liveness AUTHORIZATION liveness");
    CHECK_NOTHROW(shared.database->open());
  }

  TEST_CASE("a database that takes no writes is one that may take them later") {
    Shared shared;
    shared.superuser.execute("ALTER DATABASE " + shared.name + " SET default_transaction_read_only = on");
    CHECK(contains(trouble([&] { shared.database->open(); }), "it takes no writes"));
    shared.superuser.execute("ALTER DATABASE " + shared.name + " RESET default_transaction_read_only");
    CHECK_NOTHROW(shared.database->open());
  }

  TEST_CASE("a database that is not for UTF-8, or another program's schema, is left as it is") {
    Shared shared;
    SUBCASE("its encoding") {
      shared.superuser.execute("CREATE DATABASE " + shared.name +
                               "x OWNER liveness ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
      CHECK(contains(troubleToOpen(sharedPostgresql().uri(shared.name + "x"), DatabaseError::Kind::unfit),
                     "has the encoding SQL_ASCII"));
    }
    SUBCASE("its schema") {
      shared.superuser.execute(
          "CREATE SCHEMA liveness; CREATE TABLE liveness.theirs (); "
          "GRANT ALL ON SCHEMA liveness TO liveness");
      CHECK(contains(trouble([&] { shared.database->open(); }, DatabaseError::Kind::unfit),
                     "another program's"));
      CHECK(shared.superuser.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'liveness'") == "1");
    }
    SUBCASE("its versions are gone") {
      shared.superuser.execute(
          "CREATE SCHEMA liveness AUTHORIZATION liveness; "
          "CREATE TABLE liveness.schema_version (version integer)");
      shared.superuser.execute("GRANT ALL ON liveness.schema_version TO liveness");
      CHECK(contains(trouble([&] { shared.database->open(); }, DatabaseError::Kind::unfit),
                     "schema_version is empty"));
    }
  }

  TEST_CASE("tables of other programs that are called like ours are no harm") {
    Shared shared;
    shared.superuser.execute("CREATE TABLE public.schema_version (module text); CREATE TABLE public.runs ()");
    shared.open();
    CHECK(shared.superuser.ask("SELECT count(*) FROM liveness.runs") == "1");
  }

  TEST_CASE("several servers that start at once make one schema") {
    Shared shared;
    std::vector<std::thread> servers;
    std::atomic<int> opened{0};
    for (int n = 0; n < 6; ++n)
      servers.emplace_back([&] {
        try {
          databaseFor(sharedPostgresql().uri(shared.name))->open();
          ++opened;
        } catch (const DatabaseError& e) {
          MESSAGE(e.what());
        }
      });
    for (auto& server : servers) server.join();
    CHECK(opened == 6);
    CHECK(shared.superuser.ask("SELECT count(*) FROM schema_version") == std::to_string(newestSchema()));
  }

  TEST_CASE("a connection that somebody ends is made again, prepared statements and all") {
    Shared shared;
    shared.open();
    shared.superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'liveness' "
        "AND datname = current_database()");
    CHECK(trouble([&] { shared.write(); }) != "");
    shared.database->open();
    const auto before = shared.run.beats;
    shared.write();
    CHECK(shared.run.beats > before);
  }

  TEST_CASE("a table that somebody has locked is not waited for without end") {
    Shared shared;
    shared.database = databaseFor(sharedPostgresql().uri(shared.name) + "?options=-clock_timeout%3D200");
    shared.open();
    shared.superuser.execute("BEGIN; LOCK TABLE runs");
    CHECK(contains(trouble([&] { shared.write(); }), "a lock on a table"));
    shared.superuser.execute("ROLLBACK");
    CHECK_NOTHROW(shared.write());
  }

  TEST_CASE("a bound is there where nobody has set one, and is the operator's where he has") {
    Shared shared;
    shared.superuser.execute("ALTER DATABASE " + shared.name + " SET statement_timeout = '200ms'");
    shared.open();
    shared.superuser.execute("BEGIN; LOCK TABLE runs");
    CHECK(contains(trouble([&] { shared.write(); }), "too long for a statement"));
  }

  TEST_CASE("a transaction that was in another's way is tried again at once") {
    Shared shared;
    shared.open();
    const LastSeen a = logout("a@x"), b = logout("b@x");
    Batch batch;
    batch.last_seen = {&a, &b};
    shared.run.beats = shared.database->write(shared.run, batch);
    // Somebody takes the two rows in the other order; whoever PostgreSQL ends of the two, both come through.
    shared.superuser.execute("SET deadlock_timeout = '10s'");  // it is ours that notices
    shared.superuser.execute("BEGIN; UPDATE last_seen SET status = 'mine' WHERE bare_jid = 'b@x'");
    std::thread other([&] {
      const std::string waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
      PostgresqlClient look(sharedPostgresql().superuser(shared.name));
      support::eventually(support::kPatience, [&] { return look.ask(waits) != "0"; });
      shared.superuser.execute("UPDATE last_seen SET status = 'mine' WHERE bare_jid = 'a@x'; COMMIT");
    });
    CHECK_NOTHROW(shared.run.beats = shared.database->write(shared.run, batch));
    other.join();
    CHECK(shared.superuser.ask("SELECT count(*) FROM last_seen WHERE status IS NULL") == "2");
  }

  TEST_CASE("old logouts are looked at once each, also while somebody's transaction still sees them all") {
    Shared shared;
    shared.open();
    shared.superuser.execute(
        "INSERT INTO logouts (bare_jid, run, login, last_heard_at, logged_out_at, cause) "
        "SELECT n || '@x', 1, n, at, at, 'logged_out' FROM (SELECT n, timestamptz '2020-01-01' + n * "
        "interval '1 second' FROM generate_series(1, 20000) AS n) AS made (n, at)");
    PostgresqlClient other(sharedPostgresql().superuser(shared.name));
    other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM logouts");
    HistoryPurge purge(std::chrono::hours{1});
    int parts = 1;
    while (purge.some(*shared.database, std::chrono::hours{1}, std::chrono::steady_clock::now())) ++parts;
    CHECK(parts == 21);  // the last one finds nothing
    CHECK(shared.superuser.ask("SELECT count(*) FROM logouts") == "0");

    shared.database->close();  // then PostgreSQL counts
    long looked_at = 0;
    CHECK(support::eventually(support::kPatience, [&] {
      looked_at = std::stol(shared.superuser.ask(
          "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'logouts_by_time'"));
      return looked_at >= 20'000;
    }));
    CHECK(looked_at < 25'000);
  }

  TEST_CASE("a run whose row somebody has locked is not dead, and is not waited for") {
    Shared shared;
    shared.open();
    const Run silent = shared.run;
    shared.superuser.execute("BEGIN; SELECT FROM runs FOR UPDATE");
    CHECK(shared.database->recover(silent, 2, UtcTime{}, 10, true) ==
          0);  // having waited, it would have thrown
    shared.superuser.execute("ROLLBACK");
    CHECK(shared.database->runs().size() == 1);
    shared.database->recover(silent, 2, UtcTime{}, 10, true);
    CHECK(shared.database->runs().empty());
  }

  TEST_CASE("a server that stands still does not hold up whoever interrupts") {
    PostgresqlServer server;
    const auto database = databaseFor(server.uri(server.makeDatabase()));
    database->open();
    Run run{1, "node", "x", 0, {}};
    run.beats = database->beginRun(run, UtcTime{});
    server.pause();
    std::atomic<bool> done{false};
    std::thread writer([&] {
      CHECK(contains(trouble([&] { database->write(run, Batch{}); }), "there is no connection"));
      done = true;
    });
    CHECK(support::eventually(support::kPatience, [&] {
      database->interrupt();
      return done.load();
    }));
    writer.join();
    const auto begin = std::chrono::steady_clock::now();
    CHECK(trouble([&] { database->open(); }) != "");
    CHECK(std::chrono::steady_clock::now() - begin < support::kPatience);  // two seconds, and a busy machine
    server.resume();
    CHECK_NOTHROW(database->open());
    CHECK_NOTHROW(database->write(run, Batch{}));
  }

  TEST_CASE("interrupting what does nothing, or is not open, is no harm") {
    Shared shared;
    shared.database->interrupt();
    shared.open();
    shared.database->close();
    shared.database->interrupt();
    CHECK_NOTHROW(shared.open());
  }
}

}  // namespace liveness::store
