// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Runs that were taken for dead, rightly or not, whichever the database is.
#include <doctest/doctest.h>

#include "database_world.h"
#include "lives.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::int64_t kTaker = 7, kAnother = 8;

// A lease that a busy machine's living server keeps, and a test can wait for.
Timing hasty() {
  Timing timing;
  timing.beat = milliseconds{20};
  timing.lease = milliseconds{3000};
  return timing;
}

/// A run of the node "north" with "1@x" to "5@x", who have been here since `since`.
struct Taken : DatabaseWorld {
  Taken() {
    for (std::uint64_t n = 1; n <= 5; ++n) tell(n);
    north.beats = database->write(north, batch());
  }

  Store::Online user(std::uint64_t login) const {
    return {login, std::to_string(login) + "@x", "phone", since, since + minutes{1}};
  }
  void tell(std::uint64_t login) {
    const auto one = user(login);
    Batch all = batch();
    all.online = {&one};
    write(all, &north);
  }
  void beginAgain() {
    north.begun_at = now;
    north.beats = database->beginRun(north, now);
  }
  std::size_t take(std::size_t limit, bool keep_history = true) {
    const auto some = database->recover(north, kTaker, now, limit, keep_history);
    if (some != 0) north.taken_by = kTaker;
    return some;
  }
  std::string online() { return test.ask("SELECT count(*) FROM online_users"); }

  const UtcTime since = now - hours{3};
  Run north = beginRun(2, "north", "x");
};

}  // namespace

