// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Runs, recovery and the questions, whichever the database is: this suite runs on each of them.
#include <doctest/doctest.h>

#include "database_world.h"

namespace liveness::store {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::int64_t kOther = 99;  // a run that has no row

}  // namespace

TEST_SUITE("store/database_runs") {
  TEST_CASE("a run has a row, and beats with all that it writes") {
    DatabaseWorld world;
    const auto begun = world.run.beats;
    CHECK(begun > 0);
    world.run.beats = world.database->write(world.run, world.batch());
    CHECK(world.run.beats > begun);
    const auto runs = world.database->runs();
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].number == world.run.number);
    CHECK(runs[0].node == world.run.node);
    CHECK(runs[0].domain == world.run.domain);
    CHECK(runs[0].beats == world.run.beats);
    CHECK(runs[0].beat_at == world.now);
  }

  TEST_CASE("a run that begins again beats on, past what it was told") {
    DatabaseWorld world;
    Run again = world.run;
    CHECK(world.database->beginRun(again, world.now) > world.run.beats);
    again.beats += 1000;
    CHECK(world.database->beginRun(again, world.now) > again.beats);
    CHECK(world.database->runs().size() == 1);
  }

  TEST_CASE("a run without a row, or with fewer beats than it had, is told so, and nothing is written") {
    DatabaseWorld world;
    SUBCASE("no row") {
      world.test.execute("DELETE FROM runs");
    }
    SUBCASE("fewer beats") {
      world.test.execute("UPDATE runs SET beats = beats - 1");
    }
    const LastSeen record = logout("a@x");
    Batch batch = world.batch();
    batch.last_seen = {&record};
    CHECK(world.kindOfError([&] { world.database->write(world.run, batch); }) == DatabaseError::Kind::lost);
    CHECK_FALSE(world.database->find("a@x").has_value());
  }

  TEST_CASE("an end in order leaves nothing of the run, and the others as they are") {
    DatabaseWorld world;
    Run other = world.beginRun(2, "other", "x");
    world.begin(1, "a@x");
    world.begin(1, "b@x", "phone", &other);
    world.database->endRun(world.run);
    CHECK(world.database->runs().size() == 1);
    CHECK(world.test.ask("SELECT bare_jid FROM online_users") == "b@x");
    CHECK_FALSE(world.database->find("a@x").has_value());
  }

  TEST_CASE("who was with a run that died is put on record, a few at a time") {
    DatabaseWorld world;
    Run dead = world.beginRun(2, "dead", "x");
    LastSeen before = logout("1@x", -hours{1});
    before.status = "back soon";
    before.offline_presence = "<presence type='unavailable'/>";
    world.end(before, 77, &dead);
    for (std::uint64_t n = 1; n <= 5; ++n) world.begin(n, std::to_string(n) + "@x", "phone", &dead);
    world.beat(dead);
    const UtcTime later = world.now + hours{1};
    CHECK(world.database->recover(dead, world.run.number, later, 3, true) == 3);
    CHECK(world.database->runs().size() == 2);
    CHECK(world.database->recover(dead, world.run.number, later, 3, true) == 2);
    CHECK(world.database->runs().size() == 1);
    CHECK(world.database->recover(dead, world.run.number, later, 3, true) == 0);
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == "0");

    const auto first = *world.database->find("1@x");
    CHECK((first.cause == Cause::server_crashed));
    CHECK(first.last_heard == logout("").last_heard);
    CHECK(first.logged_out_at == dead.beat_at);
    CHECK(first.resource == "phone");
    CHECK(first.status == "back soon");
    CHECK(first.offline_presence == before.offline_presence);
    const auto history = world.database->history("1@x", 10);
    REQUIRE(history.size() == 2);
    CHECK((history[0].cause == Cause::server_crashed));
    CHECK((world.database->find("5@x")->cause == Cause::server_crashed));
    CHECK(world.database->find("5@x")->status.empty());
    CHECK(world.test.ask("SELECT node FROM last_seen WHERE bare_jid = '5@x'") == "dead");
  }

  TEST_CASE("a run that has beaten meanwhile is not dead") {
    DatabaseWorld world;
    Run alive = world.beginRun(2, "alive", "x");
    world.begin(1, "a@x", "phone", &alive);
    const Run seen = alive;
    world.beat(alive);
    CHECK(world.database->recover(seen, world.run.number, world.now, 10, true) == 0);
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == "1");
    CHECK(world.database->runs().size() == 2);
  }

  TEST_CASE("a user who was elsewhere after that login began keeps the later record") {
    DatabaseWorld world;
    Run dead = world.beginRun(2, "dead", "x");
    world.begin(1, "a@x", "phone", &dead);
    bool kept = true;
    LastSeen elsewhere = logout("a@x", seconds{1});
    SUBCASE("later") {}
    SUBCASE("before that login") {
      elsewhere = logout("a@x", -hours{1});
      kept = false;
    }
    SUBCASE("in the future") {
      elsewhere = logout("a@x", hours{24 * 365});
      kept = false;
    }
    world.end(elsewhere, 5);
    CHECK(world.database->recover(dead, world.run.number, world.now, 10, true) == 1);
    CHECK((world.database->find("a@x")->cause == Cause::server_crashed) == !kept);
    CHECK(world.database->history("a@x", 10).size() == 2);
  }

  TEST_CASE("nothing that is recovered is in the future") {
    DatabaseWorld world;
    Run dead = world.beginRun(2, "dead", "x");
    world.begin(1, "a@x", "phone", &dead);
    const UtcTime earlier = logout("").last_heard - hours{1};
    CHECK(world.database->recover(dead, world.run.number, earlier, 10, true) == 1);
    CHECK(world.database->find("a@x")->last_heard == earlier);
    CHECK(world.database->find("a@x")->logged_out_at == earlier);
  }

  TEST_CASE("no history is recovered where none is kept") {
    DatabaseWorld world;
    Run dead = world.beginRun(2, "dead", "x");
    world.begin(1, "a@x", "phone", &dead);
    CHECK(world.database->recover(dead, world.run.number, world.now, 10, false) == 1);
    CHECK(world.database->history("a@x", 10).empty());
    CHECK(world.database->find("a@x").has_value());
  }

  TEST_CASE("of several logins of one user the last one counts") {
    DatabaseWorld world;
    Run dead = world.beginRun(2, "dead", "x");
    world.begin(1, "a@x", "first", &dead);
    world.begin(2, "a@x", "last", &dead);
    CHECK(world.database->recover(dead, world.run.number, world.now, 10, true) == 2);
    CHECK(world.database->find("a@x")->resource == "last");
    CHECK(world.database->history("a@x", 10).size() == 2);
  }

  TEST_CASE("the truth about a logout takes the place of what a recovery made of it") {
    DatabaseWorld world;
    world.begin(1, "a@x");
    CHECK(world.database->recover(world.run, kOther, world.now, 10, true) == 1);
    world.run.beats = world.database->beginRun(world.run, world.now);
    world.end(logout("a@x", seconds{1}), 1);
    const auto history = world.database->history("a@x", 10);
    REQUIRE(history.size() == 1);
    CHECK((history[0].cause == Cause::timed_out));
    CHECK((world.database->find("a@x")->cause == Cause::timed_out));
  }
}

