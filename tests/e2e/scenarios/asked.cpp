// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/onlooker.h"

namespace liveness::e2e {

namespace {

/// A client that asks: bound, but not available.
class Asker : public RawClient {
 public:
  Asker(Stage& stage, const std::string& username) : RawClient(stage.server.c2s()) {
    logIn(username, "secret", "localhost", "asker");
  }

  /// The answer to a query for last activity (XEP-0012); `to` may be empty.
  std::string lastActivity(const std::string& to) {
    const std::string id = "last" + std::to_string(++serial_);
    send("<iq type='get' id='" + id + "'" + (to.empty() ? "" : " to='" + to + "'") +
         "><query xmlns='jabber:iq:last'/></iq>");
    const auto answer = expect([&](const Received& r) {
      return r.contains("<iq") && attribute(r.xml, "id") == id && attribute(r.xml, "type") != "get";
    });
    REQUIRE(answer);
    return answer->xml;
  }

 private:
  int serial_ = 0;
};

/// An answer without what differs from query to query: its id and its addresses.
std::string essence(std::string xml) {
  for (const char* name : {"id", "to", "from"}) {
    const std::string value = attribute(xml, name);
    for (std::size_t at; !value.empty() && (at = xml.find(value)) != std::string::npos;)
      xml.erase(at, value.size());
  }
  return xml;
}

}  // namespace

TEST_SUITE("e2e/asked") {
  TEST_CASE("last activity is told to contacts, and to nobody else whether there is such a user or not") {
    Stage stage;
    Asker juliet(stage, "juliet");
    Asker mercutio(stage, "mercutio");

    CHECK(has(juliet.lastActivity("romeo@localhost"), "item-not-found"));  // never seen is not zero seconds

    auto user = stage.user();
    CHECK(
        attribute(juliet.lastActivity("romeo@localhost").substr(juliet.received().back().xml.find("<query")),
                  "seconds") == "0");
    user->unavailable("at the <ball>");
    stage.departure(stage.jid("phone"));
    const std::string told = juliet.lastActivity("romeo@localhost");
    CHECK(attribute(told, "type") == "result");
    CHECK(attribute(told, "from") == "romeo@localhost");
    CHECK(has(told, "at the &lt;ball&gt;</query>"));
    CHECK(std::stoi(attribute(told.substr(told.find("<query")), "seconds")) <= 3);

    const std::string refused = mercutio.lastActivity("romeo@localhost");
    CHECK(attribute(refused, "type") == "error");
    CHECK(has(refused, "forbidden"));
    CHECK(essence(mercutio.lastActivity("nobody@localhost")) == essence(refused));
  }

  TEST_CASE("a query without an address is for the own account") {
    Stage stage;
    auto user = stage.rawUser();
    user->send("<iq type='get' id='own1'><query xmlns='jabber:iq:last'/></iq>");
    const auto here = user->expect("own1");
    REQUIRE(here);
    CHECK(here->contains("seconds='0'"));

    user->send("<presence type='unavailable'><status>still reading</status></presence>");
    user->send("<iq type='get' id='own2'><query xmlns='jabber:iq:last'/></iq>");
    const auto away = user->expect("own2");
    REQUIRE(away);
    CHECK(away->contains("still reading</query>"));
  }

  TEST_CASE("the own account is the whole of it, also for a session that never was available") {
    Stage stage;
    auto user = stage.user("phone");
    user->unavailable("asleep");
    stage.departure(stage.jid("phone"));

    Asker romeo(stage, "romeo");  // connected, and not available: the record is that of the phone
    CHECK(has(romeo.lastActivity(""), "asleep</query>"));
    CHECK(essence(romeo.lastActivity("romeo@localhost")) == essence(romeo.lastActivity("")));

    auto again = stage.user("tablet");  // somebody is here, if not this session
    CHECK(has(romeo.lastActivity(""), "seconds='0'"));
    CHECK(has(romeo.lastActivity("romeo@localhost"), "seconds='0'"));

    Asker mercutio(stage, "mercutio");
    const std::string never = mercutio.lastActivity("");
    CHECK(attribute(never, "type") == "error");
    CHECK(has(never, "item-not-found"));
  }

  TEST_CASE("what is told of a user is what a restarted server has on record") {
    Stage stage;
    stage.user()->unavailable("until tomorrow");
    stage.departure(stage.jid("phone"));
    stage.record("logged_out");
    REQUIRE(stage.server.stop());
    stage.server.start();
    Asker juliet(stage, "juliet");
    CHECK(has(juliet.lastActivity("romeo@localhost"), "until tomorrow</query>"));
    CHECK(
        has(juliet.lastActivity("romeo@localhost"), "until tomorrow</query>"));  // and once more, from memory
    CHECK(has(juliet.lastActivity("juliet@localhost"), "seconds="));
  }

  TEST_CASE("a query to a full JID reaches the client from a contact only") {
    Stage stage;
    auto user = stage.rawUser();
    Asker mercutio(stage, "mercutio");
    CHECK(has(mercutio.lastActivity(stage.jid("phone")), "forbidden"));
    REQUIRE(user->roundTrip());
    CHECK(user->receivedThat("jabber:iq:last").empty());

    Asker juliet(stage, "juliet");
    juliet.send("<iq type='get' id='q' to='" + stage.jid("phone") + "'><query xmlns='jabber:iq:last'/></iq>");
    const auto asked = user->expect("jabber:iq:last");
    REQUIRE(asked);
    user->send("<iq type='result' id='q' to='" + juliet.fullJid() +
               "'><query xmlns='jabber:iq:last' seconds='77'/></iq>");
    CHECK(juliet.expect("seconds='77'"));

    Asker own(stage, "romeo");
    own.send("<iq type='get' id='own' to='" + stage.jid("phone") + "'><query xmlns='jabber:iq:last'/></iq>");
    CHECK(user->expect("id='own'"));
  }

  TEST_CASE("it is answered in the place of Prosody's own module, and advertised") {
    ServerSetup setup = usualSetup();
    setup.modules = {"lastactivity", "uptime"};
    Stage stage(setup);
    Asker juliet(stage, "juliet");
    CHECK(has(juliet.lastActivity("romeo@localhost"), "item-not-found"));  // that one says 0
    CHECK(has(juliet.lastActivity("localhost"), "seconds="));              // the server's uptime

    juliet.send(
        "<iq type='get' id='d' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    CHECK(juliet.expect("jabber:iq:last"));
    for (const char* account : {"", "to='juliet@localhost'", "to='romeo@localhost'"}) {
      juliet.send("<iq type='get' id='account' " + std::string(account) +
                  "><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
      const auto info = juliet.expect("category='account'");
      REQUIRE(info);
      CHECK(countOf("<feature var='jabber:iq:last'/>", info->xml) == 1);
    }

    Asker mercutio(stage, "mercutio");
    const std::string refused = mercutio.lastActivity("romeo@localhost");
    CHECK(has(refused, "forbidden"));
    for (const char* other : {"nobody@localhost", "nobody@localhost/phone", "romeo@localhost/phone"})
      CHECK(essence(mercutio.lastActivity(other)) == essence(refused));
  }

  TEST_CASE("a server that answers by memory alone would say 0: this one says when the user was heard") {
    ServerSetup setup = usualSetup();
    setup.modules = {"lastactivity"};
    Stage stage(setup);
    Asker juliet(stage, "juliet");
    auto user = stage.rawUser();
    REQUIRE(user->roundTrip());
    user->listen(2200ms);  // silent, and then gone without a word
    user->socket().reset();
    stage.departure(stage.jid("phone"));
    const auto told = juliet.lastActivity("romeo@localhost");
    const auto seconds = std::stoi(attribute(told.substr(told.find("<query")), "seconds"));
    CHECK(seconds >= 2);
    CHECK(seconds <= 5);
  }

  TEST_CASE("who comes online gets the last presence of a contact who is away, stamped") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("gone to Mantua");
    stage.departure(stage.jid("phone"));

    RawClient late(stage.server.c2s());
    late.logIn("juliet", "secret", "localhost", "late");
    late.send("<presence/>");
    const auto seen = late.expect("gone to Mantua");
    REQUIRE(seen);
    CHECK(attribute(seen->xml, "from") == stage.kUser);
    CHECK(attribute(seen->xml, "to") == late.fullJid());
    CHECK(attribute(seen->xml, "type") == "unavailable");
    const auto delay = seen->xml.find("<delay");
    REQUIRE(delay != std::string::npos);
    CHECK(has(seen->xml, "urn:xmpp:delay"));
    CHECK(attribute(seen->xml.substr(delay), "from") == "localhost");
    CHECK(attribute(seen->xml.substr(delay), "stamp").size() == std::string("2026-11-23T01:02:03Z").size());
    REQUIRE(late.roundTrip());
    CHECK(late.receivedThat("from='" + std::string(stage.kUser) + "'").size() == 1);
  }

  TEST_CASE("of a contact whose connection was lost it is a bare unavailable presence, stamped") {
    Stage stage;
    auto user = stage.rawUser();
    REQUIRE(user->roundTrip());
    const auto heard_at = utcNow();
    REQUIRE(eventually(kPatience, [&] { return utcNow() - heard_at > 4s; }));
    user->socket().reset();
    stage.departure(stage.jid("phone"));

    for (const std::string address : {stage.kUser, "romeo@localhost/phone"}) {
      CAPTURE(address);
      Asker juliet(stage, "juliet");
      juliet.send("<presence type='probe' to='" + address + "'/>");
      const auto seen = juliet.expect("type='unavailable'");
      REQUIRE(seen);
      CHECK(attribute(seen->xml, "from") == stage.kUser);
      CHECK(delayOf(seen->xml) - heard_at <
            2s);  // when the user was last heard, and not when the loss was seen
      CHECK_FALSE(seen->contains("<status"));
    }
  }

  TEST_CASE("a stranger's probe tells nothing") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("secret");
    stage.departure(stage.jid("phone"));
    Asker mercutio(stage, "mercutio");
    mercutio.send("<presence type='probe' to='romeo@localhost'/>");
    REQUIRE(mercutio.roundTrip());
    mercutio.listen(kQuiet);
    CHECK(mercutio.receivedThat("secret").empty());
    CHECK(mercutio.receivedThat("<delay").empty());
  }

  TEST_CASE("who asks without a pause gets answers all the same") {
    Stage stage;
    stage.server.shell(R"(> local liveness = prosody.hosts.localhost.modules.liveness.module
      local here = liveness:shared("/*/liveness/instances").localhost
      local asked, answered = 0, 0
      require "util.timer".add_task(0, function ()
        asked = asked + 1
        here.look_up("stranger" .. asked .. "@localhost", function () answered = answered + 1 end)
        if asked < 1000 then return 0.001 end
        liveness:log("info", "%d questions in, %s", asked, answered > 100 and "well answered" or "not answered")
      end))");
    CHECK(eventually(kPatience, [&] { return stage.server.logContains("1000 questions in, "); }));
    CHECK(stage.server.logContains("1000 questions in, well answered"));
  }
}

}  // namespace liveness::e2e
