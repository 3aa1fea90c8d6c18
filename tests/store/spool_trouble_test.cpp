// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The spool file while its database is away, and when that is back.
#include <doctest/doctest.h>

#include "away.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;

bool isSpooled(Store& store, const Away& away, const std::string& sql, const std::string& answer) {
  return tickUntil(store, [&] { return away.askSpool(sql) == answer; });
}

bool worksAgain(Store& store, Log& log) {
  return tickUntil(store, [&] { return log.has("works again"); });
}

/// In the file, or in the log beside it.
bool isOnDisk(const Away& away, const std::string& text) {
  for (const char* end : {"", "-wal"}) {
    const auto file = away.spool.string() + end;
    if (std::filesystem::exists(file) && support::readFile(file).find(text) != std::string::npos) return true;
  }
  return false;
}

LastSeen withWords(const std::string& bare_jid, const std::string& words) {
  LastSeen record = logout(bare_jid);
  record.status = words;
  record.offline_presence = "<presence><status>" + words + "</status></presence>";
  return record;
}

}  // namespace

TEST_SUITE("store/spool_trouble") {
  TEST_CASE("records go to the spool as they come, and it goes when the database has them" * sqliteOnly()) {
    Away away;
    const auto store = away.open();
    Log log(*store);
    store->start();
    store->recordLogout(1, logout("a@x"));
    REQUIRE(isSpooled(*store, away, "SELECT group_concat(bare_jid) FROM logouts", "a@x"));
    for (int round = 0; round < 100; ++round) {
      store->recordLogout(nextLogin(), logout("b@x", milliseconds{round}));
      store->recordLogin(here(nextLogin(), "c@x"));
    }
    REQUIRE(isSpooled(*store, away, "SELECT max(logged_out_at) FROM last_seen", "2026-11-23T00:44:48.222Z"));
    REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM online_users", "1"));
    CHECK(away.askSpool("SELECT count(*) FROM logouts") == "10");  // nine of each, see News
    CHECK(away.askSpool("SELECT count(*) FROM unfinished") == "1");

    away.bringBack();
    REQUIRE(worksAgain(*store, log));
    CHECK_FALSE(std::filesystem::exists(away.spool));
    CHECK(historyOf(*store, "b@x").size() == 9);
    CHECK(historyOf(*store, "a@x").size() == 1);
    CHECK(log.has("kept in memory and in the spool file " + away.spool.string() + ", and tried again"));
    CHECK(log.lines().size() == 2);

    away.takeAway();
    store->recordLogout(nextLogin(), logout("d@x"));
    REQUIRE(isSpooled(*store, away, "SELECT group_concat(bare_jid) FROM last_seen", "d@x"));
    store->stop();
    CHECK(away.askSpool("SELECT count(*) FROM unfinished") == "0");
    CHECK(away.askSpool("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE("the words of a deleted account leave the spool" * sqliteOnly()) {
    Away away;
    {
      const auto before = away.open();
      before->recordLogout(1, withWords("a@x", "from an earlier life"));
      before->stop();
    }
    const auto store = away.open();
    store->start();
    store->recordLogout(1, withWords("a@x", "never to be read again"));
    store->recordLogout(2, withWords("b@x", "to be read"));
    store->recordLogin(here(3, "a@x"));
    REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM logouts", "3"));
    CHECK(isOnDisk(away, "from an earlier life"));
    store->forget("a@x");
    REQUIRE(isSpooled(*store, away, "SELECT group_concat(bare_jid) FROM forgotten", "a@x"));
    CHECK(tickUntil(*store, [&] {
      return !isOnDisk(away, "from an earlier life") && !isOnDisk(away, "never to be read again");
    }));
    CHECK(isOnDisk(away, "to be read"));
    CHECK(away.askSpool("SELECT count(*) FROM logouts") == "1");
    CHECK(away.askSpool("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE(
      "a spool that cannot be written is one line, and what waits is written when the database is back" *
      sqliteOnly()) {
    Away away;
    std::filesystem::create_directory(away.spool);
    const auto store = away.open();
    Log log(*store);
    store->start();
    for (int i = 0; i < 50; ++i) {
      store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
      REQUIRE(tickUntil(*store, [&] { return log.lines().size() >= 2; }));
    }
    CHECK(log.has("error: store "));
    CHECK(log.has("the spool file " + away.spool.string() + ": it is there, but not a file"));
    CHECK(log.has("what waits is in memory alone, and lost with a crash"));
    bool later = false;
    SUBCASE("where it stays so") {}
    SUBCASE("where it can be written later") {
      std::filesystem::remove(away.spool);
      REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM last_seen", "50"));
      later = true;
    }
    away.bringBack();
    REQUIRE(worksAgain(*store, log));
    CHECK(store->stats().records_written == 50);
    CHECK(log.lines().size() == (later ? 3 : 4));  // nothing could be taken in of it, either
    CHECK(std::filesystem::exists(away.spool) == !later);
  }

  TEST_CASE("a spool that is taken away or spoiled while it is in use is made anew, with all that waits" *
            sqliteOnly()) {
    Away away;
    const auto store = away.open();
    Log log(*store);
    store->start();
    for (const char* user : {"a@x", "b@x", "c@x"}) store->recordLogout(nextLogin(), logout(user));
    REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM last_seen", "3"));
    bool spoiled = false;
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(away.spool.string() + end);
    SUBCASE("it is gone") {}
    SUBCASE("another file is in its place") {
      support::writeFile(away.spool, std::string(5000, '#'));
      spoiled = true;
    }
    store->recordLogout(nextLogin(), logout("d@x"));
    REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM last_seen", "4"));
    CHECK(std::filesystem::exists(away.spool.string() + ".spoiled") == spoiled);
    store->recordLogout(nextLogin(), logout("e@x"));
    REQUIRE(isSpooled(*store, away, "SELECT count(*) FROM last_seen", "5"));
    away.bringBack();
    REQUIRE(worksAgain(*store, log));
    CHECK_FALSE(std::filesystem::exists(away.spool));
    CHECK(store->stats().records_written == 5);
    CHECK(log.has("The file is now " + away.spool.string() + ".spoiled") == spoiled);
    CHECK(log.lines().size() == (spoiled ? 3 : 2));
  }

  TEST_CASE("servers that have one spool file lose nothing by each other" * sqliteOnly()) {
    Away one, two;
    two.spool = one.spool;
    const auto first = one.open(), second = two.open();
    Log log(*first), other_log(*second);
    first->start();
    first->recordLogout(1, logout("a@x"));
    REQUIRE(isSpooled(*first, one, "SELECT count(*) FROM logouts", "1"));
    second->start();
    second->recordLogout(1, logout("b@x"));
    REQUIRE(isSpooled(*second, one, "SELECT count(*) FROM logouts", "2"));
    one.bringBack();
    REQUIRE(worksAgain(*first, log));
    second->recordLogout(2, logout("c@x"));
    REQUIRE(isSpooled(*second, one,
                      "SELECT group_concat(bare_jid) FROM (SELECT bare_jid FROM logouts ORDER BY 1)",
                      "b@x,c@x"));
    two.bringBack();
    REQUIRE(worksAgain(*second, other_log));
    CHECK(historyOf(*second, "b@x").size() == 1);
    CHECK(historyOf(*second, "c@x").size() == 1);
    CHECK_FALSE(std::filesystem::exists(one.spool));
  }

  TEST_CASE("a spool whose word on who died is damaged ends nobody in order" * sqliteOnly()) {
    Away away;
    away.bringBack();
    std::string spool;
    {
      const auto store = away.open();
      store->start();
      store->recordLogin(here(1, "a@x"));
      store->recordLogin(here(2, "b@x"));
      settle(*store);
      Sqlite other = away.database();
      other.execute("BEGIN IMMEDIATE");
      store->recordLogout(1, logout("a@x"));
      store->stop();
      REQUIRE(std::filesystem::exists(away.spool));
    }
    std::uint64_t recovered = 0;
    SUBCASE("it is sound") {}
    SUBCASE("its table of them is no table of ours") {
      Sqlite(away.spool).execute("DROP TABLE unfinished; CREATE TABLE unfinished (other)");
      recovered = 0;
    }
    SUBCASE("its page is damaged") {
      const auto page =
          std::stoul(Sqlite(away.spool).ask("SELECT rootpage FROM sqlite_master WHERE name = 'unfinished'"));
      std::string bytes = support::readFile(away.spool);
      bytes.replace((page - 1) * 4096, 4096, 4096, '\x5a');
      support::writeFile(away.spool, bytes);
      recovered = 1;
    }
    const auto store = away.open();
    store->start();
    settle(*store);
    CHECK((lookUp(*store, "a@x")->cause == Cause::timed_out));
    CHECK(lookUp(*store, "b@x").has_value() == (recovered != 0));
    CHECK(store->stats().recovered == recovered);
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }
}

}  // namespace liveness::store
