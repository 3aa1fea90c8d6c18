// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "away.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

bool spoolIsWhole(const std::filesystem::path& spool) {
  for (const char* suffix : {".part", "-wal", "-shm", ".part-wal", ".part-shm"})
    if (std::filesystem::exists(spool.string() + suffix)) return false;
  return Sqlite(spool).ask("PRAGMA integrity_check") == "ok";
}

/// Makes the database, with nothing in it.
void makeEmpty(const Away& away) {
  const auto store = away.open();
  store->forget("nobody@x");
  std::filesystem::rename(away.spool, away.folder.path() / "aside");
  store->stop();
  std::filesystem::rename(away.folder.path() / "aside", away.spool);
}

/// As a bad sector would. Returns how many there were.
int damagePagesWith(const std::string& text, const std::filesystem::path& file) {
  constexpr std::size_t kPage = 4096;
  std::string bytes = support::readFile(file);
  int pages = 0;
  for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text), ++pages)
    bytes.replace(at / kPage * kPage, kPage, kPage, '\x5a');
  support::writeFile(file, bytes);
  return pages;
}

}  // namespace

TEST_SUITE("store/spool") {
  TEST_CASE("what a database that is away cannot be given at the stop arrives with the next start" *
            sqliteOnly()) {
    Away away;
    {
      const auto store = away.open();
      store->start();
      for (int i = 0; i < 3; ++i) store->recordLogout(1, logout("a@x", milliseconds{i}));
      store->recordLogout(4, logout("b@x"));
      store->recordLogin(here(5, "c@x"));
      store->stop();
      Log log(*store);
      CHECK(
          log.has("4 records and the word of an orderly stop went to the spool file " + away.spool.string()));
      CHECK(log.lines().size() == 2);
    }
    CHECK(spoolIsWhole(away.spool));
    away.bringBack();
    const auto store = away.open();
    store->start();
    CHECK(same(*lookUp(*store, "a@x"), logout("a@x", milliseconds{2})));
    CHECK(same(*lookUp(*store, "b@x"), logout("b@x")));
    CHECK_FALSE(lookUp(*store, "c@x").has_value());
    CHECK(historyOf(*store, "b@x").size() == 1);
    Log log(*store);
    CHECK(log.has("info: "));
    CHECK(log.has("the spool file " + away.spool.string() + " was taken in; "));
    CHECK(log.lines().size() == 1);
    CHECK_FALSE(std::filesystem::exists(away.spool));
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }

  TEST_CASE("each field of a record survives the spool" * sqliteOnly()) {
    Away away;
    LastSeen record = logout("\xc3\xa4@x");
    record.cause = Cause::timed_out;
    record.evidence = Evidence::network_gone;
    record.account = 7;
    record.resource = "Gajim 'quoted\"";
    record.status = "; DROP TABLE logouts; --";
    record.offline_presence = "<presence><status>\xe2\x9c\x93</status></presence>";
    {
      const auto store = away.open();
      store->recordLogout(1, record);
      store->stop();
    }
    away.bringBack();
    const auto store = away.open();
    store->start();
    CHECK(same(*lookUp(*store, record.bare_jid), record));
    CHECK(lookUp(*store, record.bare_jid)->account == 7);
    const auto history = historyOf(*store, record.bare_jid);
    REQUIRE(history.size() == 1);
    record.offline_presence.clear();
    CHECK(same(history[0], record));
  }

  TEST_CASE("who was here at an orderly stop without its database is not recovered as crashed" *
            sqliteOnly()) {
    Away away;
    away.bringBack();
    {
      const auto store = away.open();
      store->start();
      store->recordLogin(here(1, "a@x"));
      store->recordLogin(here(2, "b@x"));
      settle(*store);
      Sqlite other = away.database();
      other.execute("BEGIN IMMEDIATE");
      LastSeen left = logout("a@x");
      left.cause = Cause::server_stopped;
      store->recordLogout(1, left);
      store->stop();
      CHECK(std::filesystem::exists(away.spool));
    }
    const auto store = away.open();
    store->start();
    CHECK((lookUp(*store, "a@x")->cause == Cause::server_stopped));
    CHECK_FALSE(lookUp(*store, "b@x").has_value());
    CHECK(store->stats().recovered == 0);
    CHECK(historyOf(*store, "a@x").size() == 1);
    CHECK(away.database().ask("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE(
      "several stops without the database go to one spool, and an account deleted between them is gone" *
      sqliteOnly()) {
    Away away;
    for (int life = 1; life <= 3; ++life) {
      const auto store = away.open();
      store->recordLogout(1, logout("a@x", milliseconds{life}));
      store->recordLogout(2, logout("b@x", milliseconds{life}));
      if (life == 2) store->forget("b@x");
      store->stop();
      CHECK(spoolIsWhole(away.spool));
    }
    away.bringBack();
    {
      const auto before = away.open();
      std::filesystem::rename(away.spool, away.folder.path() / "aside");
      before->recordLogout(1, logout("b@x", milliseconds{-5}));
      before->stop();
      std::filesystem::rename(away.folder.path() / "aside", away.spool);
    }
    const auto store = away.open();
    store->start();
    CHECK(historyOf(*store, "a@x").size() == 3);
    CHECK(same(*lookUp(*store, "a@x"), logout("a@x", milliseconds{3})));
    const auto b = historyOf(*store, "b@x");
    REQUIRE(b.size() == 1);
    CHECK(b[0].logged_out_at == logout("", milliseconds{3}).logged_out_at);
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }

  TEST_CASE("an account that was deleted without the database stays what it became meanwhile" *
            sqliteOnly()) {
    Away away;
    LastSeen before = logout("a@x"), after = logout("a@x");
    before.last_heard = before.logged_out_at = utcNow() - hours{2};
    {
      const auto store = away.open();
      store->recordLogout(1, before);
      store->forget("a@x");
      store->stop();
      REQUIRE(std::filesystem::exists(away.spool));
    }
    bool dated = true;
    SUBCASE("by a spool that says when") {}
    SUBCASE("by one of an earlier version") {
      dated = false;
      Sqlite(away.spool).execute("ALTER TABLE forgotten DROP COLUMN forgotten_at");
    }
    CAPTURE(dated);
    away.bringBack();
    {
      const auto other =
          openStore("sqlite3://" + (away.folder.path() / "there" / "x.sqlite3").string(), {"other", "x", ""});
      before.bare_jid = "b@x";
      other->recordLogout(1, before);
      after.last_heard = after.logged_out_at = utcNow() + milliseconds{1};  // than the last run's end
      other->recordLogout(2, after);
      other->stop();
    }
    const auto store = away.open();
    REQUIRE(tickUntil(*store, [&] { return utcNow() > after.logged_out_at; }));
    store->start();
    CHECK(same(*lookUp(*store, "a@x"), after));
    CHECK(historyOf(*store, "a@x").size() == 1);
    CHECK(lookUp(*store, "b@x").has_value());
  }

  TEST_CASE("a spool that is taken in twice changes nothing, and nothing newer is lost by it" *
            sqliteOnly()) {
    Away away;
    {
      const auto store = away.open();
      for (int i = 0; i < 100; ++i) store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
      store->stop();
    }
    away.bringBack();
    const auto copy = away.folder.path() / "copy";
    std::filesystem::copy_file(away.spool, copy);
    for (int life = 0; life < 3; ++life) {
      const auto store = away.open();
      store->start();
      CHECK(lookUp(*store, "7@x").has_value());
      if (life == 0) store->recordLogout(nextLogin(), logout("7@x", milliseconds{7}));
      store->stop();
      CHECK_FALSE(std::filesystem::exists(away.spool));
      std::filesystem::copy_file(copy, away.spool);
    }
    CHECK(away.database().ask("SELECT count(*) FROM logouts") == "101");
    CHECK(away.database().ask("SELECT count(*) FROM last_seen") == "100");
    CHECK(away.database().ask("SELECT logged_out_at FROM last_seen WHERE bare_jid = '7@x'") ==
          "2026-11-23T00:44:48.130Z");
  }

  TEST_CASE(
      "a spool that is no database is set aside, each under a name of its own, and nothing waits for it" *
      sqliteOnly()) {
    Away away;
    away.bringBack();
    const auto aside = [&](const std::string& name) {
      return support::readFile(away.spool.string() + ".spoiled" + name);
    };
    for (const char* n : {"", "-2", "-3"}) {
      const std::string text(5000, n[0] == 0 ? '#' : n[1]);
      support::writeFile(away.spool, text);
      const auto store = away.open();
      store->start();
      store->recordLogout(nextLogin(), logout("a@x"));
      CHECK(lookUp(*store, "a@x").has_value());
      Log log(*store);
      CHECK(log.has("error: "));
      CHECK(log.has("the spool file " + away.spool.string() +
                    ": 0 records of it could be taken in; the rest is spoiled: file is not a database. The "
                    "file is now " +
                    away.spool.string() + ".spoiled" + n));
      CHECK(log.lines().size() == 1);
      CHECK(aside(n) == text);
      CHECK_FALSE(std::filesystem::exists(away.spool));
    }
    CHECK(aside("") == std::string(5000, '#'));
  }

  TEST_CASE("no stop loses its records by a spool that was spoiled before it" * sqliteOnly()) {
    Away away;
    std::string why = "file is not a database";
    SUBCASE("no database") {
      support::writeFile(away.spool, std::string(5000, '#'));
    }
    SUBCASE("another program's") {
      Sqlite(away.spool).execute("CREATE TABLE logouts (x)");
      why = "it is another program's database";
    }
    SUBCASE("of a later version") {
      Sqlite later(away.spool);
      later.execute("CREATE TABLE schema_version (version INTEGER)");
      later.execute("INSERT INTO schema_version VALUES (99)");
      why = "its schema has version 99, and this Liveness knows up to ";
    }
    SUBCASE("with a table that is not as it should be") {
      const auto store = away.open();
      store->recordLogout(nextLogin(), logout("b@x"));
      store->stop();
      Sqlite spool(away.spool);
      spool.execute("DROP TABLE runs");
      spool.execute("CREATE TABLE runs (x)");
      why = "no such column";
    }
    for (int life = 1; life <= 3; ++life) {
      const auto store = away.open();
      store->recordLogout(nextLogin(), logout("a@x", milliseconds{life}));
      store->stop();
      Log log(*store);
      CHECK(log.has("1 record and the word of an orderly stop went to the spool file"));
      CHECK(log.has("the rest is spoiled: " + why) == (life == 1));
      CHECK(log.has("The file is now " + away.spool.string() + ".spoiled") == (life == 1));
      CHECK(spoolIsWhole(away.spool));
    }
    CHECK(std::filesystem::exists(away.spool.string() + ".spoiled"));
    away.bringBack();
    const auto store = away.open();
    store->start();
    CHECK(same(*lookUp(*store, "a@x"), logout("a@x", milliseconds{3})));
    CHECK(historyOf(*store, "a@x").size() == 3);
  }

  TEST_CASE("of a spool with damaged pages what is sound is taken in, the rest is said once" * sqliteOnly()) {
    constexpr int kUsers = 300;
    Away away;
    {
      const auto store = away.open();
      for (int i = 0; i < kUsers; ++i) {
        LastSeen record = logout(std::to_string(1000 + i) + "@x");
        record.status = "words of " + std::to_string(1000 + i) + std::string(700, '.');
        store->recordLogout(nextLogin(), record);
      }
      store->forget("forgotten@x");
      store->stop();
    }
    CHECK(damagePagesWith("words of 1150", away.spool) >= 2);  // of both tables
    std::uint64_t lost = 0;
    SUBCASE("at the next start") {
      away.bringBack();
    }
    SUBCASE("at a stop that comes before it, and has an index damaged") {
      Sqlite(away.spool).execute("PRAGMA wal_checkpoint");
      CHECK(damagePagesWith("1299@x", away.spool) >= 1);
      const auto store = away.open();
      store->recordLogout(nextLogin(), logout("1299@x"));
      store->stop();
      CHECK(spoolIsWhole(away.spool));
      away.bringBack();
    }
    SUBCASE("at a start after a stop that did not see it") {
      const auto store = away.open();
      store->recordLogout(nextLogin(), logout("1299@x"));
      store->stop();
      away.bringBack();
    }
    const auto store = away.open();
    store->start();
    for (const char* sound : {"1000@x", "1120@x", "1180@x", "1299@x"}) {
      CAPTURE(sound);
      CHECK(lookUp(*store, sound).has_value());
      CHECK_FALSE(historyOf(*store, sound).empty());
    }
    for (int i = 0; i < kUsers; ++i)
      if (!lookUp(*store, std::to_string(1000 + i) + "@x")) ++lost;
    CHECK(lost >= 1);
    CHECK(lost < 20);
    CHECK(std::filesystem::exists(away.spool.string() + ".spoiled"));
    CHECK_FALSE(std::filesystem::exists(away.spool.string() + ".spoiled-2"));
    CHECK_FALSE(std::filesystem::exists(away.spool));
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }

  TEST_CASE("of a spool's rows those that make no sense, or are refused, are said in one line, and kept" *
            sqliteOnly()) {
    Away away;
    {
      const auto store = away.open();
      for (const char* user : {"a@x", "b@x", "c@x", "d@x", "e@x", "f@x"})
        store->recordLogout(nextLogin(), logout(user));
      store->stop();
      Sqlite spool(away.spool);
      for (const char* table : {"last_seen", "logouts"}) {
        spool.execute(std::string("UPDATE ") + table + " SET cause = 'b\nored' WHERE bare_jid = 'b@x'");
        spool.execute(std::string("UPDATE ") + table + " SET logged_out_at = 'late' WHERE bare_jid = 'c@x'");
      }
      spool.execute("DELETE FROM runs");
    }
    away.bringBack();
    makeEmpty(away);
    {
      Sqlite database = away.database();
      for (const char* user : {"d", "e"})
        database.execute(std::string("CREATE TRIGGER no_") + user +
                         " BEFORE INSERT ON last_seen WHEN NEW.bare_jid = '" + user +
                         "@x' BEGIN SELECT RAISE(ABORT, 'never'); END");
    }
    const auto store = away.open();
    store->start();
    for (const char* user : {"a@x", "f@x"}) CHECK(lookUp(*store, user).has_value());
    for (const char* user : {"b@x", "c@x", "d@x", "e@x"}) CHECK_FALSE(lookUp(*store, user).has_value());
    Log log(*store);
    CHECK(log.has(": 4 records of it could be taken in, 2 records refused; the last: "));
    CHECK(log.has("constraint failed"));
    CHECK(log.has("4 rows make no sense; the last: "));
    CHECK(log.lines().size() == 1);
    CHECK(Sqlite(away.spool.string() + ".spoiled").ask("SELECT count(*) FROM logouts") == "6");
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }

  TEST_CASE("without a spool, or where it cannot be written, the loss is said" * sqliteOnly()) {
    bool with_spool = false;
    SUBCASE("without one") {}
    SUBCASE("a folder is in its place") {
      with_spool = true;
    }
    Away away(with_spool);
    if (with_spool) std::filesystem::create_directory(away.spool);
    const auto store = away.open();
    store->recordLogout(1, logout("a@x"));
    store->stop();
    Log log(*store);
    CHECK(log.has("error: "));
    CHECK(log.has("1 record lost"));
    CHECK(log.has(away.spool.string()) == with_spool);
  }

  TEST_CASE("nothing to say is no reason for a spool" * sqliteOnly()) {
    Away away;
    const auto store = away.open();
    store->start();
    REQUIRE(tickUntil(*store, [&] { return store->stats().failures > 0; }));
    store->stop();
    CHECK_FALSE(std::filesystem::exists(away.spool));
  }
}

}  // namespace liveness::store
