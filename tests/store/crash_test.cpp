// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <sstream>

#include "lives.h"
#include "support/child_process.h"

namespace liveness::store {

namespace {

using support::ChildProcess;
using support::eventually;

/// The last whole number that the child said was on disk.
unsigned long said(const std::filesystem::path& output) {
  std::istringstream lines(support::readFile(output));
  unsigned long last = 0;
  for (std::string line; std::getline(lines, line) && !lines.eof();) last = std::stoul(line);
  return last;
}

}  // namespace

TEST_SUITE("store/crash") {
  TEST_CASE("a process that is killed among its batches leaves a sound file with all it had counted") {
    const support::TempDir folder("liveness-store");
    TestDatabase database;
    unsigned long so_far = 0;
    for (int life = 0; life < 5; ++life) {
      CAPTURE(life);
      const auto output = folder.path() / ("said" + std::to_string(life));
      ChildProcess child(
          {{childProgram(), "write", database.connectionString(), std::to_string(so_far)}, output});
      const unsigned long enough = so_far + 2000 + 777 * static_cast<unsigned long>(life);
      REQUIRE(eventually(kPatience, [&] { return said(output) >= enough; }));
      child.signal(SIGKILL);
      REQUIRE(child.wait(kPatience) == -SIGKILL);
      so_far = said(output);

      if (databaseKind() == DatabaseKind::sqlite3) CHECK(database.ask("PRAGMA integrity_check") == "ok");
      CHECK(database.ask(
                "SELECT count(*) FROM last_seen WHERE CAST(replace(bare_jid, '@x', '') AS INTEGER) < " +
                std::to_string(so_far)) == std::to_string(so_far));
    }
    const auto store = openStore(database.connectionString());
    store->start();
    CHECK(lookUp(*store, std::to_string(so_far - 1) + "@x").has_value());
    CHECK(store->takeNotices().empty());
  }

  TEST_CASE("a server that forks before the start writes from its last process") {
    TestDatabase database;
    const auto result = support::run({{childProgram(), "daemonize", database.connectionString()}});
    CHECK(result.output == "");
    REQUIRE(result.status == 0);
    CHECK(database.ask("SELECT count(*) FROM last_seen WHERE bare_jid IN ('1@x', '2@x')") == "2");
  }

  TEST_CASE("a process that is killed at any moment of its life leaves everybody on record, once") {
    const support::TempDir folder("liveness-store");
    Lives lives;
    std::minstd_rand random(20261123);
    unsigned next_round = 0;
    std::vector<unsigned> on_disk;
    for (int life = 0; life < 12; ++life) {
      const auto output = folder.path() / ("said" + std::to_string(life));
      ChildProcess child({{childProgram(), "live", lives.database.connectionString(),
                           lives.identity.spool_path, std::to_string(next_round)},
                          output});
      // Some are killed while they still recover the one before, which is a moment like any other.
      if (life % 3 != 0) REQUIRE(eventually(kPatience, [&] { return support::readFile(output).size() > 4; }));
      std::this_thread::sleep_for(std::chrono::microseconds{random() % 60000});  // the moment is the test's
      child.signal(SIGKILL);
      REQUIRE(child.wait(kPatience) == -SIGKILL);
      const std::string all = support::readFile(output);
      const unsigned rounds = static_cast<unsigned>(std::count(all.begin(), all.end(), '\n'));
      for (unsigned round = 0; round < rounds; ++round) on_disk.push_back(next_round + round);
      next_round += rounds + 2;  // one may be half there
    }
    REQUIRE(on_disk.size() > 10);

    const auto store = lives.open();
    store->start();
    settle(*store);
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");
    CHECK(lives.database.ask("SELECT count(*) FROM runs") == "1");
    CHECK(lives.database.ask("SELECT count(*) FROM (SELECT bare_jid FROM logouts GROUP BY bare_jid "
                             "HAVING count(*) > 1) AS twice") == "0");
    CHECK(lives.database.ask("SELECT count(*) FROM logouts WHERE logged_out_at < last_heard_at") == "0");
    CHECK(lives.database.ask("SELECT (SELECT count(*) FROM logouts) - (SELECT count(*) FROM last_seen)") ==
          "0");
    for (const unsigned round : on_disk) {
      CAPTURE(round);
      const std::string of_round = " FROM logouts WHERE bare_jid LIKE '" + std::to_string(round) + ".%'";
      CHECK(lives.database.ask("SELECT count(*)" + of_round + " AND cause = 'logged_out'") == "50");
      CHECK(lives.database.ask("SELECT count(*)" + of_round + " AND cause = 'server_crashed'") == "50");
    }
  }

  TEST_CASE("a process that is killed while it recovers leaves the rest to the next") {
    Lives lives;
    constexpr std::uint64_t kUsers = 30000;
    std::vector<Store::Online> users;
    for (std::uint64_t login = 1; login <= kUsers; ++login)
      users.push_back(here(login, std::to_string(login) + "@x"));
    lives.die(lives.identity, users, utcNow());
    const auto left = [&] {
      return std::stoul(lives.database.ask("SELECT count(*) FROM online_users WHERE run = 1"));
    };
    std::minstd_rand random(20261123);
    for (auto before = left(); before > 8192; before = left()) {  // as many as one transaction takes
      ChildProcess child(
          {{childProgram(), "live", lives.database.connectionString(), lives.identity.spool_path, "0"}});
      REQUIRE(eventually(kPatience, [&] { return left() < before; }));
      std::this_thread::sleep_for(std::chrono::microseconds{random() % 1000});  // the moment is the test's
      child.signal(SIGKILL);
      REQUIRE(child.wait(kPatience) == -SIGKILL);
    }
    const auto store = lives.open();
    store->start();
    settle(*store);
    CHECK(left() == 0);
    CHECK(lives.database.ask("SELECT count(*) FROM logouts WHERE bare_jid NOT LIKE '%.%'") ==
          std::to_string(kUsers));
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen WHERE bare_jid NOT LIKE '%.%'") ==
          std::to_string(kUsers));
  }

