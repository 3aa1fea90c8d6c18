// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A database that is away is a file whose folder is not there yet, or that another program has locked.
#include <doctest/doctest.h>

#include "lives.h"
#include "support/temp_dir.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Timing impatient() {
  Timing timing;
  timing.patience = milliseconds{50};
  return timing;
}

/// A store whose database is in a folder that somebody takes away and brings back.
class Away {
 public:
  explicit Away(bool with_spool = true) : with_spool_(with_spool) {}

  std::unique_ptr<Store> open() const {
    return openStore("sqlite3://" + (there_ / "x.sqlite3").string(),
                     {"node", "x", with_spool_ ? spool.string() : ""}, impatient());
  }
  void bringBack() const { std::filesystem::rename(away_, there_); }
  void takeAway() const { std::filesystem::rename(there_, away_); }
  Sqlite database() const { return Sqlite(there_ / "x.sqlite3"); }

  support::TempDir folder{"liveness-spool"};
  const std::filesystem::path spool = folder.path() / "spool.sqlite3";

 private:
  const bool with_spool_;
  const std::filesystem::path there_ = folder.path() / "there", away_ = [this] {
    std::filesystem::create_directory(folder.path() / "away");
    return folder.path() / "away";
  }();
};

bool spoolIsWhole(const std::filesystem::path& spool) {
  for (const char* suffix : {".part", "-wal", "-shm", ".part-wal", ".part-shm"})
    if (std::filesystem::exists(spool.string() + suffix)) return false;
  return Sqlite(spool).ask("PRAGMA integrity_check") == "ok";
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

  TEST_CASE("a spool that cannot be read is named and left, and nothing waits for it" * sqliteOnly()) {
    Away away;
    away.bringBack();
    support::writeFile(away.spool, std::string(5000, '#'));
    const auto store = away.open();
    store->start();
    store->recordLogout(1, logout("a@x"));
    CHECK(lookUp(*store, "a@x").has_value());
    Log log(*store);
    CHECK(log.has("error: "));
    CHECK(log.has("the spool file " + away.spool.string() + ": file is not a database"));
    CHECK(support::readFile(away.spool) == std::string(5000, '#'));
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
