// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "lives.h"
#include "store/connection_string.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A lease that a busy machine's living server keeps, and a test can wait for.
Timing hasty() {
  Timing timing;
  timing.beat = milliseconds{20};
  timing.lease = milliseconds{3000};
  return timing;
}

}  // namespace

TEST_SUITE("store/recovery") {
  TEST_CASE("who was with a process that died is on record as last heard then, and gone when it last lived") {
    Lives lives;
    const UtcTime end = utcNow() - hours{1};
    LastSeen before = logout("a@x");
    before.logged_out_at = before.last_heard = end - hours{3};
    before.status = "back soon";
    before.offline_presence = "<presence/>";
    {
      const auto store = lives.open();
      store->recordLogout(1, before);
      store->stop();
    }
    lives.die(
        lives.identity,
        {here(1, "a@x", end - hours{2}, end - minutes{1}), here(2, "b@x", end - hours{2}, end + minutes{1})},
        end);

    const auto store = lives.open();
    Log log(*store);
    store->start();
    const auto a = lookUp(*store, "a@x"), b = lookUp(*store, "b@x");
    REQUIRE((a && b));
    CHECK((a->cause == Cause::server_crashed));
    CHECK(a->last_heard == end - minutes{1});
    CHECK(a->logged_out_at == end);
    CHECK(a->resource == "phone");
    CHECK(a->status == "back soon");
    CHECK(a->offline_presence == "<presence/>");
    CHECK(b->last_heard == end + minutes{1});
    CHECK(b->logged_out_at == end + minutes{1});
    CHECK(historyOf(*store, "a@x").size() == 2);
    CHECK(historyOf(*store, "b@x").size() == 1);
    CHECK(store->stats().recovered == 2);
    CHECK(log.has("2 users who were with this server when it died are on record as logged out then"));
    CHECK(log.lines().size() == 1);
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "1");
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE("an end in order leaves nobody to recover") {
    Lives lives;
    for (int life = 0; life < 3; ++life) {
      const auto store = lives.open();
      store->start();
      store->recordLogin(here(1, "a@x"));
      settle(*store);
      CHECK(store->stats().recovered == 0);
      CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "1");
      store->stop();
      CHECK(store->takeNotices().empty());
      CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");
      CHECK(lives.database.ask("SELECT count(*) FROM runs") == "0");
    }
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "0");
  }

  TEST_CASE("a user who is back before the recovery is here after it, and leaves as anybody does") {
    Lives lives;
    const UtcTime end = utcNow() - hours{1};
    lives.die(lives.identity, {here(1, "a@x", end - hours{2}, end), here(2, "b@x", end - hours{2}, end)},
              end);
    const auto store = lives.open();
    store->recordLogin(here(1, "a@x"));
    store->start();
    CHECK((lookUp(*store, "b@x")->cause == Cause::server_crashed));
    CHECK((lookUp(*store, "a@x")->cause == Cause::server_crashed));
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "a@x");
    LastSeen left = logout("a@x");
    left.logged_out_at = left.last_heard = utcNow();
    store->recordLogout(1, left);
    CHECK(same(*lookUp(*store, "a@x"), left));
    const auto history = historyOf(*store, "a@x");
    REQUIRE(history.size() == 2);
    CHECK((history[0].cause == left.cause));
    CHECK((history[1].cause == Cause::server_crashed));
  }

  TEST_CASE("a user who comes and goes before the recovery keeps that record") {
    Lives lives;
    const UtcTime end = utcNow() - hours{1};
    lives.die(lives.identity, {here(1, "a@x", end - hours{2}, end)}, end);
    const auto store = lives.open();
    LastSeen left = logout("a@x");
    left.logged_out_at = left.last_heard = utcNow();
    store->recordLogin(here(1, "a@x"));
    store->recordLogout(1, left);
    store->start();
    CHECK(same(*lookUp(*store, "a@x"), left));
    CHECK(historyOf(*store, "a@x").size() == 2);
  }

  TEST_CASE("a checkpoint is what the record says after a crash") {
    Lives lives;
    const UtcTime since = utcNow() - hours{2};
    const auto living = lives.open();
    living->start();
    living->recordLogin(here(1, "a@x", since, since));
    living->recordLogin(here(2, "b@x", since, since));
    CHECK(living->checkpoint({{1, since + minutes{30}}, {2, since + minutes{31}}, {99, since}}));
    CHECK(living->checkpoint({{1, since + minutes{90}}}));
    CHECK(tickUntil(*living, [&] {
      settle(*living);
      return lives.database.ask("SELECT count(*) FROM online_users WHERE last_heard_at > available_since") ==
             "2";
    }));
    const auto other = databaseFor(lives.database.connectionString());
    other->open();
    CHECK(other->recover(other->runs().front(), 99, utcNow(), 10, true) == 2);
    CHECK(lookUp(*living, "a@x")->last_heard == since + minutes{90});
    CHECK(lookUp(*living, "b@x")->last_heard == since + minutes{31});
  }

  TEST_CASE("many are recovered in several transactions, and questions wait for all of them") {
    Lives lives;
    std::vector<Store::Online> users;
    for (std::uint64_t i = 1; i <= 20000; ++i) users.push_back(here(i, std::to_string(i) + "@x"));
    lives.die(lives.identity, users, utcNow());
    const auto store = lives.open();
    store->start();
    CHECK(lookUp(*store, "20000@x").has_value());
    CHECK(store->stats().recovered == 20000);
  }

  TEST_CASE("where no history is kept none is made of a crash") {
    Lives lives;
    lives.die(lives.identity, {here(1, "a@x")}, utcNow());
    const auto store = lives.open();
    store->keepHistory(hours{0});
    store->start();
    CHECK(lookUp(*store, "a@x").has_value());
    CHECK(historyOf(*store, "a@x").empty());
  }

  TEST_CASE("VirtualHosts on one database do not disturb each other, and one that was removed is seen to") {
    Lives lives;
    lives.die({"node", "removed.x", ""}, {here(1, "c@removed.x")}, utcNow());
    lives.die({"other", "a.x", ""}, {here(1, "d@a.x")}, utcNow());
    const auto a = lives.open({"node", "a.x", ""}, hasty()), b = lives.open({"node", "b.x", ""}, hasty());
    a->start();
    b->start();
    a->recordLogin(here(1, "a@a.x"));
    b->recordLogin(here(1, "b@b.x"));
    settle(*a);
    settle(*b);
    CHECK(a->stats().recovered + b->stats().recovered <= 2);
    REQUIRE(tickUntil(*a, [&] { return a->stats().recovered + b->stats().recovered == 2; }));
    CHECK((lookUp(*a, "c@removed.x")->cause == Cause::server_crashed));
    CHECK((lookUp(*b, "d@a.x")->cause == Cause::server_crashed));
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "2");
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "2");
    CHECK_FALSE(a->takeLoginsLost());
    CHECK_FALSE(b->takeLoginsLost());
    Log of_a(*a), of_b(*b);
    CHECK((of_a.has("\"node\" (removed.x)") || of_b.has("\"node\" (removed.x)")));
    CHECK((of_a.has("\"other\" (a.x)") || of_b.has("\"other\" (a.x)")));
    a->stop();
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "b@b.x");
  }

  TEST_CASE("a run that is gone, or an older copy of it, is begun again, and who is here is asked for once") {
    Lives lives;
    const auto store = lives.open(lives.identity, hasty());
    Log log(*store);
    store->start();
    store->recordLogin(here(1, "a@x"));
    store->recordLogin(here(2, "b@x"));
    settle(*store);
    CHECK_FALSE(store->takeLoginsLost());
    bool older_copy = false;
    SUBCASE("it is gone") {
      lives.database.execute("DELETE FROM online_users");
      lives.database.execute("DELETE FROM runs");
    }
    SUBCASE("it is an older copy") {
      older_copy = true;
      lives.database.execute("UPDATE runs SET beats = 0");
    }
    REQUIRE(tickUntil(*store, [&] { return log.has("no longer knew who is here"); }));
    CHECK(store->takeLoginsLost());
    CHECK_FALSE(store->takeLoginsLost());
    settle(*store);
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");
    CHECK(store->stats().recovered == (older_copy ? 2 : 0));

    store->recordLogin(here(1, "a@x"));
    LastSeen left = logout("b@x");
    left.logged_out_at = left.last_heard = utcNow();
    store->recordLogout(2, left);  // while nobody had asked for it again
    settle(*store);
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "a@x");
    CHECK(same(*lookUp(*store, "b@x"), left));
    CHECK(historyOf(*store, "b@x").size() == 1);  // the truth took the place of the recovered one
    CHECK_FALSE(store->takeLoginsLost());
    CHECK(store->stats().failures == 0);
    store->stop();
    CHECK(log.lines().size() == 1);
  }

  TEST_CASE("a file that is replaced while it runs is told who is here" * sqliteOnly()) {
    Lives lives;
    const auto store = lives.open(lives.identity, hasty());
    store->start();
    store->recordLogin(here(1, "a@x"));
    settle(*store);
    for (const char* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(lives.database.file().string() + suffix);
    REQUIRE(tickUntil(*store, [&] { return store->takeLoginsLost(); }));
    store->recordLogin(here(1, "a@x"));
    settle(*store);
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "a@x");
  }
}

}  // namespace liveness::store
