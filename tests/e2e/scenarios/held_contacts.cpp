// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who sees what of a held session: those who come later, the user's own, the blocked, the new, and rooms.
#include "e2e/onlooker.h"
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

std::string options(const std::string& hold = "60") {
  return "liveness_idle_timeout = 60\nliveness_held_grace = 1\nsmacks_hibernation_time = " + hold;
}

bool unavailable(const std::string& presence) {
  return attribute(presence, "type") == "unavailable";
}

bool available(const std::string& presence) {
  return !presence.empty() && attribute(presence, "type").empty();
}

/// romeo's phone, held and shown as unavailable.
void loseAndHide(Stage& stage, ResumableUser& user) {
  user.loseConnection(stage);
  CHECK(stage.departure(stage.jid("phone")).delayed);
}

std::unique_ptr<RawClient> resumed(Stage& stage, ResumableUser& user) {
  auto again = std::make_unique<RawClient>(stage.server.c2s());
  REQUIRE(resume(*again, user.id, user.handled()).find("<resumed") == 0);
  REQUIRE(again->roundTrip());
  return again;
}

}  // namespace

TEST_SUITE("e2e/held_contacts") {
  TEST_CASE("a contact who comes online or probes during the hold sees what the others see") {
    Stage stage(options());
    ResumableUser user(stage);
    loseAndHide(stage, user);
    const auto phone = stage.jid("phone");
    Onlooker late(stage, "juliet", "late");
    auto shown = late.next(phone);
    CHECK(unavailable(shown));
    CHECK(has(shown, "urn:xmpp:delay"));
    late.nothingMore(phone);
    late.send("<presence type='probe' to='romeo@localhost'/>");
    CHECK(unavailable(late.next(phone)));
    late.send("<presence type='probe' to='romeo@localhost/phone'/>");
    CHECK(unavailable(late.next(phone)));
    auto again = resumed(stage, user);
    CHECK(available(late.next(phone)));
    late.nothingMore(phone);
  }

  TEST_CASE("a contact who came online after the user sees the hold and its end as the others do") {
    ServerSetup setup = usualSetup(options());
    auto& accounts = setup.hosts.front().accounts;
    accounts.front().roster.push_back({"benvolio@localhost", "from"});
    accounts.push_back({"benvolio", "secret", {{"romeo@localhost", "to"}}});
    accounts.front().roster.push_back({"tybalt@localhost", "to"});
    accounts.push_back({"tybalt", "secret", {{"romeo@localhost", "from"}}});
    Stage stage(setup);
    ResumableUser user(stage);
    const auto phone = stage.jid("phone");
    Onlooker benvolio(stage, "benvolio", "square"), tybalt(stage, "tybalt", "street");
    REQUIRE(available(benvolio.next(phone)));
    Onlooker later(stage, "juliet", "later");
    REQUIRE(available(later.next(phone)));  // in answer to the probe that came with her presence
    later.send("<presence type='probe' to='romeo@localhost/phone'/>");
    REQUIRE(available(later.next(phone)));
    loseAndHide(stage, user);
    CHECK(unavailable(later.next(phone)));
    CHECK(unavailable(benvolio.next(phone)));
    auto again = resumed(stage, user);
    CHECK(available(later.next(phone)));
    CHECK(available(benvolio.next(phone)));
    for (Onlooker* who : {&later, &benvolio, &tybalt}) who->nothingMore(phone);
  }

  TEST_CASE("the user's own other resources see the same, those that come later too") {
    Stage stage(options("4"));
    Onlooker laptop(stage, "romeo", "laptop");
    RawClient bot(stage.server.c2s());
    bot.logIn("romeo", "secret", "localhost", "bot");  // never available: nothing is told to it
    ResumableUser user(stage);
    const auto phone = stage.jid("phone");
    CHECK(available(laptop.next(phone)));
    loseAndHide(stage, user);
    CHECK(unavailable(laptop.next(phone)));
    Onlooker tablet(stage, "romeo", "tablet");
    CHECK(unavailable(tablet.next(phone)));
    {
      auto again = resumed(stage, user);
      CHECK(available(laptop.next(phone)));
      CHECK(available(tablet.next(phone)));
      laptop.nothingMore(phone);
      again->socket().reset();
      CHECK(unavailable(laptop.next(phone)));
      CHECK(unavailable(tablet.next(phone)));
    }
    // The hold ends, and nobody hears of it twice; what is for the user goes to who is there.
    CHECK(eventually(kPatience, [&] { return stage.userSessions().find("phone") == std::string::npos; }));
    laptop.nothingMore(phone);
    tablet.nothingMore(phone);
    CHECK(stage.contact.seen().from(phone, "unavailable").size() == 2);
    stage.contact.message(stage.kUser, "anybody?");
    CHECK(laptop.expect("anybody?"));
    REQUIRE(bot.roundTrip());
    CHECK(bot.receivedThat("<presence").empty());
  }

  TEST_CASE("a blocked contact sees nothing, and the client hears nothing of that") {
    Stage stage(options());
    Onlooker laptop(stage, "romeo", "laptop");
    ResumableUser user(stage);
    const auto phone = stage.jid("phone");
    CHECK(available(laptop.next(phone)));
    user.client.send(
        "<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='juliet@localhost'/></block></iq>");
    REQUIRE(user.client.expect("id='b'"));
    REQUIRE(stage.contact.sees(phone, "unavailable"));
    const auto seen = stage.contact.seen().from(phone).size();
    user.loseConnection(stage);
    CHECK(unavailable(laptop.next(phone)));
    auto again = resumed(stage, user);
    CHECK(available(laptop.next(phone)));
    CHECK(stage.contact.roundTrip());
    CHECK(stage.contact.seen().from(phone).size() == seen);
    CHECK(again->receivedThat("urn:xmpp:blocking:errors").empty());
  }

  TEST_CASE(
      "who is granted a subscription during the hold sees the hold, who loses it is told nothing twice") {
    Stage stage(options("5"));
    Onlooker mercutio(stage, "mercutio", "street");
    Onlooker laptop(stage, "romeo", "laptop");
    ResumableUser user(stage);
    const auto phone = stage.jid("phone");
    loseAndHide(stage, user);
    mercutio.send("<presence type='subscribe' to='romeo@localhost'/>");
    REQUIRE(laptop.expect("type='subscribe'"));
    laptop.send("<presence type='subscribed' to='mercutio@localhost'/>");
    CHECK(available(mercutio.next(stage.jid("laptop"))));
    CHECK(mercutio.presencesFrom(phone).size() == 1);
    CHECK(unavailable(mercutio.presencesFrom(phone).front()));

    const auto before = stage.contact.seen().from(phone, "unavailable").size();
    laptop.send("<presence type='unsubscribed' to='juliet@localhost'/>");
    CHECK(stage.contact.sees(stage.jid("laptop"), "unavailable"));
    CHECK(stage.contact.roundTrip());
    CHECK(stage.contact.seen().from(phone, "unavailable").size() == before);

    CHECK(eventually(kPatience, [&] { return stage.userSessions().find("phone") == std::string::npos; }));
    CHECK(mercutio.roundTrip());
    CHECK(mercutio.presencesFrom(phone).size() == 1);
    CHECK(stage.contact.seen().from(phone, "unavailable").size() == before);
  }

  TEST_CASE("a room is left when the session is gone, and not before") {
    Stage stage(options("4") + "\nComponent \"rooms.localhost\" \"muc\"\nmuc_room_locking = false");
    ResumableUser user(stage);
    Onlooker mercutio(stage, "mercutio", "street");
    const std::string room = "party@rooms.localhost";
    const auto join = [&](RawClient& who, const std::string& nick) {
      who.send("<presence to='" + room + "/" + nick +
               "'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
      REQUIRE(who.expect("<subject"));
    };
    join(user.client, "romeo");
    join(mercutio, "mercutio");
    REQUIRE(available(mercutio.next(room + "/romeo")));
    loseAndHide(stage, user);
    mercutio.send("<message type='groupchat' to='" + room + "'><body>where is he?</body></message>");
    mercutio.nothingMore(room + "/romeo");
    {
      auto again = resumed(stage, user);
      CHECK(again->expect("where is he?", 100ms).has_value() == false);  // roundTrip() has passed it
      CHECK(bodiesIn(*again) == std::vector<std::string>{"where is he?"});
      again->socket().reset();
    }
    CHECK(unavailable(mercutio.next(room + "/romeo")));
    mercutio.nothingMore(room + "/romeo");
    stage.record("hold_expired");
    CHECK(stage.contact.seen().from(stage.jid("phone"), "unavailable").size() == 2);
  }
}

}  // namespace liveness::e2e
