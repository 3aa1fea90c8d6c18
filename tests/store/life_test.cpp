// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "store_world.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;

mode_t modeOf(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

/// A bit for each signal.
std::uint64_t blockedBy(const std::filesystem::path& thread) {
  std::ifstream status(thread / "status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("SigBlk:", 0) == 0) return std::stoull(line.substr(7), nullptr, 16);
  return 0;
}

}  // namespace

TEST_SUITE("store/life") {
  TEST_CASE("nothing happens before the start, and what was asked before it is done after it") {
    World world;
    bool answered = false;
    world.store->recordLogout(nextLogin(), logout("a@x"));
    world.store->findLastSeen("a@x",
                              [&](const std::optional<LastSeen>& found) { answered = found.has_value(); });
    world.store->poll();
    CHECK(writerThreads().empty());
    CHECK_FALSE(std::filesystem::exists(world.file));
    CHECK(world.store->stats().records_waiting == 1);

    world.store->start();
    CHECK(tickUntil(*world.store, [&] { return answered; }));
    CHECK(world.store->stats().records_written == 1);
    CHECK(world.store->stats().records_waiting == 0);
  }

  TEST_CASE("more than the line holds may be asked before the start") {
    World world;
    for (int i = 0; i < 40000; ++i) world.store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
    world.store->start();
    CHECK(world.written(40000));
  }

  TEST_CASE("the start makes the file, with its schema and version" * sqliteOnly()) {
    World world;
    world.store->start();
    CHECK(tickUntil(*world.store, [&] {
      return std::filesystem::exists(world.file) && std::filesystem::file_size(world.file) > 0;
    }));
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(world.written(1));
    Sqlite sqlite(world.file);
    CHECK(sqlite.ask("SELECT max(version) FROM schema_version") == std::to_string(newestSchema()));
    CHECK(sqlite.ask("SELECT applied_at LIKE '20__-__-__T__:__:__.___Z' FROM schema_version") == "1");
    CHECK(
        sqlite.ask("SELECT group_concat(name) FROM pragma_table_info('last_seen')") ==
        "bare_jid,last_heard_at,logged_out_at,cause,resource,status,offline_presence,node,evidence,account");
    CHECK(sqlite.ask("SELECT bare_jid || ' ' || last_heard_at || ' ' || logged_out_at || ' ' || cause FROM "
                     "last_seen") == "a@x 2026-11-23T00:44:43.802Z 2026-11-23T00:44:48.123Z timed_out");
    CHECK(sqlite.ask("PRAGMA journal_mode") == "wal");
  }

  TEST_CASE("the files are for the server's user only" * sqliteOnly()) {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(world.written(1));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      CAPTURE(suffix);
      CHECK(modeOf(world.file.string() + suffix) == 0600);
    }
  }

  TEST_CASE("starting twice is starting once") {
    World world;
    world.store->start();
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(world.written(1));
    CHECK(writerThreads().size() == 1);
  }

  TEST_CASE("the store's threads take none of the server's signals, and the server's thread keeps its own") {
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(lookUp(*world.store, "a@x").has_value());
    pthread_sigmask(SIG_SETMASK, nullptr, &after);

    auto threads = writerThreads();
    for (const auto& reader : readerThreads()) threads.push_back(reader);
    REQUIRE(threads.size() == 2);
    for (const auto& thread : threads) {
      const std::uint64_t blocked = blockedBy(thread);
      for (int signal = 1; signal < NSIG; ++signal) {
        CAPTURE(signal);
        CHECK(sigismember(&before, signal) == sigismember(&after, signal));
        const bool cannot_be = signal == SIGKILL || signal == SIGSTOP || (signal > 31 && signal < SIGRTMIN);
        if (!cannot_be) CHECK((blocked >> (signal - 1) & 1) == 1);
      }
    }
  }

  TEST_CASE("who asks nothing has no thread for it") {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(world.written(1));
    CHECK(readerThreads().empty());
  }

  TEST_CASE("the stop puts everything on disk, ends the threads and leaves one file") {
    World world;
    world.store->start();
    CHECK_FALSE(lookUp(*world.store, "a@x").has_value());
    for (int i = 0; i < 25000; ++i) world.store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
    world.store->stop();
    CHECK(world.store->stats().records_written == 25000);
    CHECK(world.store->stats().records_waiting == 0);
    CHECK(writerThreads().empty());
    CHECK(readerThreads().empty());
    CHECK_FALSE(std::filesystem::exists(world.file.string() + "-wal"));
    CHECK(world.database.ask("SELECT count(*) FROM last_seen") == "25000");
    CHECK(world.log.lines().empty());
  }

  TEST_CASE("the stop answers what was asked, from the records") {
    World world;
    world.store->start();
    int found = 0, answered = 0;
    for (int i = 0; i < 3000; ++i) {
      world.store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
      world.store->findLastSeen(std::to_string(i) + "@x", [&](const std::optional<LastSeen>& record) {
        ++answered;
        if (record) ++found;
      });
    }
    world.store->stop();
    CHECK(answered == 3000);
    CHECK(found == 3000);
    CHECK_FALSE(world.store->reading());
  }

  TEST_CASE("after the stop nothing is done, however often it is asked") {
    World world;
    world.store->start();
    world.store->stop();
    world.store->stop();
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    bool answered = false;
    world.store->findLastSeen("a@x", [&](const auto&) { answered = true; });
    world.store->poll();
    world.store->stop();
    CHECK_FALSE(answered);
    CHECK_FALSE(world.store->reading());
    CHECK(world.store->stats().records_waiting == 0);
    CHECK(writerThreads().empty());
  }

  TEST_CASE("a stop without a start writes what was waiting, and makes no file for nothing") {
    World world;
    world.store->recordLogout(nextLogin(), logout("a@x"));
    world.store->stop();
    CHECK(world.database.ask("SELECT bare_jid FROM last_seen") == "a@x");

    World other;
    other.store->stop();
    CHECK_FALSE(std::filesystem::exists(other.file));
  }

  TEST_CASE("destroying the store writes everything, and calls nobody back") {
    World world;
    bool called = false;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    world.store->findLastSeen("a@x", [&](const auto&) { called = true; });
    world.store.reset();
    CHECK_FALSE(called);
    CHECK(world.database.ask("SELECT bare_jid FROM last_seen") == "a@x");
  }

  TEST_CASE("records of a former life are found, and its schema is left as it is") {
    TestDatabase database;
    for (int life = 0; life < 3; ++life) {
      const auto store = openStore(database.connectionString());
      store->start();
      if (life > 0) CHECK(lookUp(*store, "a@x").has_value());
      store->recordLogout(nextLogin(), logout("a@x", milliseconds{life}));
      store->stop();
    }
    CHECK(database.ask("SELECT count(*) FROM schema_version") == std::to_string(newestSchema()));
  }

  TEST_CASE("two stores on two databases do not mix") {
    World one, two;
    one.store->start();
    two.store->start();
    one.store->recordLogout(nextLogin(), logout("one@x"));
    two.store->recordLogout(nextLogin(), logout("two@x"));
    CHECK(lookUp(*one.store, "one@x").has_value());
    CHECK_FALSE(lookUp(*one.store, "two@x").has_value());
    CHECK(lookUp(*two.store, "two@x").has_value());
    CHECK(writerThreads().size() == 2);
    one.store->stop();
    CHECK(lookUp(*two.store, "two@x").has_value());
  }

  TEST_CASE("two stores on one database both write") {
    World one;
    const auto two = openStore(one.database.connectionString(), {"another", "x", ""});
    one.store->start();
    two->start();
    for (int i = 0; i < 2000; ++i) {
      one.store->recordLogout(nextLogin(), logout("one" + std::to_string(i) + "@x"));
      two->recordLogout(nextLogin(), logout("two" + std::to_string(i) + "@x"));
    }
    one.store->stop();
    two->stop();
    CHECK(one.database.ask("SELECT count(*) FROM last_seen") == "4000");
  }
}

}  // namespace liveness::store
