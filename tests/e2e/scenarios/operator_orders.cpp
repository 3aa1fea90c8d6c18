// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A sign of life on request, and sessions that are ended on request: by the door that the shell and the page
// go through.
#include "e2e/onlooker.h"
#include "e2e/resumable_user.h"
#include "support/bosh_client.h"
#include "support/websocket_client.h"

namespace liveness::e2e {
namespace {

/// As the shell and the page do it. True: done.
bool order(const Stage& stage, const std::string& what, const std::string& full_jid) {
  const auto told = stage.server.shell(
      R"(> prosody.hosts.localhost.modules.liveness.module:shared("/*/liveness/instances").localhost.)" +
      what + "(\"" + full_jid + "\")");
  CAPTURE(told);
  const bool done = told.find("true") != std::string::npos;
  CHECK(done != (told.find("false") != std::string::npos));
  return done;
}

bool gone(Stage& stage, const std::string& full_jid) {
  return stage.userSessions().find(full_jid) == std::string::npos;
}

/// romeo's phone goes, seen once by juliet, and is on record as kicked.
void checkKicked(Stage& stage, const std::string& resource, UtcMillis last_heard_at) {
  stage.departure(stage.jid(resource));
  const auto record = stage.record("kicked");
  CHECK(record.resource == resource);
  checkNear(record.last_heard_at, last_heard_at);
  stage.settleRecords();  // and no other record comes
  CHECK(stage.server.lastSeen(stage.kUser)->cause == "kicked");
  CHECK(stage.contact.seen().from(stage.jid(resource), "unavailable").size() == 1);
  CHECK(gone(stage, resource));
}

std::string heldFor(const std::string& grace) {
  return "liveness_idle_timeout = 60\nliveness_held_grace = " + grace + "\nsmacks_hibernation_time = 60";
}

template <class Client>
void enableResumption(Client& client) {
  client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  REQUIRE(client.expect("<enabled"));
  client.send("<presence/>");
}

}  // namespace

TEST_SUITE("e2e/operator_orders") {
  TEST_CASE("a client is asked at once, once at a time, and its answer is measured") {
    Stage stage;
    auto user = stage.rawUser();
    const auto phone = stage.jid("phone");
    REQUIRE(order(stage, "probe", phone));
    const auto ping = user->expect("<ping");
    REQUIRE(ping);
    CHECK(stage.userSessions().find("suspect") != std::string::npos);
    CHECK_FALSE(order(stage, "probe", phone));
    user->send("<iq type='result' to='localhost' id='" + attribute(ping->xml, "id") + "'/>");
    REQUIRE(user->roundTrip());
    const auto table = stage.userSessions();
    CAPTURE(table);
    CHECK(table.find("reachable") != std::string::npos);
    CHECK(table.find(" ms") != std::string::npos);
    CHECK_FALSE(order(stage, "probe", stage.jid("elsewhere")));
  }

  TEST_CASE("a client with stream management is asked with <r/>, a held one not at all") {
    Stage stage(heldFor("60"));
    ResumableUser user(stage);
    REQUIRE(order(stage, "probe", stage.jid("phone")));
    CHECK(user.client.expect("<r xmlns"));
    user.acknowledge();
    REQUIRE(user.client.roundTrip());
    CHECK(stage.userSessions().find("reachable") != std::string::npos);
    user.loseConnection(stage);
    CHECK_FALSE(order(stage, "probe", stage.jid("phone")));
  }

  TEST_CASE("a client that is disconnected is told so, and is gone at once") {
    Stage stage;
    auto user = stage.rawUser();
    const auto heard_at = utcNow();
    const auto asked_at = SteadyClock::now();
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    const auto error = user->expect("<policy-violation");
    REQUIRE(error);
    CHECK(error->contains("administrator"));
    CHECK(user->awaitEnd());
    checkNear(stage.departure(stage.jid("phone")).at - asked_at, 150ms);  // the shell takes its time
    checkKicked(stage, "phone", heard_at);
    CHECK_FALSE(order(stage, "disconnect", stage.jid("phone")));
  }

  TEST_CASE("a client that hangs is disconnected without its help") {
    Stage stage;
    auto user = stage.user();
    user->goSilent();
    const auto heard_at = user->lastSentAt();
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    checkKicked(stage, "phone", heard_at);
    user->wake();
  }

  TEST_CASE("a resumable client that is disconnected is not held, and cannot resume") {
    Stage stage(heldFor("60"));
    ResumableUser user(stage);
    const auto heard_at = utcNow();
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    CHECK(user.client.expect("<policy-violation"));
    checkKicked(stage, "phone", heard_at);
    RawClient again(stage.server.c2s());
    CHECK(resume(again, user.id, user.handled()).find("<failed") == 0);
  }

  TEST_CASE("a held session that is disconnected gives back what was queued for it, and is seen to go") {
    Stage stage(heldFor("60") + "\nmodules_disabled = { \"offline\" }");
    ResumableUser user(stage);
    const auto heard_at = utcNow();
    user.loseConnection(stage);
    Onlooker sender(stage, "juliet", "sender");
    sender.send("<message type='chat' id='m1' to='" + stage.jid("phone") +
                "'><body>are you there?</body></message>");
    REQUIRE(sender.roundTrip());
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    const auto bounced = sender.expect("id='m1'");
    REQUIRE(bounced);
    CHECK(attribute(bounced->xml, "type") == "error");
    CHECK(bounced->contains("recipient-unavailable"));
    checkKicked(stage, "phone", heard_at);
    RawClient again(stage.server.c2s());
    CHECK(resume(again, user.id, user.handled()).find("<failed") == 0);
  }

  TEST_CASE("what was queued for a held session that is disconnected waits where Prosody keeps such") {
    Stage stage(heldFor("60"));
    ResumableUser user(stage);
    user.loseConnection(stage);
    stage.contact.message(stage.jid("phone"), "for later");
    REQUIRE(stage.contact.roundTrip());
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    stage.record("kicked");
    auto again = stage.rawUser();
    CHECK(again->expect("for later"));
  }

  TEST_CASE("a held session that contacts had seen go is seen to go by those alone who had not") {
    Stage stage(heldFor("1"));
    ResumableUser user(stage);
    Onlooker mercutio(stage, "mercutio", "street");
    user.client.send("<presence to='mercutio@localhost/street'/>");
    const auto phone = stage.jid("phone");
    REQUIRE(has(mercutio.next(phone), phone));
    user.loseConnection(stage);
    stage.departure(phone);
    mercutio.nothingMore(phone);
    REQUIRE(order(stage, "disconnect", phone));
    CHECK(attribute(mercutio.next(phone), "type") == "unavailable");
    stage.record("kicked");
    mercutio.nothingMore(phone);
    CHECK(stage.contact.seen().from(phone, "unavailable").size() == 1);
    CHECK(gone(stage, "phone"));
  }

  TEST_CASE("a user's other session stays, and so does the user") {
    Stage stage;
    auto laptop = stage.user("laptop");
    auto phone = stage.rawUser("phone");
    REQUIRE(order(stage, "disconnect", stage.jid("phone")));
    stage.departure(stage.jid("phone"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
    CHECK(laptop->roundTrip());
  }

  TEST_CASE("WebSocket clients are disconnected, held ones too") {
    Stage stage(heldFor("60"));
    support::WebSocketClient user(stage.server.http(), "localhost");
    user.logIn("romeo", "secret", "localhost", "web");
    enableResumption(user);
    REQUIRE(stage.contact.sees(stage.jid("web"), "available"));
    const auto heard_at = utcNow();
    SUBCASE("live") {}
    SUBCASE("held") {
      user.socket().reset();
      stage.awaitHeld();
    }
    REQUIRE(order(stage, "disconnect", stage.jid("web")));
    checkKicked(stage, "web", heard_at);
  }

  TEST_CASE("BOSH clients are disconnected, resumable ones too") {
    Stage stage(heldFor("60"));
    support::BoshClient user(stage.server.http(), "localhost", 1s);
    user.logIn("romeo", "secret", "localhost", "bosh");
    SUBCASE("plain") {
      user.send("<presence/>");
    }
    SUBCASE("resumable") {
      enableResumption(user);
    }
    REQUIRE(stage.contact.sees(stage.jid("bosh"), "available"));
    REQUIRE(order(stage, "disconnect", stage.jid("bosh")));
    stage.departure(stage.jid("bosh"));
    CHECK(stage.record("kicked").resource == "bosh");
    CHECK(gone(stage, "bosh"));
  }
}

}  // namespace liveness::e2e
