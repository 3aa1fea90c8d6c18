// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Users who are connected without being available: here, and never seen. The same of every database.
#include <doctest/doctest.h>

#include "database_world.h"
#include "lives.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using Names = std::vector<std::string>;
using Counts = std::vector<std::uint64_t>;

const UtcTime kDay = logout("").last_heard;

Store::Connected connected(const std::string& bare_jid, hours heard, bool here = true) {
  Store::Connected user{bare_jid, "bot", kDay + heard, here, kDay + heard, Cause::server_crashed};
  if (!here) user.cause = Cause::connection_lost;
  return user;
}

LastSeen seen(const std::string& bare_jid, hours heard) {
  LastSeen record = logout(bare_jid);
  record.last_heard = record.logged_out_at = kDay + heard;
  return record;
}

Names inactive(DatabaseWorld& world, hours before) {
  Names names;
  const auto found = world.database->inactive("x", kDay + before, 10);
  CHECK(found.total == found.users.size());
  for (const LastSeen& user : found.users) names.push_back(user.bare_jid);
  return names;
}

Names away(DatabaseWorld& world) {
  UsersQuestion question;
  question.limit = 10;
  Names names;
  const auto found = world.database->users("x", question);
  CHECK(found.matched == found.users.size());
  for (const LastSeen& user : found.users) names.push_back(user.bare_jid);
  return names;
}

}  // namespace

TEST_SUITE("store/connected") {
  TEST_CASE("a user who is only connected is here for whoever asks who is inactive or active, and not seen") {
    DatabaseWorld world;
    world.end(seen("old@x", hours{0}));
    world.end(seen("bot@x", hours{0}));
    world.connect(connected("bot@x", hours{5}));
    world.connect(connected("new@x", hours{5}));
    CHECK(inactive(world, hours{9}) == Names{"old@x"});
    CHECK(away(world) == Names{"old@x"});
    CHECK(world.database->active("x", {kDay + hours{9}}) == Counts{2});
    CHECK(world.database->unknown({"bot@x", "new@x", "who@x"}) == Names{"who@x"});
    CHECK(world.database->find("bot@x").value().last_heard == kDay);
    CHECK_FALSE(world.database->find("new@x").has_value());
    CHECK(world.database->history("bot@x", 10).size() == 1);
  }

  TEST_CASE("the end of a connection is last heard, for whoever asks who is inactive, and no logout") {
    DatabaseWorld world;
    world.end(seen("bot@x", hours{0}));
    for (const char* who : {"bot@x", "new@x"}) {
      world.connect(connected(who, hours{5}));
      world.connect(connected(who, hours{6}, false));
    }
    CHECK(inactive(world, hours{6}).empty());
    CHECK(inactive(world, hours{7}) == Names{"bot@x", "new@x"});
    CHECK(away(world) == Names{"bot@x", "new@x"});
    CHECK(world.database->active("x", {kDay + hours{6}, kDay + hours{7}}) == Counts{2, 0});
    const auto bot = world.database->inactive("x", kDay + hours{7}, 1).users.at(0);
    CHECK(bot.last_heard == kDay + hours{6});
    CHECK(bot.logged_out_at == kDay + hours{6});
    CHECK((bot.cause == Cause::connection_lost));
    CHECK(bot.resource == "bot");
    CHECK(world.database->find("bot@x").value().last_heard == kDay);
    CHECK_FALSE(world.database->find("new@x").has_value());
    CHECK(world.database->history("new@x", 10).empty());
    CHECK(world.database->unknown({"new@x"}).empty());
  }

  TEST_CASE("of a logout and a connection the one counts that was heard later") {
    DatabaseWorld world;
    world.connect(connected("bot@x", hours{5}, false));
    world.end(seen("bot@x", hours{8}));
    CHECK(inactive(world, hours{8}).empty());
    const auto found = world.database->inactive("x", kDay + hours{9}, 10);
    CHECK(found.total == 1);
    CHECK(found.users.at(0).last_heard == kDay + hours{8});
    CHECK((found.users.at(0).cause == seen("", hours{8}).cause));
  }

  TEST_CASE("whoever was connected to a server that died is here no longer, and was last heard then") {
    DatabaseWorld world;
    Run other = world.beginRun(2, "other", "x");
    world.connect(connected("bot@x", hours{5}), &other);
    CHECK(away(world).empty());
    world.database->endRun(other);
    CHECK(inactive(world, hours{5}).empty());
    CHECK(inactive(world, hours{6}) == Names{"bot@x"});
    CHECK((world.database->inactive("x", kDay + hours{6}, 10).users.at(0).cause == Cause::server_crashed));
  }

  TEST_CASE("whoever is connected to two servers and leaves one is here for the other") {
    DatabaseWorld world;
    Run other = world.beginRun(2, "other", "x");
    world.connect(connected("bot@x", hours{5}));
    world.connect(connected("bot@x", hours{5}), &other);
    world.connect(connected("bot@x", hours{6}, false));
    CHECK(away(world).empty());
    world.connect(connected("bot@x", hours{7}, false), &other);
    CHECK(away(world) == Names{"bot@x"});
  }

  TEST_CASE("whoever is forgotten was never connected") {
    DatabaseWorld world;
    world.connect(connected("bot@x", hours{5}, false));
    world.connect(connected("other@x", hours{5}, false));
    Batch batch = world.batch();
    batch.forgotten = {{"bot@x", world.now}};
    world.write(batch);
    CHECK(away(world) == Names{"other@x"});
    CHECK(world.database->unknown({"bot@x"}) == Names{"bot@x"});
  }

  TEST_CASE("a connection that cannot be is refused, and the others are on record") {
    Lives lives;
    auto store = lives.open();
    store->start();
    CHECK(store->recordConnected(
        {connected("a@x", hours{1}), connected("", hours{1}), connected("b@x", hours{1})}));
    std::optional<Names> unknown;
    store->findUnknown({"a@x", "b@x", "c@x"}, [&](Names found) { unknown = std::move(found); });
    REQUIRE(tickUntil(*store, [&] { return unknown.has_value(); }));
    CHECK(*unknown == Names{"c@x"});
    store->stop();
    CHECK(store->takeNotices().size() == 1);
  }

  TEST_CASE("whoever is forgotten right after is not connected, and whoever came after that is") {
    Lives lives;
    auto store = lives.open();
    CHECK(store->recordConnected({connected("a@x", hours{1}), connected("b@x", hours{1})}));
    store->forget("a@x");
    store->forget("b@x");
    CHECK(store->recordConnected({connected("b@x", hours{2})}));
    store->start();
    std::optional<Names> unknown;
    store->findUnknown({"a@x", "b@x"}, [&](Names found) { unknown = std::move(found); });
    REQUIRE(tickUntil(*store, [&] { return unknown.has_value(); }));
    CHECK(*unknown == Names{"a@x"});
    store->stop();
  }

  TEST_CASE("whose account a logout is of is on record with it") {
    DatabaseWorld world;
    LastSeen record = seen("a@x", hours{1});
    record.account = (std::uint64_t{0x7fffffff} << 32) | 5;
    world.end(record);
    CHECK(world.database->find("a@x")->account == record.account);
    record.account = 0;  // nobody knows
    record.logged_out_at += hours{1};
    world.end(record);
    CHECK(world.database->find("a@x")->account == 0);
  }
}

}  // namespace liveness::store
