// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Servers of one name on one database, whichever that is.
#include <doctest/doctest.h>

#include "database_world.h"
#include "lives.h"
#include "support/eventually.h"

namespace liveness::store {

TEST_SUITE("store/names") {
  TEST_CASE(
      "the second of two servers with one name is told so and harms nobody; when the first ends it works") {
    Lives lives;
    const auto first = lives.open(lives.identity);
    first->start();
    first->recordLogin(here(1, "a@x"));
    settle(*first);
    const auto second = lives.open({"node", "x", ""});
    Log log(*second);
    second->recordLogin(here(1, "b@x"));
    second->start();
    REQUIRE(tickUntil(*second, [&] { return log.has("error: "); }));
    CHECK(log.has("another server that runs has the node name \"node\" there, also for x; give each"));
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "a@x");
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "1");
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "1");
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "0");
    CHECK_FALSE(first->takeLoginsLost());
    CHECK(first->takeNotices().empty());

    first->stop();
    REQUIRE(tickUntil(*second, [&] { return log.has("works again"); }));
    settle(*second);
    CHECK(lives.database.ask("SELECT bare_jid FROM online_users") == "b@x");
    CHECK(log.lines().size() == 2);
  }

  TEST_CASE("another node, and another VirtualHost of the same node, are no namesakes") {
    Lives lives;
    std::vector<std::unique_ptr<Store>> stores;
    for (const Identity& who :
         {Identity{"node", "x", ""}, Identity{"node", "y", ""}, Identity{"other", "x", ""},
          Identity{"", "x", ""}, Identity{"nod", "ex", ""}}) {
      stores.push_back(lives.open(who));
      stores.back()->start();
      settle(*stores.back());
    }
    for (const auto& store : stores) CHECK(store->takeNotices().empty());
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "5");
  }

  TEST_CASE("a name is one database's at a time, and may be taken again by whoever has it") {
    DatabaseWorld world;
    const auto other = databaseFor(world.test.connectionString());
    other->open();
    CHECK(world.database->takeName(world.run));
    CHECK(world.database->takeName(world.run));
    CHECK_FALSE(other->takeName(world.run));
    SUBCASE("it ends") {
      world.database->letGo();
    }
    SUBCASE("it is known to be dead") {
      if (databaseKind() == DatabaseKind::sqlite3) {
        other->freeName(world.run);  // the kernel knows better
        CHECK_FALSE(other->takeName(world.run));
        return;
      }
      other->freeName(world.run);
    }
    CHECK(support::eventually(kPatience, [&] { return other->takeName(world.run); }));
  }

  TEST_CASE("a name outlives a file that is closed and opened again, and is taken anew where it was moved" *
            sqliteOnly()) {
    DatabaseWorld world;
    const auto other = databaseFor(world.test.connectionString());
    other->open();
    CHECK(world.database->takeName(world.run));
    world.database->close();
    CHECK_FALSE(other->takeName(world.run));
    world.database->open();
    CHECK(world.database->takeName(world.run));
    std::filesystem::rename(world.test.file().string() + "-lock", world.test.folder() / "aside");
    CHECK(other->takeName(world.run));
    CHECK_FALSE(world.database->takeName(world.run));
  }
}

}  // namespace liveness::store