TEST_SUITE("store/taken") {
  TEST_CASE("a run that is taken can write nothing, from the first slice on, until it begins again") {
    Taken world;
    CHECK(world.take(2) == 2);
    Run awake = world.north;
    const LastSeen record = logout("1@x");
    Batch batch = world.batch();
    SUBCASE("a beat") {}
    SUBCASE("a logout") {
      batch.last_seen = {&record};
    }
    CHECK(world.kindOfError([&] { world.database->write(awake, batch); }) == DatabaseError::Kind::lost);

    const Run as_taken = world.north;
    world.beginAgain();
    CHECK(world.database->recover(as_taken, kTaker, world.now, 2, true) == 0);  // it lives after all
    CHECK(world.online() == "3");
    for (std::uint64_t n = 1; n <= 5; ++n) world.tell(n);
    CHECK(world.online() == "5");
    CHECK(world.test.ask("SELECT count(*) FROM last_seen") == "0");
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == "0");
  }

  TEST_CASE(
      "a run that somebody took and did not get done with is gone on with, and each is on record once") {
    Taken world;
    CHECK(world.take(2) == 2);
    Run as_another_saw_it = world.north;
    as_another_saw_it.taken_by = 0;
    CHECK(world.database->recover(as_another_saw_it, kAnother, world.now, 10, true) == 0);
    CHECK(world.database->recover(world.north, kAnother, world.now, 2, true) == 2);
    CHECK(world.take(2) == 0);  // it wakes up, and finds another at it
    as_another_saw_it.taken_by = kAnother;
    CHECK(world.database->recover(as_another_saw_it, kAnother, world.now, 2, true) == 1);
    CHECK(world.online() == "0");
    CHECK(world.test.ask("SELECT count(*) FROM runs") == "1");
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == "5");
  }

  TEST_CASE("a slice whose answer was lost is no harm when it is asked for again") {
    Taken world;
    const Run before = world.north;
    CHECK(world.take(2) == 2);
    CHECK(world.database->recover(before, kTaker, world.now, 2, true) == 2);
    CHECK(world.online() == "1");
  }

  TEST_CASE("who is here after all was never gone: last seen is what it was, and so is the history") {
    Taken world;
    LastSeen before = logout("1@x");
    before.last_heard = before.logged_out_at = world.since - hours{1};
    before.cause = Cause::logged_out;
    before.status = "back soon";
    before.offline_presence = "<presence type='unavailable'><status>back soon</status></presence>";
    world.end(before, 77, &world.north);
    CHECK(world.take(10) == 5);
    CHECK((world.database->find("1@x")->cause == Cause::server_crashed));
    world.beginAgain();
    world.tell(1);
    CHECK(same(*world.database->find("1@x"), before));
    const auto history = world.database->history("1@x", 10);
    REQUIRE(history.size() == 1);
    CHECK((history[0].cause == Cause::logged_out));
    CHECK((world.database->find("2@x")->cause == Cause::server_crashed));  // who is not here stays gone
  }

  TEST_CASE("where nothing is left of what it was, nothing false stays in its place") {
    Taken world;
    CHECK(world.take(10, false) == 5);
    world.beginAgain();
    world.tell(1);
    CHECK_FALSE(world.database->find("1@x").has_value());
    CHECK(world.database->find("2@x").has_value());
  }

  TEST_CASE("a record that another server made meanwhile, or that is older than the login, is not false") {
    Taken world;
    CHECK(world.take(10) == 5);
    LastSeen other = logout("1@x");
    SUBCASE("of another server") {
      other.last_heard = other.logged_out_at = world.now - minutes{1};
      world.end(other, 5);
    }
    SUBCASE("a crash before that login") {
      other.last_heard = other.logged_out_at = world.since - minutes{1};
      other.cause = Cause::server_crashed;
      world.end(other, 6, &world.run);
      world.test.execute("UPDATE last_seen SET node = 'north' WHERE bare_jid = '1@x'");
      world.test.execute("UPDATE logouts SET node = 'north' WHERE bare_jid = '1@x'");
    }
    world.beginAgain();
    world.tell(1);
    CHECK(same(*world.database->find("1@x"), other));
    CHECK(world.database->history("1@x", 10).size() == 1);
  }

  TEST_CASE("after a false recovery and a true crash last seen and the history say the same: the crash") {
    Taken world;
    CHECK(world.take(10) == 5);
    const UtcTime falsely = world.database->find("1@x")->logged_out_at;
    bool told = true;
    SUBCASE("it told who is here") {}
    SUBCASE("as one that does not put it right") {
      told = false;
    }
    world.now += minutes{30};
    world.beginAgain();
    if (!told) world.north.begun_at = {};
    for (std::uint64_t n = 1; n <= 5; ++n) world.tell(n);
    world.now += minutes{30};
    world.beat(world.north);
    const UtcTime crash = world.now;
    world.now += hours{1};
    world.north.taken_by = 0;
    CHECK(world.take(10) == 5);
    for (const char* user : {"1@x", "5@x"}) {
      CAPTURE(user);
      const auto seen = *world.database->find(user);
      CHECK(seen.logged_out_at == crash);
      CHECK(crash > falsely);
      const auto history = world.database->history(user, 10);
      REQUIRE(history.size() == 1);
      CHECK(same(history[0], seen));
    }
  }

  TEST_CASE(
      "a server that wakes up among the slices of its recovery has everybody here again, and nobody lost") {
    Lives lives;
    const auto north = lives.open({"north", "x", ""}, hasty());
    Log log(*north);
    north->start();
    const UtcTime since = utcNow() - hours{1};
    const auto tellAll = [&] {
      for (std::uint64_t login = 1; login <= 100; ++login)
        north->recordLogin(here(login, std::to_string(login) + "@x", since, since));
      settle(*north);
    };
    tellAll();
    const auto other = databaseFor(lives.database.connectionString());
    other->open();
    Run taken;
    const auto take = [&] {
      taken = other->runs().front();
      return other->recover(taken, kTaker, utcNow(), 30, true) == 30;  // or it beats just now
    };
    REQUIRE(tickUntil(*north, take));
    taken.taken_by = kTaker;
    REQUIRE(tickUntil(*north, [&] { return north->takeLoginsLost(); }));
    CHECK(log.has("another server took this one for dead"));
    CHECK(other->recover(taken, kTaker, utcNow(), 30, true) == 0);
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "70");
    tellAll();
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "100");
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "0");
    CHECK(lives.database.ask("SELECT count(*) FROM logouts") == "0");
    CHECK(north->stats().recovered == 0);
    CHECK(north->stats().failures == 0);
    CHECK_FALSE(north->takeLoginsLost());
    CHECK(log.lines().size() == 1);
  }

  TEST_CASE("a server that dies while it recovers another leaves both to a third") {
    Lives lives;
    std::vector<Store::Online> users;
    for (std::uint64_t login = 1; login <= 100; ++login)
      users.push_back(here(login, std::to_string(login) + "@x"));
    const Run dead = lives.die({"north", "x", ""}, users, utcNow());
    const Run taker = lives.die({"south", "x", ""}, {here(1, "a@x")}, utcNow());
    const auto south = databaseFor(lives.database.connectionString());
    south->open();
    REQUIRE(south->recover(dead, taker.number, utcNow(), 30, true) == 30);
    Timing timing;
    std::string name;
    SUBCASE("of another name") {
      name = "west";
      timing = hasty();
    }
    SUBCASE("of the same name, at once") {
      name = "south";
    }
    const auto store = lives.open({name, "x", ""}, timing);
    store->start();
    REQUIRE(tickUntil(*store, [&] { return store->stats().recovered == 71; }));
    settle(*store);
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "1");
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "101");
    CHECK(lives.database.ask("SELECT count(*) FROM logouts") == "101");
  }
}

}  // namespace liveness::store
