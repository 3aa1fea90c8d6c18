// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Questions that a PostgreSQL cannot answer, or not now, while it takes records.
#include <doctest/doctest.h>

#include "lives.h"
#include "store/connection_string.h"
#include "support/postgresql_client.h"
#include "support/postgresql_server.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using support::PostgresqlClient;
using support::sharedPostgresql;

/// A store on a database of the shared server's, where nobody gets to the end of a question about slow@x in
/// the time that its operator has set for statements.
struct Slow {
  explicit Slow(const Timing& timing = {}) {
    databaseFor(uri)->open();
    superuser.execute("ALTER DATABASE " + name + " SET statement_timeout = '2s'");
    superuser.execute(
        "INSERT INTO last_seen (bare_jid, last_heard_at, logged_out_at, cause) "
        "SELECT who, now(), now(), 'timed_out' FROM unnest(ARRAY['slow@x', 'a@x', 'b@x']) AS who");
    superuser.execute(
        "ALTER TABLE last_seen ENABLE ROW LEVEL SECURITY; ALTER TABLE last_seen FORCE ROW LEVEL SECURITY; "
        "CREATE POLICY writes ON last_seen FOR ALL USING (true); "
        "CREATE POLICY slow ON last_seen AS RESTRICTIVE FOR SELECT "
        "USING (bare_jid <> 'slow@x' OR pg_sleep(3600) IS NULL)");
    store = openStore(uri, {"node", "x", ""}, timing);
    store->start();
  }

  void ask(const std::string& user) {
    store->findLastSeen(user, [this, user](const std::optional<LastSeen>& found) {
      answers.push_back(user + (found ? "" : ": nothing"));
    });
  }

  std::string name = sharedPostgresql().makeDatabase();
  std::string uri = sharedPostgresql().uri(name);
  PostgresqlClient superuser{sharedPostgresql().superuser(name)};
  std::vector<std::string> answers;
  std::unique_ptr<Store> store;
};

}  // namespace

TEST_SUITE("store/postgresql_questions") {
  TEST_CASE("one that takes longer than a statement may holds up neither records nor other questions") {
    Slow slow;
    Log log(*slow.store);
    slow.ask("slow@x");
    slow.ask("a@x");
    slow.store->recordLogout(nextLogin(), logout("new@x"));
    slow.ask("new@x");
    slow.ask("b@x");
    REQUIRE(tickUntil(*slow.store, [&] { return slow.answers.size() == 4; }));
    CHECK(slow.answers == std::vector<std::string>{"a@x", "new@x", "b@x", "slow@x: nothing"});
    CHECK(slow.store->stats().records_written == 1);
    CHECK(slow.store->stats().failures == 0);
    REQUIRE(log.lines().size() == 1);
    CHECK(log.has("slow@x: it took too long for a statement"));
    CHECK(log.has("it was tried 3 times, and is answered with nothing"));
  }

  TEST_CASE("one that is asked again and again does not hide that a neighbour has died") {
    Timing timing;
    timing.beat = milliseconds{100};
    timing.lease = milliseconds{3000};
    Slow slow(timing);
    const auto neighbour = databaseFor(slow.uri);
    neighbour->open();
    Run run{77, "neighbour", "x", 0, utcNow()};
    run.beats = neighbour->beginRun(run, utcNow());
    const Store::Online user = here(1, "left@x");
    Batch batch;
    batch.now = utcNow();
    batch.online = {&user};
    neighbour->write(run, batch);
    neighbour->close();

    CHECK(tickUntil(*slow.store, [&] {
      if (!slow.store->reading()) slow.ask("slow@x");
      return slow.store->stats().recovered == 1;
    }));
    slow.ask("left@x");
    CHECK(tickUntil(*slow.store,
                    [&] { return !slow.answers.empty() && slow.answers.back() != "slow@x: nothing"; }));
    CHECK(slow.answers.back() == "left@x");
  }

  TEST_CASE("where there is no room for a second connection they wait, and are answered when there is") {
    Slow slow;
    slow.store->recordLogout(nextLogin(), logout("new@x"));
    REQUIRE(tickUntil(*slow.store, [&] { return slow.store->stats().records_written == 1; }));
    slow.superuser.execute("ALTER ROLE liveness CONNECTION LIMIT 0");
    slow.ask("a@x");
    Log log(*slow.store);
    CHECK(tickUntil(*slow.store, [&] { return log.has("Until then questions wait for their answers"); }));
    slow.store->recordLogout(nextLogin(), logout("newer@x"));
    CHECK(tickUntil(*slow.store, [&] { return slow.store->stats().records_written == 2; }));
    CHECK(slow.answers.empty());
    slow.superuser.execute("ALTER ROLE liveness CONNECTION LIMIT -1");
    CHECK(tickUntil(*slow.store, [&] { return !slow.answers.empty(); }));
    CHECK(slow.answers == std::vector<std::string>{"a@x"});
    CHECK(log.has("answers questions again"));
    CHECK(log.lines().size() == 2);
  }
}

}  // namespace liveness::store
