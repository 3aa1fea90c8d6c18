// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <csignal>
#include <cstdlib>

#include "e2e/crowd_stage.h"

namespace liveness::e2e {
namespace {

constexpr std::size_t kUsers = 6;
constexpr milliseconds kWindow{400};  // two servers and a database share the machine
constexpr seconds kCheckpointInterval{1};
constexpr seconds kLease{8};
const std::string kOptions = "liveness_checkpoint_interval = 1";

/// Two servers on one database; users of the one are "left…", of the other "right…".
struct TwoServers {
  TwoServers() {
    left.gather();
    right.gather();
    left.await(2 * kUsers);
    right.await(2 * kUsers);
  }

  std::string ask(const std::string& sql) const {
    return support::PostgresqlClient(postgresql.superuser(database)).ask(sql);
  }
  std::string runs() const { return ask("SELECT count(*) FROM runs"); }
  std::string lefties() const { return ask("SELECT count(*) FROM online_users WHERE bare_jid LIKE 'left%'"); }

  void finish() {
    for (auto* stage : {&left, &right}) {
      if (!stage->server.running()) continue;
      stage->goHome();
      stage->stopServer();
      stage->judge();
      for (const auto& line : stage->server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
    }
    CHECK(runs() == "0");
    CHECK(ask("SELECT count(*) FROM online_users") == "0");
  }

  /// Before any server is started: they inherit it.
  struct Lease {
    Lease() { setenv("LIVENESS_TEST_LEASE_MS", std::to_string(milliseconds(kLease).count()).c_str(), 1); }
  } lease;
  support::PostgresqlServer postgresql;
  std::string database = postgresql.makeDatabase();
  CrowdStage left{kUsers, postgresql, database, kOptions, "left"};
  CrowdStage right{kUsers, postgresql, database, kOptions, "right"};
};

}  // namespace

TEST_SUITE("e2e/shared_database") {
  TEST_CASE("a server that is killed and does not come back is cleaned up by the other") {
    TwoServers servers;
    CHECK(servers.runs() == "2");
    servers.left.killServer(kWindow, kCheckpointInterval);
    const auto killed = SteadyClock::now();
    CHECK(servers.lefties() != "0");
    CHECK(eventually(kLease * 4, [&] { return servers.runs() == "1"; }));
    CHECK(SteadyClock::now() - killed > kLease - kCheckpointInterval);  // not before its lease has run out
    CHECK(servers.lefties() == "0");
    servers.left.judge();
    CHECK(servers.left.ledger.count(servers.left.records()).open > 0);
    servers.right.judge();
    servers.finish();
  }

  TEST_CASE("a server that is killed and comes back recovers its own at once, and nobody else's") {
    TwoServers servers;
    servers.left.killServer(kWindow, kCheckpointInterval);
    const auto killed = SteadyClock::now();
    const auto dead = servers.ask("SELECT run FROM online_users WHERE bare_jid LIKE 'left%' LIMIT 1");
    REQUIRE_FALSE(dead.empty());
    servers.left.server.start();
    CHECK(eventually(kLease * 4,
                     [&] { return servers.ask("SELECT count(*) FROM runs WHERE run = " + dead) == "0"; }));
    CHECK(SteadyClock::now() - killed < kLease - kCheckpointInterval);
    servers.left.judge();
    servers.right.judge();
    servers.finish();
  }

  TEST_CASE(
      "a second server of the same name is refused by that name, and takes its place when the first ends") {
    const TwoServers::Lease lease;
    support::PostgresqlServer server;
    const std::string database = server.makeDatabase(), twin = kOptions + "\nliveness_node = \"twin\"";
    support::PostgresqlClient superuser(server.superuser(database));
    CrowdStage first(kUsers, server, database, twin, "first");
    first.gather();
    first.await(2 * kUsers);
    CrowdStage second(kUsers, server, database, twin, "second");
    second.server.expectError("the node name \"twin\"");
    const auto said = [&](const std::string& text) {
      return second.server.log().find(text) != std::string::npos;
    };
    REQUIRE(eventually(
        60s, [&] { return said("has the node name \"twin\" there, also for localhost; give each"); }));
    CHECK(superuser.ask("SELECT count(*) FROM last_seen WHERE cause = 'server_crashed'") == "0");
    CHECK(superuser.ask("SELECT count(*) FROM runs") == "1");

    first.goHome();
    first.stopServer();
    first.judge();
    CHECK(eventually(60s, [&] { return said("works again"); }));
    CHECK(superuser.ask("SELECT count(*) FROM last_seen WHERE cause = 'server_crashed'") == "0");
    CHECK(superuser.ask("SELECT count(*) FROM runs") == "1");
    second.stopServer();
    for (const auto* stage : {&first, &second})
      for (const auto& line : stage->server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  TEST_CASE("a server that is idle keeps its lease") {
    TwoServers servers;
    XmppClient silent(servers.left.server.c2s(), {"talker1"});
    silent.available();
    servers.left.crowd().goHome();
    REQUIRE(eventually(kPatience, [&] { return servers.lefties() == "0"; }));
    const auto until = SteadyClock::now() + kLease + kLease / 2;
    eventually(kLease * 2, [&] { return SteadyClock::now() >= until || servers.runs() != "2"; });
    CHECK(servers.runs() == "2");
    CHECK(servers.ask("SELECT count(*) FROM online_users WHERE bare_jid = 'talker1@localhost'") == "1");
    servers.finish();
  }

  TEST_CASE("a server that was stopped in its tracks and taken for dead says again who is there") {
    TwoServers servers;
    XmppClient stayed(servers.left.server.c2s(), {"talker1"});
    stayed.available();
    const auto present = "SELECT count(*) FROM online_users WHERE bare_jid = 'talker1@localhost'";
    REQUIRE(eventually(kPatience, [&] { return servers.ask(present) == "1"; }));
    servers.left.crowd().goHome();
    REQUIRE(eventually(kPatience, [&] { return servers.lefties() == "0"; }));

    kill(servers.left.server.pid(), SIGSTOP);
    CHECK(eventually(kLease * 4, [&] { return servers.runs() == "1"; }));
    CHECK(servers.ask(present) == "0");
    kill(servers.left.server.pid(), SIGCONT);
    CHECK(eventually(kPatience, [&] { return servers.runs() == "2" && servers.ask(present) == "1"; }));

    stayed.unavailable("never really away");
    const auto last_words = "SELECT status FROM last_seen WHERE bare_jid = 'talker1@localhost'";
    CHECK(eventually(kPatience, [&] { return servers.ask(last_words) == "never really away"; }));
    servers.finish();
  }
}

}  // namespace liveness::e2e