TEST_SUITE("store/database_questions") {
  TEST_CASE("the inactive are those of the domain who are not here, the longest unheard first") {
    DatabaseWorld world;
    for (int n = 0; n < 5; ++n) world.end(logout(std::to_string(n) + "@x", hours{10 - n}));
    world.end(logout("0@y"));
    world.end(logout("0@sub.x"));
    world.begin(50, "3@x");
    const auto found = world.database->inactive("x", logout("", hours{10}).last_heard, 2);
    CHECK(found.total == 3);
    REQUIRE(found.users.size() == 2);
    CHECK(found.users[0].bare_jid == "4@x");
    CHECK(found.users[1].bare_jid == "2@x");
    CHECK(found.users[0].offline_presence.empty());
    CHECK(world.database->inactive("x", logout("", hours{10}).last_heard, 0).users.empty());
    CHECK(world.database->inactive("z", logout("", hours{10}).last_heard, 10).total == 0);
  }

  TEST_CASE("the active are those who are here, and those who went at or after the moment") {
    DatabaseWorld world;
    world.end(logout("a@x", hours{1}));
    world.end(logout("b@x", hours{2}));
    world.end(logout("b@y", hours{2}));
    world.begin(50, "b@x");
    world.begin(51, "c@x");
    world.begin(52, "d@y");
    const UtcTime moment = logout("", hours{1}).logged_out_at;
    CHECK(world.database->active("x", {moment, moment + milliseconds{1}, UtcTime{}}) ==
          std::vector<std::uint64_t>{3, 2, 3});
    CHECK(world.database->active("x", {}).empty());
  }

  TEST_CASE("the unknown are neither here nor on record") {
    DatabaseWorld world;
    world.end(logout("a@x"));
    world.begin(50, "b@x");
    CHECK(world.database->unknown({"d@x", "a@x", "c@x", "b@x", "it's {\"so\"}@x"}) ==
          std::vector<std::string>{"d@x", "c@x", "it's {\"so\"}@x"});
    CHECK(world.database->unknown({}).empty());
  }
}

}  // namespace liveness::store
