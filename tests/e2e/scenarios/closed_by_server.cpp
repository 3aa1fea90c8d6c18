// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/closed_by_server") {
  TEST_CASE("a second login with the same resource replaces the first, and the user is back at once") {
    Stage stage;
    auto first = stage.user();
    const auto first_said = first->lastSentAt();
    auto second = stage.user();

    CHECK(first->waitUntil([](const Seen& seen) { return seen.stream_error == "conflict"; }));
    stage.departure(stage.jid("phone"));
    const auto seen = stage.contact.seen().from(stage.jid("phone"));
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].type == "available");
    CHECK(seen[1].type == "unavailable");
    CHECK(seen[2].type == "available");
    const auto record = stage.record("replaced");  // between the two nobody was available
    CHECK(record.resource == "phone");
    checkNear(record.last_heard_at, first_said);

    // The late end of the old stream is not the end of the new one.
    first.reset();
    CHECK(second->roundTrip());
    CHECK(stage.contact.seen().from(stage.jid("phone"), "unavailable").size() == 1);
    CHECK(countOf(stage.jid("phone"), stage.userSessions()) == 1);
  }

  TEST_CASE("a conflict of one resource is no logout while another one is available") {
    Stage stage;
    auto tablet = stage.user("tablet");
    auto first = stage.user();
    auto second = stage.user();
    stage.departure(stage.jid("phone"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("a client that an administrator closes was kicked") {
    Stage stage;
    auto user = stage.user();
    const auto said = stage.server.shell("c2s:close(\"" + stage.jid("phone") + "\")");
    CAPTURE(said);
    stage.departure(stage.jid("phone"));
    CHECK(stage.record("kicked").resource == "phone");
  }

  TEST_CASE("a client whose stream ends by its own error was not kicked") {
    auto setup = usualSetup();
    setup.options = "c2s_stanza_size_limit = 20000";
    Stage stage(setup);
    auto user = stage.rawUser();
    SUBCASE("it sends a stanza that is too large") {
      user->send("<message to='juliet@localhost'><body>" + std::string(30000, 'x') + "</body></message>");
    }
    SUBCASE("it says that it found an error") {
      user->send(
          "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
          "</stream:error></stream:stream>");
    }
    SUBCASE("it sends what is no XML") {
      user->send("<<");
    }
    SUBCASE("it does so after it has resumed") {
      user->send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
      const auto enabled = user->expect("<enabled");
      REQUIRE(enabled);
      RawClient again(stage.server.c2s());
      again.authenticate("romeo", "secret", "localhost");
      again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + attribute(enabled->xml, "id") + "' h='0'/>");
      REQUIRE(again.expect("<resumed"));
      again.send(
          "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
          "</stream:error></stream:stream>");
      again.listen(1s);
    }
    stage.departure(stage.jid("phone"));
    CHECK(stage.record("connection_lost").resource == "phone");
  }

  TEST_CASE("a server that stops puts those who are there on record, and nobody else") {
    auto stage = std::make_unique<Stage>();
    auto gone_before = std::make_unique<XmppClient>(stage->server.c2s(), Login{"mercutio"});
    gone_before->available();
    gone_before->unavailable("was here");
    const auto before = stage->record("mercutio@localhost", "logged_out");
    auto user = stage->user();
    const auto said_at = user->lastSentAt();

    const auto stopped_from = utcNow();
    REQUIRE(stage->server.stop());
    for (const auto* jid : {"romeo@localhost", "juliet@localhost"}) {
      CAPTURE(jid);
      const auto record = stage->server.lastSeen(jid);  // at once: what is not on disk now never will be
      REQUIRE(record);
      CHECK(record->cause == "server_stopped");
      CHECK(record->logged_out_at >= stopped_from);
    }
    checkNear(stage->server.lastSeen("romeo@localhost")->last_heard_at, said_at);
    const auto after = stage->server.lastSeen("mercutio@localhost");
    REQUIRE(after);
    CHECK(after->cause == "logged_out");
    CHECK(after->logged_out_at == before.logged_out_at);

    stage->server.start();
    CHECK(stage->server.lastSeen("romeo@localhost")->cause == "server_stopped");
    CHECK(stage->server.shell(R"(liveness:last_seen("romeo@localhost"))").find("server_stopped") !=
          std::string::npos);
  }

  TEST_CASE(
      "who is sent away while the server stops is there until the stop, but for who says good-bye then") {
    Stage stage;
    auto sent_away = stage.rawUser();
    RawClient goes(stage.server.c2s());
    goes.logIn("mercutio", "secret", "localhost", "street");
    goes.send("<presence/>");
    REQUIRE(goes.roundTrip());
    // As another module may, when it hears of the stop, and as a client does that closes its stream just
    // then.
    const auto said = stage.server.shell(R"(> prosody.events.add_handler("server-stopping", function ()
        local users = prosody.hosts.localhost.sessions
        users.romeo.sessions.phone:close()
        users.mercutio.sessions.street:close(false)
      end, 500))");
    CAPTURE(said);
    REQUIRE(stage.server.stop());
    const std::pair<std::string, std::string> expected[] = {{"romeo@localhost", "server_stopped"},
                                                            {"mercutio@localhost", "logged_out"}};
    for (const auto& one : expected) {
      const auto record = stage.server.lastSeen(one.first);
      REQUIRE(record);
      CHECK(record->cause == one.second);
    }
  }
}

}  // namespace liveness::e2e
