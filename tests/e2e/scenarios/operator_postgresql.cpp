// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What contacts and operators ask, of a server whose records are in a PostgreSQL.
#include "e2e/stage.h"
#include "support/postgresql_server.h"

namespace liveness::e2e {
namespace {

using support::PostgresqlServer;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// romeo has come and gone twice; juliet is here; mercutio was never seen.
struct Scene {
  Scene() {
    for (const char* word : {"first", "second"}) {
      stage.user()->unavailable(word);
      stage.departure(stage.jid("phone"), ++departures);
    }
    REQUIRE(eventually(kPatience,
                       [&] { return has(stage.server.shell("liveness:stats()"), "2 on disk, 0 waiting"); }));
  }

  PostgresqlServer postgresql;
  Stage stage{"liveness_store = \"" + postgresql.uri(postgresql.makeDatabase()) + "\""};
  std::size_t departures = 0;
};

}  // namespace

TEST_SUITE("e2e/operator_postgresql") {
  TEST_CASE("the shell and the plain commands say of a PostgreSQL what they say of a file") {
    Scene scene;
    const auto& server = scene.stage.server;
    const auto history = server.shell(R"(liveness:history("romeo@localhost"))");
    CAPTURE(history);
    CHECK(has(history, "2 logouts of romeo@localhost"));
    CHECK(history.find("second") < history.find("first"));
    CHECK(has(server.shell("liveness:inactive(0)"), "1 inactive, 1 unknown"));
    CHECK(has(server.shell("liveness:active()"), "1 host"));

    for (int round = 0; round < 2; ++round) {
      const auto lines = server.ctl({"mod_liveness", "history", "romeo@localhost"});
      CAPTURE(lines.output);
      CHECK(lines.status == 0);
      CHECK(countOf("\tlogged_out\tphone\t", lines.output) == 2);
      CHECK(server.ctl({"mod_liveness", "active"}).output == "localhost\t2\t2\t2\n");
      CHECK(has(server.ctl({"mod_liveness", "inactive", "0"}).output,
                "unknown\tmercutio@localhost\t-\t-\t-\n"));
      if (round == 0) REQUIRE(scene.stage.server.stop());  // and the same of a server that is down
    }

    scene.postgresql.stop();
    const auto away = server.ctl({"mod_liveness", "active"});
    CAPTURE(away.output);
    CHECK(away.status == 1);
    CHECK(has(away.output, "mod_liveness: localhost: "));
    CHECK_FALSE(has(away.output, "sesame"));  // its password
  }

  TEST_CASE(
      "last activity comes from memory while a PostgreSQL is away, and is soon refused where it does not") {
    Scene scene;
    Stage& stage = scene.stage;
    stage.server.expectError("store postgresql");
    stage.user()->unavailable("third");
    stage.departure(stage.jid("phone"), ++scene.departures);
    scene.postgresql.stop();
    RawClient juliet(stage.server.c2s());
    juliet.logIn("juliet", "secret", "localhost", "asker");
    const auto ask = [&](const std::string& to, const std::string& id) {
      juliet.send("<iq type='get' id='" + id + "' to='" + to + "'><query xmlns='jabber:iq:last'/></iq>");
      const auto answer = juliet.expect([&](const Received& r) { return attribute(r.xml, "id") == id; });
      REQUIRE(answer);
      return answer->xml;
    };
    CHECK(has(ask("romeo@localhost", "a"), "third</query>"));
    CHECK(has(stage.server.shell(R"(liveness:history("romeo@localhost"))"),
              "the database has not answered within 10 seconds"));
    CHECK(juliet.roundTrip());

    scene.postgresql.start();
    CHECK(eventually(
        20s, [&] { return has(stage.server.shell(R"(liveness:history("romeo@localhost"))"), "3 logouts"); }));
  }

  TEST_CASE("an account that is deleted leaves nothing in a PostgreSQL") {
    Scene scene;
    Stage& stage = scene.stage;
    auto user = stage.user();
    CHECK(has(stage.server.shell(R"(user:delete("romeo@localhost"))"), "OK"));
    CHECK(user->waitUntil([](const Seen& seen) { return !seen.connected; }));
    CHECK(has(stage.server.shell(R"(liveness:history("romeo@localhost"))"), "0 logouts"));
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))"), "never seen"));
    CHECK(stage.server.ctl({"mod_liveness", "history", "romeo@localhost"}).output.empty());
    CHECK(stage.server.ctl({"mod_liveness", "active"}).output == "localhost\t1\t1\t1\n");
  }
}

}  // namespace liveness::e2e
