// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Users who are connected and work, and never say that they are available.
#include "e2e/stage.h"
#include "support/postgresql_server.h"

namespace liveness::e2e {
namespace {

using support::PostgresqlServer;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// romeo, who only sends messages.
std::unique_ptr<RawClient> bot(Stage& stage) {
  auto client = std::make_unique<RawClient>(stage.server.c2s());
  client->logIn("romeo", "secret", "localhost", "bot");
  client->send("<message to='juliet@localhost' type='chat'><body>report</body></message>");
  REQUIRE(client->roundTrip());
  return client;
}

/// All that is said of who is inactive: first by the server, which has made the database when it answers.
std::string inactive(const Stage& stage) {
  const auto said = stage.server.shell("liveness:inactive(0)");
  return said + stage.server.ctl({"mod_liveness", "inactive", "0"}).output;
}

void checkHere(Stage& stage) {
  REQUIRE(eventually(kPatience, [&] { return countOf("romeo@", inactive(stage)) == 0; }));
  CHECK(stage.server.ctl({"mod_liveness", "active"}).output == "localhost\t2\t2\t2\n");
}

/// Listed by both, as one whose connection ended so.
void checkGone(Stage& stage, const std::string& cause) {
  const auto listed = [&] {
    const auto said = inactive(stage);
    return has(said, "inactive\tromeo@localhost\t") && countOf("romeo@", said) == 2 &&
           countOf(cause, said) == 2;
  };
  CHECK(eventually(kPatience, listed));
  CAPTURE(inactive(stage));
  CHECK(listed());
  CHECK(stage.server.ctl({"mod_liveness", "active"}).output == "localhost\t2\t2\t2\n");
}

void checkLifeOfABot(Stage& stage) {
  REQUIRE(eventually(kPatience, [&] { return has(inactive(stage), "unknown\tromeo@localhost"); }));
  auto client = bot(stage);
  checkHere(stage);
  client->send("</stream:stream>");
  CHECK_FALSE(client->expect("never"));  // until the stream's end
  checkGone(stage, "logged_out");

  // Contacts are told nothing of it.
  CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))"), "never seen"));
  RawClient juliet(stage.server.c2s());
  juliet.logIn("juliet", "secret", "localhost", "asker");
  juliet.send("<iq type='get' id='a' to='romeo@localhost'><query xmlns='jabber:iq:last'/></iq>");
  const auto answer = juliet.expect("id='a'");
  REQUIRE(answer);
  CHECK(answer->contains("<item-not-found"));

  auto lost = bot(stage);
  checkHere(stage);
  lost->socket().reset();
  checkGone(stage, "connection_lost");

  auto left = bot(stage);
  checkHere(stage);
  stage.server.kill();
  stage.server.start();
  XmppClient back(stage.server.c2s(), Login{"juliet", "balcony"});
  back.available();
  checkGone(stage, "server_crashed");

  auto stays = bot(stage);
  checkHere(stage);
  REQUIRE(stage.server.stop());
  const auto after = stage.server.ctl({"mod_liveness", "inactive", "0"}).output;
  CAPTURE(after);
  CHECK(has(after, "inactive\tromeo@localhost\t"));
  CHECK(countOf("server_stopped", after) == 2);  // juliet's logout as well
}

}  // namespace

TEST_SUITE("e2e/bots") {
  TEST_CASE("who works without presence is here, and then last heard at the end: in a file") {
    Stage stage;
    checkLifeOfABot(stage);
  }

  TEST_CASE("who works without presence is here, and then last heard at the end: in a PostgreSQL") {
    PostgresqlServer postgresql;
    Stage stage("liveness_store = \"" + postgresql.uri(postgresql.makeDatabase()) + "\"");
    checkLifeOfABot(stage);
  }

  TEST_CASE("what contacts are told of a user who is connected without presence is their last seen") {
    Stage stage;
    stage.user()->unavailable("old words");
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("logged_out");
    auto client = bot(stage);
    checkHere(stage);
    CHECK(stage.server.lastSeen(stage.kUser)->logged_out_at == record.logged_out_at);
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))"), "old words"));
    client->send("<presence/>");
    client->send("<presence type='unavailable'><status>new words</status></presence>");
    CHECK(stage.server.lastSeenThat(stage.kUser,
                                    [](const StoredLastSeen& found) { return found.status == "new words"; }));
    checkHere(stage);  // it is connected still
    client->socket().reset();
    CHECK(eventually(kPatience, [&] { return countOf("romeo@", inactive(stage)) == 2; }));
    CHECK(stage.server.lastSeen(stage.kUser)->status == "new words");
  }
}

}  // namespace liveness::e2e
