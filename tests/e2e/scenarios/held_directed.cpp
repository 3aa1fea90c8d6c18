// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A held session, and those whom its client told something directly: contacts, chat rooms, gateways.
#include <cstdlib>

#include "e2e/onlooker.h"
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

const std::string kRoom = "party@rooms.localhost";

std::string options(const std::string& hold, const std::string& view = "unavailable") {
  return "liveness_idle_timeout = 60\nliveness_held_grace = 1\nliveness_held_presence = \"" + view +
         "\"\nsmacks_hibernation_time = " + hold;
}

bool unavailable(const std::string& presence) {
  return attribute(presence, "type") == "unavailable";
}

bool available(const std::string& presence) {
  return !presence.empty() && attribute(presence, "type").empty();
}

/// romeo, free to chat for his friends, with juliet told that he is busy, and hidden from mercutio.
struct Scene {
  static ServerSetup setup(const std::string& options) {
    ServerSetup setup = usualSetup(options);
    setup.hosts.front().accounts.push_back({"benvolio"});
    befriend(setup, "romeo@localhost", "mercutio@localhost");
    befriend(setup, "romeo@localhost", "benvolio@localhost");
    return setup;
  }

  explicit Scene(const std::string& options)
      : stage(setup(options)),
        juliet(stage, "juliet", "window"),
        mercutio(stage, "mercutio", "street"),
        benvolio(stage, "benvolio", "square"),
        user(stage) {
    for (Onlooker* who : {&juliet, &mercutio, &benvolio}) REQUIRE(available(who->next(phone, kPatience)));
    user.client.send("<presence><show>chat</show><status>to my friends</status></presence>");
    for (Onlooker* who : {&juliet, &mercutio, &benvolio})
      REQUIRE(has(who->next(phone, kPatience), "to my friends"));
    user.client.send("<presence to='juliet@localhost'><show>dnd</show><status>to you</status></presence>");
    user.client.send("<presence to='mercutio@localhost' type='unavailable'/>");
    REQUIRE(has(juliet.next(phone, kPatience), "to you"));
    REQUIRE(unavailable(mercutio.next(phone, kPatience)));
    REQUIRE(user.client.roundTrip());
  }

  std::unique_ptr<RawClient> resumed() {
    auto again = std::make_unique<RawClient>(stage.server.c2s());
    REQUIRE(resume(*again, user.id, user.handled()).find("<resumed") == 0);
    REQUIRE(again->roundTrip());
    return again;
  }

  const std::string phone = Stage::jid("phone");
  Stage stage;
  Onlooker juliet, mercutio, benvolio;
  ResumableUser user;
};

ServerSetup withRoster(const std::string& options, const std::string& entry) {
  ServerSetup setup = usualSetup(options);
  setup.hosts.front().accounts.front().roster.push_back({entry, "both"});
  return setup;
}

void join(RawClient& who, const std::string& nick) {
  who.send("<presence to='" + kRoom + "/" + nick +
           "'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
  REQUIRE(who.expect("<subject"));
}

void sayInRoom(RawClient& who, const std::string& words) {
  who.send("<message type='groupchat' to='" + kRoom + "'><body>" + words + "</body></message>");
  REQUIRE(who.expect(words));
}

}  // namespace

