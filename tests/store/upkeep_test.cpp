// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What SQLite leaves on the disk of what was deleted.
#include <doctest/doctest.h>

#include "database_world.h"
#include "lives.h"
#include "store/sqlite_database.h"
#include "store/sqlite_migrations.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr const char* kSecret = "the words of somebody";

LastSeen talkative(const std::string& bare_jid, int words) {
  LastSeen record = logout(bare_jid, milliseconds{words});
  record.status = std::string(kSecret) + std::to_string(words);
  record.offline_presence =
      "<presence><status>" + record.status + "</status>" + std::string(6000, 'p') + "</presence>";
  return record;
}

bool isOnDisk(const std::string& text, const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-journal"}) {
    const std::filesystem::path path = file.string() + suffix;
    if (std::filesystem::exists(path) && support::readFile(path).find(text) != std::string::npos) return true;
  }
  return false;
}

/// Somebody who comes, says something different each time, and goes.
void talkAndForget(World& world) {
  for (int words = 0; words < 5; ++words) {
    world.store->recordLogout(nextLogin(), talkative("a@x", words));
    world.store->recordLogout(nextLogin(), logout("b@x", milliseconds{words}));
    settle(*world.store);
  }
  CHECK(isOnDisk(kSecret, world.file));
  world.store->forget("a@x");
  settle(*world.store);
}

std::uintmax_t sizeOf(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? std::filesystem::file_size(file) : 0;
}

}  // namespace

TEST_SUITE("store/upkeep") {
  TEST_CASE("of who is forgotten no word is left on the disk, while the store goes on" * sqliteOnly()) {
    World world;
    world.store->start();
    talkAndForget(world);
    CHECK(tickUntil(*world.store, [&] { return !isOnDisk(kSecret, world.file); }));
    CHECK(lookUp(*world.store, "b@x").has_value());
    CHECK(world.log.lines().empty());
  }

  TEST_CASE("a reader that keeps the words of who is forgotten in the log is named, until it ends" *
            sqliteOnly()) {
    World world;
    world.store->start();
    settle(*world.store);
    auto reader = std::make_unique<Sqlite>(world.file);
    talkAndForget(world);
    reader->execute("BEGIN");
    CHECK(reader->ask("SELECT count(*) FROM last_seen") != "");
    world.store->forget("c@x");
    settle(*world.store);
    world.store->recordLogout(nextLogin(), talkative("a@x", 1));
    world.store->forget("a@x");
    REQUIRE(tickUntil(*world.store, [&] { return world.log.has("cannot be emptied"); }));
    CHECK(world.log.has("warning: store " + world.file.string() + ": its log " + world.file.string() +
                        "-wal "));
    reader.reset();
    REQUIRE(tickUntil(*world.store, [&] { return world.log.has("can be emptied again"); }));
    CHECK_FALSE(isOnDisk(kSecret, world.file));
    CHECK(world.log.lines().size() == 2);
  }

  TEST_CASE("a log that grows beside a reader is said once when it is too large and once when it is emptied" *
            sqliteOnly()) {
    constexpr std::uint64_t kLargest = 1024 * 1024;
    DatabaseWorld world(false);
    world.database = std::make_unique<SqliteDatabase>(world.test.file(), kLargest);
    world.open();
    const auto log = world.test.file().string() + "-wal";
    std::vector<Notice> notices;
    const auto keepUp = [&] {
      auto done = world.database->keepUp();
      for (Notice& notice : done.notices) notices.push_back(std::move(notice));
      return done.again.has_value();
    };
    while (keepUp()) continue;

    Sqlite reader(world.test.file());
    reader.execute("BEGIN");
    CHECK(reader.ask("SELECT count(*) FROM last_seen") == "0");
    for (int i = 0; sizeOf(log) <= 2 * kLargest; ++i) {
      world.end(talkative("a@x", i));
      keepUp();
    }
    CHECK(keepUp());
    REQUIRE(notices.size() == 1);
    CHECK((notices[0].level == Notice::Level::warning));
    CHECK(notices[0].text.find("its log " + log + " cannot be emptied (1 MB so far)") == 0);

    reader.execute("COMMIT");
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (keepUp() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds{1});
    REQUIRE(notices.size() == 2);
    CHECK((notices[1].level == Notice::Level::info));
    CHECK(sizeOf(log) == 0);
  }

  TEST_CASE("a file becomes smaller when the history in it is deleted" * sqliteOnly()) {
    constexpr int kLogouts = 20000;
    World world;
    world.store->start();
    world.store->keepHistory(hours{24 * 36500});
    for (int i = 0; i < kLogouts; ++i) {
      LastSeen record = logout(std::to_string(i % 100) + "@x", milliseconds{i});
      record.status = std::string(400, 's');
      world.store->recordLogout(nextLogin(), record);
      if (i % 500 == 499) settle(*world.store);
    }
    REQUIRE(world.written(kLogouts / 2));
    settle(*world.store);
    world.database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto before = sizeOf(world.file);
    REQUIRE(before > 2'000'000);
    world.store->keepHistory(hours{0});
    CHECK(tickUntil(*world.store, [&] { return sizeOf(world.file) < before / 4; }));
    CHECK(lookUp(*world.store, "99@x").has_value());
    world.store->stop();
    CHECK(world.database.ask("PRAGMA integrity_check") == "ok");
  }

  TEST_CASE("a file of an earlier version becomes one that can become smaller, with all that is in it" *
            sqliteOnly()) {
    Lives lives;
    {
      Sqlite old(lives.database.file());
      old.execute("PRAGMA journal_mode = WAL");
      for (std::size_t version = 1; version <= std::size(kMigrations); ++version) {
        old.execute(kMigrations[version - 1]);
        old.execute("INSERT INTO schema_version VALUES (" + std::to_string(version) +
                    ", '2026-11-20T00:00:00.000Z')");
      }
      old.execute(
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO "
          "last_seen "
          "(bare_jid, last_heard_at, logged_out_at, cause) SELECT i || '@x', '2026-11-23T00:44:43.802Z', "
          "'2026-11-23T00:44:48.123Z', 'timed_out' FROM n");
    }
    CHECK(lives.database.ask("PRAGMA auto_vacuum") == "0");
    const auto store = lives.open();
    store->start();
    CHECK(tickUntil(*store, [&] { return lives.database.ask("PRAGMA auto_vacuum") == "2"; }));
    CHECK(lookUp(*store, "999@x").has_value());
    store->recordLogout(nextLogin(), logout("0@x"));
    settle(*store);
    CHECK(lives.database.ask("PRAGMA integrity_check") == "ok");
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "1000");
    CHECK(store->takeNotices().empty());
  }
}

}  // namespace liveness::store
