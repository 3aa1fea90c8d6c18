// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <fstream>

#include "store_world.h"
#include "support/eventually.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;

bool startsTrouble(World& world, const std::string& part) {
  return tickUntil(*world.store, [&] { return world.log.has(part); });
}

bool endsTrouble(World& world) {
  return tickUntil(*world.store, [&] { return world.log.has("info: ") && world.log.has("works again"); });
}

/// A file that this version makes, with one record of a@x.
void makeFile(const std::filesystem::path& file) {
  const auto store = openStore("sqlite3://" + file.string());
  store->recordLogout(nextLogin(), logout("a@x"));
  store->stop();
}

}  // namespace

TEST_SUITE("store/trouble") {
  TEST_CASE("a locked database: records wait, coalesced, one line says so and one says when it is over" *
            sqliteOnly()) {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("first@x"));
    REQUIRE(world.written(1));

    Sqlite other(world.file);
    other.execute("BEGIN IMMEDIATE");
    for (int round = 0; round < 1000; ++round)
      for (const char* user : {"a@x", "b@x", "c@x"})
        world.store->recordLogout(nextLogin(), logout(user, milliseconds{round}));
    REQUIRE(startsTrouble(world, "warning: store " + world.file.string() + ": database is locked"));
    CHECK(world.store->stats().records_written == 1);
    CHECK(tickUntil(*world.store, [&] { return world.store->stats().records_waiting == 27; }));
    CHECK(world.store->stats().failures >= 1);
    CHECK(world.log.has("another program has a lock on it"));
    world.store->recordLogout(nextLogin(), logout("a@x", milliseconds{2000}));
    // The attempt that it came during fails without it; with the next one it is among those that wait.
    const auto attempts = world.store->stats().failures;
    REQUIRE(tickUntil(*world.store, [&] { return world.store->stats().failures >= attempts + 2; }));

    other.execute("COMMIT");
    REQUIRE(endsTrouble(world));
    CHECK(world.store->stats().records_written == 28);  // nine of each user, see News
    CHECK(world.store->stats().records_waiting == 0);
    CHECK(world.log.has("; 27 records that waited are on disk"));
    CHECK(world.log.lines().size() == 2);
    CHECK(same(*lookUp(*world.store, "a@x"), logout("a@x", milliseconds{2000})));
  }

  TEST_CASE("a lock of a moment is no trouble" * sqliteOnly()) {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("first@x"));
    REQUIRE(world.written(1));
    Sqlite other(world.file);
    other.execute("BEGIN IMMEDIATE");
    world.store->recordLogout(nextLogin(), logout("a@x"));
    other.execute("COMMIT");
    REQUIRE(world.written(2));
    CHECK(world.log.lines().empty());
  }

  TEST_CASE("a look-up while the database is away is answered rightly when it is back" * sqliteOnly()) {
    World world;
    makeFile(world.file);
    auto other = std::make_unique<Sqlite>(world.file);
    other->execute("PRAGMA locking_mode = EXCLUSIVE");
    other->execute("BEGIN EXCLUSIVE");
    other->execute("UPDATE last_seen SET status = 'locked'");
    world.store->start();
    std::vector<bool> answers;
    for (const char* user : {"a@x", "nobody@x"})
      world.store->findLastSeen(user, [&](const auto& found) { answers.push_back(found.has_value()); });
    REQUIRE(startsTrouble(world, "database is locked"));
    CHECK(answers.empty());
    other.reset();
    REQUIRE(endsTrouble(world));
    CHECK(tickUntil(*world.store, [&] { return !world.store->reading(); }));
    CHECK(answers == std::vector<bool>{true, false});
  }

  TEST_CASE("a file that is no database is not touched; once it is moved away a new one is made" *
            sqliteOnly()) {
    World world;
    const std::string text(5000, '#');
    support::writeFile(world.file, text);
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(
        startsTrouble(world, "warning: store " + world.file.string() + ": file is not a database; move it"));
    CHECK(support::readFile(world.file) == text);
    std::filesystem::rename(world.file, world.database.folder() / "aside");
    REQUIRE(endsTrouble(world));
    CHECK(world.database.ask("SELECT bare_jid FROM last_seen") == "a@x");
    CHECK(world.log.lines().size() == 2);
  }

  TEST_CASE("a damaged database is trouble, until a sound one is in its place" * sqliteOnly()) {
    World world;
    makeFile(world.file);
    std::filesystem::copy_file(world.file, world.database.folder() / "backup");
    {
      std::fstream damage(world.file, std::ios::in | std::ios::out | std::ios::binary);
      damage.seekp(4096);  // all but the page with the schema
      damage << std::string(std::filesystem::file_size(world.file) - 4096, '\x5a');
    }
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("b@x"));
    REQUIRE(startsTrouble(world, "database disk image is malformed; move it away"));
    std::filesystem::rename(world.database.folder() / "backup", world.file);
    REQUIRE(endsTrouble(world));
    CHECK(lookUp(*world.store, "a@x").has_value());
    CHECK(lookUp(*world.store, "b@x").has_value());
  }

  TEST_CASE("a schema from a newer version is an error, and the file stays as it is" * sqliteOnly()) {
    World world;
    makeFile(world.file);
    world.database.execute("PRAGMA journal_mode = DELETE");
    const std::string newer = std::to_string(newestSchema() + 1);
    world.database.execute("INSERT INTO schema_version VALUES (" + newer + ", '2027-01-01T00:00:00.000Z')");
    const std::string before = support::readFile(world.file);
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("b@x"));
    bool answered = false;
    world.store->findLastSeen("a@x", [&](const auto& found) { answered = !found.has_value(); });
    REQUIRE(startsTrouble(world, "error: store " + world.file.string() + ": its schema has version " + newer +
                                     ", and this Liveness knows up to " + std::to_string(newestSchema())));
    const auto begin = std::chrono::steady_clock::now();
    world.store->stop();
    CHECK(std::chrono::steady_clock::now() - begin < support::kPatience);
    CHECK(answered);
    CHECK(world.log.has("error: store " + world.file.string() +
                        ": still does not work at the stop; 1 record lost; 1 look-up answered with nothing"));
    CHECK(world.log.lines().size() == 2);
    CHECK(support::readFile(world.file) == before);
    CHECK_FALSE(std::filesystem::exists(world.file.string() + "-wal"));
  }

  TEST_CASE("another program's database is an error, and stays as it is" * sqliteOnly()) {
    World world;
    SUBCASE("without our table of versions") {
      world.database.execute("CREATE TABLE prosody (x)");
    }
    SUBCASE("with a table that is called like it, and empty") {
      world.database.execute("CREATE TABLE schema_version (version INTEGER)");
    }
    const std::string before = support::readFile(world.file);
    world.store->start();
    REQUIRE(startsTrouble(world, "error: "));
    world.store->stop();
    CHECK(support::readFile(world.file) == before);
  }

  TEST_CASE("a folder that is missing is named, and used when it is there" * sqliteOnly()) {
    World world;
    const auto folder = world.database.folder() / "example%2eorg";
    world.store = openStore("sqlite3://" + (folder / "liveness.sqlite3").string());
    Log log(*world.store);
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(tickUntil(*world.store, [&] { return log.has("warning: "); }));
    CHECK(log.has("the file cannot be made: No such file or directory; make the folder " + folder.string()));
    std::filesystem::create_directory(folder);
    REQUIRE(tickUntil(*world.store, [&] { return log.has("works again"); }));
    CHECK(world.store->stats().records_written == 1);
    world.store->stop();
  }

  TEST_CASE("a folder where the file should be is trouble" * sqliteOnly()) {
    World world;
    std::filesystem::create_directory(world.file);
    world.store->start();
    REQUIRE(startsTrouble(world, "it is there, but not a file"));
    std::filesystem::remove(world.file);
    REQUIRE(endsTrouble(world));
  }

  TEST_CASE("a file that is taken away while it is in use is missed, and made anew" * sqliteOnly()) {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(world.written(1));
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(world.file.string() + suffix);
    SUBCASE("by a logout") {}
    SUBCASE("by a look-up") {
      CHECK_FALSE(lookUp(*world.store, "a@x").has_value());
    }
    world.store->recordLogout(nextLogin(), logout("b@x"));
    REQUIRE(endsTrouble(world));
    REQUIRE(lookUp(*world.store, "b@x").has_value());
    CHECK(world.log.has("warning: store " + world.file.string() + ": the file was moved or deleted"));
    CHECK(world.database.ask("SELECT bare_jid FROM last_seen") == "b@x");
  }

  TEST_CASE("a trouble that comes and goes is said four times, and what is refused again and again as often" *
            sqliteOnly()) {
    constexpr std::uint64_t kTimes = 12;
    World world;
    world.store->start();
    std::size_t most = 0;
    SUBCASE("the file goes each time") {
      for (std::uint64_t i = 1; i <= kTimes; ++i) {
        world.store->recordLogout(nextLogin(), logout("a@x"));
        REQUIRE(world.written(i));
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(world.file.string() + suffix);
      }
      most = 12;  // begins, ends, and that who is here was told again
      CHECK(world.log.has("It comes and goes: that is said now and then"));
    }
    SUBCASE("the schema was changed") {
      REQUIRE_FALSE(lookUp(*world.store, "a@x"));
      world.database.execute(
          "CREATE TRIGGER no BEFORE INSERT ON last_seen BEGIN SELECT RAISE(ABORT, 'never'); END");
      for (std::uint64_t i = 1; i <= kTimes; ++i) {
        world.store->recordLogout(nextLogin(), logout("a@x"));
        REQUIRE(tickUntil(*world.store, [&] { return world.store->stats().records_waiting == 0; }));
      }
      most = 4;
      CHECK(world.log.lines().size() == most);
      world.store->stop();
      CHECK(world.log.has(std::to_string(kTimes - most) + " records refused and dropped"));
      most += 1;
    }
    CHECK(world.log.lines().size() == most);
  }

  TEST_CASE("a page of the file that is damaged holds up neither records nor other questions" *
            sqliteOnly()) {
    World world;
    {
      const auto store = openStore("sqlite3://" + world.file.string());
      for (int i = 0; i < 200; ++i) {
        LastSeen record = logout(std::to_string(i) + "@x");
        record.status = std::string(900, 'x');
        if (i == 100) record.offline_presence = "<spoil-me/>";
        store->recordLogout(nextLogin(), record);
      }
      store->stop();
    }
    std::string bytes = support::readFile(world.file);
    const auto place = bytes.find("<spoil-me/>");
    REQUIRE(place != std::string::npos);
    bytes.replace(place / 4096 * 4096, 8, 8, '\xff');  // the head of that page
    support::writeFile(world.file, bytes);

    world.store->start();
    std::vector<std::string> answers;
    const auto ask = [&](const std::string& user) {
      world.store->findLastSeen(user, [&answers, user](const std::optional<LastSeen>& found) {
        answers.push_back(user + (found ? "" : ": nothing"));
      });
    };
    for (const char* user : {"100@x", "3@x", "197@x"}) ask(user);
    world.store->recordLogout(nextLogin(), logout("new@x"));
    ask("new@x");
    REQUIRE(tickUntil(*world.store, [&] { return answers.size() == 4; }));
    CHECK(answers == std::vector<std::string>{"3@x", "197@x", "new@x", "100@x: nothing"});
    CHECK(world.store->stats().records_written == 1);
    CHECK(world.store->stats().failures == 0);
    for (int round = 0; round < 3; ++round) CHECK_FALSE(lookUp(*world.store, "100@x").has_value());
    CHECK(world.log.lines() ==
          std::vector<std::string>{
              "error: store " + world.file.string() +
              ": 100@x: database disk image is malformed; move it away (a new one is made), "
              "or put a backup in its place; it was tried 3 times, and is answered with "
              "nothing"});
  }

  TEST_CASE("a row that somebody spoiled by hand is answered with nothing, and named" * sqliteOnly()) {
    World world;
    makeFile(world.file);
    SUBCASE("its time") {
      world.database.execute("UPDATE last_seen SET last_heard_at = 'yesterday'");
    }
    SUBCASE("its cause") {
      world.database.execute("UPDATE last_seen SET cause = 'bored'");
    }
    world.store->start();
    CHECK_FALSE(lookUp(*world.store, "a@x").has_value());
    CHECK(world.log.has("error: store " + world.file.string() + ": a@x: the "));
    world.store->recordLogout(nextLogin(), logout("a@x", milliseconds{1}));
    CHECK(lookUp(*world.store, "a@x").has_value());
  }

  TEST_CASE("a stop while the database is away takes about two seconds, and says what was lost" *
            sqliteOnly()) {
    World world;
    makeFile(world.file);
    Sqlite other(world.file);
    other.execute("BEGIN IMMEDIATE");
    world.store->start();
    for (int i = 0; i < 100; ++i) world.store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
    const auto begin = std::chrono::steady_clock::now();
    world.store->stop();
    CHECK(std::chrono::steady_clock::now() - begin < support::kPatience);  // two seconds, and a busy machine
    CHECK(world.log.has("error: store " + world.file.string() +
                        ": still does not work at the stop; 100 records lost"));
    CHECK(world.store->stats().records_waiting == 100);
  }

  TEST_CASE("a database that comes back during the stop loses nothing" * sqliteOnly()) {
    World world;
    world.store = openStore("sqlite3://" + (world.database.folder() / "later" / "x.sqlite3").string());
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(tickUntil(*world.store, [&] { return world.store->stats().failures > 0; }));
    std::thread operator_([&] { std::filesystem::create_directory(world.database.folder() / "later"); });
    world.store->stop();
    operator_.join();
    CHECK(world.store->stats().records_written == 1);
  }
}

}  // namespace liveness::store
