// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A file of the first schema, made of its own SQL, as a server of that time left it.
#include <doctest/doctest.h>

#include <csignal>
#include <random>

#include "lives.h"
#include "store/sqlite_migrations.h"
#include "support/child_process.h"

namespace liveness::store {

namespace {

void makeFirstVersion(const std::filesystem::path& file, int users) {
  Sqlite sqlite(file);
  sqlite.execute("PRAGMA journal_mode = WAL");
  sqlite.execute(kMigrations[0]);
  sqlite.execute("INSERT INTO schema_version VALUES (1, '2026-11-20T00:00:00.000Z')");
  sqlite.execute(
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " +
      std::to_string(users) +
      ") INSERT INTO last_seen SELECT i || '@x', '2026-11-23T00:44:43.802Z', '2026-11-23T00:44:48.123Z', "
      "'timed_out', 'phone', NULL, CASE WHEN i % 7 = 0 THEN '<presence/>' END FROM n");
}

}  // namespace

TEST_SUITE("store/upgrade") {
  TEST_CASE("a file of the first schema keeps its records, and gets what is new" * sqliteOnly()) {
    Lives lives;
    makeFirstVersion(lives.database.file(), 5000);
    const auto store = lives.open();
    store->recordLogin(here(1, "0@x"));
    store->start();
    LastSeen record = logout("7@x");
    record.offline_presence = "<presence/>";
    CHECK(same(*lookUp(*store, "7@x"), record));
    CHECK(same(*lookUp(*store, "8@x"), logout("8@x")));
    CHECK(historyOf(*store, "8@x").empty());
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen WHERE node IS NULL") == "5000");
    CHECK(lives.database.ask("SELECT max(version) FROM schema_version") == std::to_string(newestSchema()));
    store->recordLogout(1, logout("0@x", std::chrono::milliseconds{1}));
    settle(*store);
    CHECK(lives.database.ask("SELECT node FROM last_seen WHERE bare_jid = '0@x'") == "node");
    CHECK(store->takeNotices().empty());
  }

  TEST_CASE("a process that is killed in the middle of the upgrade harms nothing" * sqliteOnly()) {
    std::minstd_rand random(20261123);
    for (int life = 0; life < 15; ++life) {
      Lives lives;
      makeFirstVersion(lives.database.file(), 300);
      support::ChildProcess child({{childProgram(), "write", lives.database.connectionString()}});
      std::this_thread::sleep_for(std::chrono::microseconds{random() % 30000});  // the moment is the test's
      child.signal(SIGKILL);
      REQUIRE(child.wait(kPatience) == -SIGKILL);
      CAPTURE(life);
      const auto store = lives.open();
      store->start();
      CHECK(lookUp(*store, "299@x").has_value());
      CHECK(lives.database.ask("PRAGMA integrity_check") == "ok");
      CHECK(lives.database.ask("SELECT count(*) FROM schema_version") == std::to_string(newestSchema()));
      CHECK(store->takeNotices().empty());
    }
  }

  TEST_CASE("two servers that upgrade one file at once do it once" * sqliteOnly()) {
    Lives lives;
    makeFirstVersion(lives.database.file(), 300);
    std::vector<std::unique_ptr<Store>> stores;
    for (int i = 0; i < 4; ++i) {
      stores.push_back(lives.open({"node", std::to_string(i), ""}));
      stores.back()->start();
    }
    for (const auto& store : stores) CHECK(lookUp(*store, "299@x").has_value());
    CHECK(lives.database.ask("SELECT count(*) FROM schema_version") == std::to_string(newestSchema()));
  }
}

}  // namespace liveness::store