TEST_SUITE("e2e/held_directed") {
  TEST_CASE("who was told something else is told that again, and who is hidden from hears nothing") {
    Scene scene(options("6"));
    SUBCASE("at once") {}
    SUBCASE("after a reload") {
      scene.stage.module("reload");
    }
    scene.user.loseConnection(scene.stage);
    CHECK(unavailable(scene.benvolio.next(scene.phone, kPatience)));
    CHECK(unavailable(scene.juliet.next(scene.phone, kPatience)));
    scene.mercutio.send("<presence type='probe' to='romeo@localhost'/>");
    scene.mercutio.nothingMore(scene.phone);
    {
      auto again = scene.resumed();
      CHECK(has(scene.benvolio.next(scene.phone, kPatience), "to my friends"));
      const auto back = scene.juliet.next(scene.phone, kPatience);
      CHECK(available(back));
      CHECK(has(back, "<show>dnd</show>"));
      CHECK(has(back, "to you"));
      for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio}) who->nothingMore(scene.phone);
      again->socket().reset();
      CHECK(unavailable(scene.benvolio.next(scene.phone, kPatience)));
      CHECK(unavailable(scene.juliet.next(scene.phone, kPatience)));
    }
    CHECK(eventually(40s, [&] { return scene.stage.userSessions().find("phone") == std::string::npos; }));
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio}) who->nothingMore(scene.phone);
  }

  TEST_CASE("shown as away, each sees what they were told, and the hidden contact neither that nor the end") {
    Scene scene(options("6", "away"));
    scene.user.loseConnection(scene.stage);
    const auto general = scene.benvolio.next(scene.phone, kPatience);
    CHECK(has(general, "<show>xa</show>"));
    CHECK(has(general, "to my friends"));
    const auto told = scene.juliet.next(scene.phone, kPatience);
    CHECK(has(told, "<show>xa</show>"));
    CHECK(has(told, "to you"));
    CHECK_FALSE(has(told, "to my friends"));
    scene.mercutio.send("<presence type='probe' to='romeo@localhost'/>");
    scene.mercutio.nothingMore(scene.phone);
    CHECK(unavailable(scene.benvolio.next(scene.phone, kPatience)));  // the hold ends
    CHECK(unavailable(scene.juliet.next(scene.phone, kPatience)));
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio}) who->nothingMore(scene.phone);
  }

  TEST_CASE("who was told something else, and then what everybody was, is told as everybody is") {
    Scene scene(options("60"));
    scene.user.client.send("<presence><status>to you all</status></presence>");
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio})
      REQUIRE(has(who->next(scene.phone, kPatience), "to you all"));
    scene.user.loseConnection(scene.stage);
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio})
      CHECK(unavailable(who->next(scene.phone, kPatience)));
    auto again = scene.resumed();
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio})
      CHECK(has(who->next(scene.phone, kPatience), "to you all"));
  }

  TEST_CASE("a chat room that stands in the roster is not left by a hold, and left once when it ends") {
    ServerSetup setup =
        withRoster(options("6") + "\nComponent \"rooms.localhost\" \"muc\"\nmuc_room_locking = false", kRoom);
    bool to_very_many = false;
    SUBCASE("of a user of few words") {}
    SUBCASE("of one who has told very many contacts very much since") {
      to_very_many = true;
      for (int n = 0; n < 200; ++n)
        setup.hosts.front().accounts.front().roster.push_back(
            {"friend" + std::to_string(n) + "@localhost", "both"});
    }
    CAPTURE(to_very_many);
    Stage stage(setup);
    ResumableUser user(stage);
    Onlooker mercutio(stage, "mercutio", "street");
    join(mercutio, "mercutio");
    join(user.client, "romeo");
    REQUIRE(available(mercutio.next(kRoom + "/romeo", kPatience)));
    if (to_very_many) {
      const std::string words(1000, 'x');
      user.client.send("<presence><status>" + words + "</status></presence>");
      REQUIRE(has(mercutio.next(kRoom + "/romeo", kPatience), words));
    }
    user.loseConnection(stage);
    CHECK(stage.departure(stage.jid("phone"), 1, kPatience).delayed);
    sayInRoom(mercutio, "where is he?");
    mercutio.nothingMore(kRoom + "/romeo");
    {
      RawClient again(stage.server.c2s());
      REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
      REQUIRE(again.roundTrip());
      mercutio.nothingMore(kRoom + "/romeo");
      sayInRoom(mercutio, "there you are");
      REQUIRE(again.roundTrip());
      CHECK(bodiesIn(again) == std::vector<std::string>{"where is he?", "there you are"});
      sayInRoom(again, "here I am");
      CHECK(mercutio.expect("here I am"));
      again.socket().reset();
    }
    CHECK(unavailable(mercutio.next(kRoom + "/romeo")));
    mercutio.nothingMore(kRoom + "/romeo");
  }

  TEST_CASE("kept as it was, the end of a hold is told to all but the hidden contact") {
    Scene scene(options("2", "keep"));
    scene.user.loseConnection(scene.stage);
    CHECK(unavailable(scene.benvolio.next(scene.phone, kPatience)));
    CHECK(unavailable(scene.juliet.next(scene.phone, kPatience)));
    for (Onlooker* who : {&scene.juliet, &scene.mercutio, &scene.benvolio}) who->nothingMore(scene.phone);
  }

  TEST_CASE("who is no contact and was told something directly hears of the end of a hold alone") {
    Stage stage(options("4"));
    Onlooker mercutio(stage, "mercutio", "street");
    ResumableUser user(stage);
    user.client.send("<presence to='mercutio@localhost'><status>to you alone</status></presence>");
    REQUIRE(has(mercutio.next(stage.jid("phone"), kPatience), "to you alone"));
    REQUIRE(user.client.roundTrip());
    user.loseConnection(stage);
    stage.departure(stage.jid("phone"), 1, kPatience);
    const auto end = mercutio.next(stage.jid("phone"), kPatience);
    CHECK(unavailable(end));
    CHECK(stage.userSessions().find("0 sessions") != std::string::npos);
    mercutio.nothingMore(stage.jid("phone"));
  }

  TEST_CASE("a gateway in the roster hears of the end of a hold, and of nothing before it") {
    const char* modules = std::getenv("LIVENESS_E2E_MODULES");
    if (modules == nullptr)
      throw Skip("LIVENESS_E2E_MODULES is not set: run this with `meson test --suite e2e`");
    auto setup = withRoster(options("6") + "\nComponent \"gateway.localhost\" \"made_up_gateway\"",
                            "gateway.localhost");
    setup.more_plugins = modules;
    Stage stage(setup);
    Onlooker mercutio(stage, "mercutio", "street");
    ResumableUser user(stage);
    REQUIRE(mercutio.expect("romeo@localhost/phone is available"));
    const auto heard = [&] { return bodiesIn(mercutio).size(); };
    REQUIRE(mercutio.roundTrip());
    const auto before = heard();
    user.loseConnection(stage);
    stage.departure(stage.jid("phone"), 1, kPatience);
    {
      RawClient again(stage.server.c2s());
      REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
      REQUIRE(again.roundTrip());
      REQUIRE(mercutio.roundTrip());
      CHECK(heard() == before);
      again.socket().reset();
    }
    CHECK(mercutio.expect("romeo@localhost/phone is unavailable"));
    REQUIRE(mercutio.roundTrip());
    CHECK(heard() == before + 1);
  }
}

}  // namespace liveness::e2e
