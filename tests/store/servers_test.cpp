// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Several servers on one database, each in a process of its own.
#include <doctest/doctest.h>

#include <csignal>
#include <memory>

#include "lives.h"
#include "support/child_process.h"

namespace liveness::store {

namespace {

using support::ChildProcess;
using support::eventually;
using support::readFile;

// A lease that a busy machine's living server keeps, and a test can wait for.
constexpr const char* kBeat = "100";
constexpr const char* kLease = "2500";

struct Server {
  Server(const TestDatabase& database, std::string node)
      : name(std::move(node)),
        output(database.folder() / (name + ".output")),
        uri(database.connectionString()) {
    start();
  }

  void start() {
    process = std::make_unique<ChildProcess>(
        support::Command{{childProgram(), "serve", uri, name, kBeat, kLease}, output, {}});
  }
  void kill() {
    process->signal(SIGKILL);
    process->wait(kPatience);
  }
  /// SIGSTOP, but not in the middle of a transaction, whose locks would hold up the others: that is trouble
  /// of another kind.
  void pause(TestDatabase& database) {
    const bool paused = eventually(kPatience, [&] {
      process->signal(SIGSTOP);
      try {
        if (databaseKind() == DatabaseKind::postgresql)
          database.execute(
              "SET lock_timeout = '500ms'; UPDATE runs SET node = node; UPDATE last_seen SET node = node");
        else
          database.execute("UPDATE runs SET node = node");
        return true;
      } catch (const std::runtime_error&) {
        process->signal(SIGCONT);
        return false;
      }
    });
    REQUIRE(paused);
  }
  bool said(const std::string& text) const { return readFile(output).find(text) != std::string::npos; }

  std::string name;
  std::filesystem::path output;
  std::string uri;
  std::unique_ptr<ChildProcess> process;
};

/// "10 0": how many of its users are here, and how many are on record as having been with a server that died.
std::string usersOf(TestDatabase& database, const std::string& node) {
  const std::string of_node = " WHERE bare_jid LIKE '%@" + node + "'";
  return database.ask("SELECT (SELECT count(*) FROM online_users" + of_node +
                      ") || ' ' || (SELECT count(*) FROM last_seen" + of_node +
                      " AND cause = 'server_crashed')");
}

bool comesTo(TestDatabase& database, const std::string& node, const std::string& users) {
  std::string last;
  const bool came = eventually(kPatience, [&] {
    try {
      last = usersOf(database, node);
    } catch (const std::runtime_error& e) {  // there are no tables yet
      last = e.what();
    }
    return last == users;
  });
  CAPTURE(node);
  CHECK(last == users);
  return came;
}

}  // namespace

TEST_SUITE("store/servers") {
  TEST_CASE(
      "one that is killed and does not come back is seen to by another, and the living are left alone") {
    TestDatabase database;
    Server north(database, "north");
    REQUIRE(comesTo(database, "north", "10 0"));
    Server south(database, "south");
    Server west(database, "west");
    REQUIRE(comesTo(database, "south", "10 0"));
    REQUIRE(comesTo(database, "west", "10 0"));

    north.kill();
    REQUIRE(comesTo(database, "north", "0 10"));
    CHECK(usersOf(database, "south") == "10 0");
    CHECK(usersOf(database, "west") == "10 0");
    CHECK(database.ask("SELECT count(*) FROM runs") == "2");
    CHECK(database.ask("SELECT count(*) FROM logouts") == "10");  // each once, whoever of the two it was
    CHECK(eventually(kPatience, [&] {
      return south.said("who were with \"north\"") || west.said("who were with \"north\"");
    }));
  }

  TEST_CASE("one that is killed and comes back sees to its own at once") {
    TestDatabase database;
    Server north(database, "north");
    Server south(database, "south");
    REQUIRE(comesTo(database, "north", "10 0"));
    REQUIRE(comesTo(database, "south", "10 0"));
    north.kill();
    north.start();
    REQUIRE(comesTo(database, "north", "10 10"));
    CHECK(
        eventually(kPatience, [&] { return north.said("10 users who were with this server when it died"); }));
    CHECK(usersOf(database, "south") == "10 0");
    CHECK(database.ask("SELECT count(*) FROM runs") == "2");
  }

  TEST_CASE("one that stood still, and was taken for dead, says who is here again") {
    TestDatabase database;
    Server north(database, "north");
    REQUIRE(comesTo(database, "north", "10 0"));
    Server south(database, "south");
    REQUIRE(comesTo(database, "south", "10 0"));
    north.pause(database);
    REQUIRE(comesTo(database, "north", "0 10"));
    CHECK(usersOf(database, "south") == "10 0");
    north.process->signal(SIGCONT);
    REQUIRE(comesTo(database, "north", "10 10"));
    CHECK(eventually(kPatience, [&] { return north.said("it no longer knew who is here"); }));
    CHECK(database.ask("SELECT count(*) FROM runs") == "2");
  }

  TEST_CASE("one that stands still for less than its lease is not taken for dead") {
    TestDatabase database;
    Server north(database, "north");
    Server south(database, "south");
    REQUIRE(comesTo(database, "north", "10 0"));
    REQUIRE(comesTo(database, "south", "10 0"));
    const std::string beats = "SELECT beats FROM runs WHERE node = 'south'";
    north.pause(database);
    const auto before = std::stoul(database.ask(beats));
    REQUIRE(eventually(kPatience, [&] { return std::stoul(database.ask(beats)) >= before + 5; }));
    north.process->signal(SIGCONT);
    const std::string of_north = "SELECT beats FROM runs WHERE node = 'north'";
    const auto resumed = std::stoul(database.ask(of_north));
    REQUIRE(eventually(kPatience, [&] { return std::stoul(database.ask(of_north)) >= resumed + 5; }));
    CHECK(usersOf(database, "north") == "10 0");
    CHECK_FALSE(north.said("it no longer knew"));
  }
}

}  // namespace liveness::store