  TEST_CASE("a process that is killed while it takes a spool in leaves it to the next" * sqliteOnly()) {
    const support::TempDir folder("liveness-store");
    constexpr unsigned kUsers = 20000;
    std::minstd_rand random(20261123);
    Lives lives;
    const auto there = folder.path() / "there";
    const std::string uri = "sqlite3://" + (there / "x.sqlite3").string();
    {
      Timing timing;
      timing.patience = std::chrono::milliseconds{10};
      const auto store = openStore(uri, lives.identity, timing);
      for (unsigned user = 0; user < kUsers; ++user)
        store->recordLogout(nextLogin(), logout(std::to_string(user) + "@x"));
      store->stop();
      REQUIRE(std::filesystem::exists(lives.identity.spool_path));
    }
    std::filesystem::create_directory(there);
    const auto copy = folder.path() / "copy";
    std::filesystem::copy_file(lives.identity.spool_path, copy);
    for (int life = 0; life < 12; ++life) {
      std::filesystem::remove(lives.identity.spool_path);
      std::filesystem::copy_file(copy, lives.identity.spool_path);
      ChildProcess child({{childProgram(), "live", uri, lives.identity.spool_path, "1000000"}});
      std::this_thread::sleep_for(std::chrono::microseconds{random() % 250000});  // the moment is the test's
      child.signal(SIGKILL);
      REQUIRE(child.wait(kPatience) == -SIGKILL);

      const auto store = openStore(uri, lives.identity);
      store->start();
      settle(*store);
      store->stop();
      CHECK_FALSE(std::filesystem::exists(lives.identity.spool_path));
      Sqlite sqlite(there / "x.sqlite3");
      CHECK(sqlite.ask("PRAGMA integrity_check") == "ok");
      CHECK(sqlite.ask("SELECT count(*) FROM logouts WHERE cause = 'timed_out'") == std::to_string(kUsers));
      CHECK(sqlite.ask("SELECT count(*) FROM last_seen WHERE cause = 'timed_out'") == std::to_string(kUsers));
      if (life % 2 == 0) sqlite.execute("DELETE FROM last_seen; DELETE FROM logouts");
    }
  }
}

}  // namespace liveness::store
