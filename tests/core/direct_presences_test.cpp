// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/direct_presences.h"

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/direct presences");

namespace {

using What = Telling::What;

constexpr char kBoss[] = "boss@example.org";
constexpr char kBusy[] = "<presence><show>dnd</show></presence>";
constexpr char kRoom[] = "ward@rooms.example.org";

/// A client with the plugin, for all its hold.
struct Scene {
  Scene() : id(openResumable(world)) {}

  void send(const std::string& to, bool available, const std::string& xml = "<presence/>") {
    world.host.onStanzaReceived(world.now(), id, Stanza(DirectedPresence{to, available, xml}));
  }
  Telling tell(const std::string& to, Occasion occasion) { return world.plugin.tell(id, to, occasion); }

  void checkHears(const std::string& to, What hold, What asked, What back, What end, What end_of_away) {
    CAPTURE(to);
    CHECK(tell(to, Occasion::hold).what == hold);
    CHECK(tell(to, Occasion::asked).what == asked);
    CHECK(tell(to, Occasion::resumption).what == back);
    CHECK(tell(to, Occasion::end).what == end);
    CHECK(tell(to, Occasion::end_of_away).what == end_of_away);
  }
  void checkContact(const std::string& to) {
    checkHears(to, What::held_view, What::held_view, What::presence, What::departure, What::nothing);
  }
  void checkPlace(const std::string& to) {
    checkHears(to, What::nothing, What::presence, What::nothing, What::departure, What::departure);
  }
  void checkHidden(const std::string& to) {
    checkHears(to, What::nothing, What::nothing, What::nothing, What::nothing, What::nothing);
  }

  World world{kEveryHost[0]};
  SessionId id;
};

}  // namespace

TEST_CASE("a contact who was told nothing directly sees the hold and its end, as all do") {
  Scene scene;
  scene.checkContact(kBoss);
  scene.checkContact("boss@example.org/office");
  CHECK(scene.tell(kBoss, Occasion::resumption).xml.empty());
}

TEST_CASE("a contact who was sent another presence is told that one again, and nobody else is") {
  Scene scene;
  scene.send(kBoss, true, kBusy);
  scene.checkContact(kBoss);
  for (const Occasion occasion : {Occasion::hold, Occasion::asked, Occasion::resumption}) {
    CHECK(scene.tell(kBoss, occasion).xml == kBusy);
    CHECK(scene.tell("boss@example.org/office", occasion).xml == kBusy);
    CHECK(scene.tell("friend@example.org", occasion).xml.empty());
    CHECK(scene.tell("boss@example.org.uk", occasion).xml.empty());
  }
}

TEST_CASE("who was sent unavailable hears nothing of a hold or its end, until told something else") {
  for (const std::string to : {kBoss, "boss@example.org/office"}) {
    CAPTURE(to);
    Scene scene;
    scene.send(to, false);
    scene.checkHidden(kBoss);
    scene.checkHidden("boss@example.org/office");
    scene.checkContact("boss@example.org.uk");
    scene.send(kBoss, true, kBusy);
    CHECK(scene.tell(kBoss, Occasion::resumption).xml == kBusy);
    scene.checkContact(kBoss);

    scene.send(to, false);
    scene.checkHidden(kBoss);
    scene.world.host.present(scene.id, available("hello, everybody"));
    CHECK(scene.tell(kBoss, Occasion::resumption).xml.empty());
    scene.checkContact(kBoss);
  }
}

TEST_CASE("a place that was entered is not left by a hold, also where it is a contact") {
  Scene scene;
  scene.send("ward@rooms.example.org/nurse", true);
  scene.checkPlace(kRoom);
  scene.checkPlace("ward@rooms.example.org/nurse");
  scene.world.host.present(scene.id, available("in the ward"));  // to everybody, and still there
  scene.checkPlace(kRoom);
  scene.send(kRoom, true);  // a client that tells a room, and not its nick
  scene.checkPlace(kRoom);
  scene.send("ward@rooms.example.org/nurse", false);
  scene.checkHidden(kRoom);
  scene.send("ward@rooms.example.org/nurse", true);
  scene.checkPlace(kRoom);
  scene.world.host.present(scene.id, unavailable());  // left with everything else
  scene.checkContact(kRoom);
}

TEST_CASE("a gateway hears of the end only") {
  Scene scene;
  scene.checkPlace("sms.example.org");
  scene.send("sms.example.org", true);
  scene.checkPlace("sms.example.org");
  scene.send("sms.example.org", false);
  scene.checkHidden("sms.example.org");
}

TEST_CASE("what was told directly and is not known cannot be told again: nothing is, before the end") {
  Scene scene;
  scene.send(kBoss, true, "");
  scene.checkPlace(kBoss);
  scene.send(kBoss, true, std::string(kMaxPresenceBytes + 1, 'x'));
  scene.checkPlace(kBoss);
}

TEST_CASE("it is known until the session's end has been told, and not for its successor") {
  Scene scene;
  scene.send(kBoss, false);
  scene.world.host.lose(scene.id);
  scene.world.runFor(100s);
  scene.checkHidden(kBoss);
  scene.world.host.resume(scene.id);
  scene.checkHidden(kBoss);
  const SessionId old = scene.id;
  scene.world.host.close(scene.id, Cause::connection_lost);
  scene.checkHidden(kBoss);
  scene.id = openResumable(scene.world);
  scene.checkContact(kBoss);
  scene.world.runFor(2s);
  CHECK(scene.world.plugin.tell(old, kBoss, Occasion::end).what == What::departure);
}

TEST_CASE("what one client sends directly is bounded, and the oldest is forgotten") {
  core::DirectPresences directed;
  directed.sent({"first@example.org", false, {}});
  const std::string words(4000, 'x');
  for (int i = 0; i < 10000; ++i) {
    directed.sent({"c" + std::to_string(i) + "@example.org", true, words});
    directed.sent({"last@example.org", false, {}});
  }
  CHECK(directed.bytes() <= core::DirectPresences::kMaxBytes);
  CHECK(directed.tell("last@example.org", Occasion::hold).what == What::nothing);
  CHECK(directed.tell("first@example.org", Occasion::hold).what == What::held_view);
  CHECK(directed.tell("c9999@example.org", Occasion::hold).xml == words);
  directed.broadcast(false);
  CHECK(directed.empty());
  CHECK(directed.bytes() == 0);
}

TEST_SUITE_END();
}  // namespace liveness::tests
