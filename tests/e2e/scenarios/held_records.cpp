// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is on record and answered of a user one of whose clients is held while another one logs out.
#include "e2e/onlooker.h"
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

const std::string kAskShell = R"(liveness:last_seen("romeo@localhost"))";

std::string options(const std::string& grace, const std::string& hold) {
  return "liveness_idle_timeout = 60\nliveness_held_grace = " + grace + "\nsmacks_hibernation_time = " + hold;
}

/// The answer to a query for last activity, whole.
std::string activity(Onlooker& who) {
  who.send("<iq type='get' id='activity' to='romeo@localhost'><query xmlns='jabber:iq:last'/></iq>");
  const auto answer = who.expect("id='activity'");
  REQUIRE(answer);
  return answer->xml;
}

bool saysFarewell(Onlooker& who, const std::string& words) {
  who.send("<presence type='probe' to='romeo@localhost'/>");
  const auto farewell = who.next(Stage::kUser, kPatience);
  CAPTURE(farewell);
  return attribute(farewell, "type") == "unavailable" && has(farewell, "<status>" + words + "</status>") &&
         has(farewell, "urn:xmpp:delay");
}

/// The phone is held, and seen as gone; the laptop has logged out with words, and that is on record.
struct LaptopGoneHome {
  Stage stage{options("1", "60")};
  ResumableUser phone{stage};
  std::unique_ptr<RawClient> laptop = stage.rawUser("laptop");

  LaptopGoneHome() {
    phone.loseConnection(stage);
    stage.departure(stage.jid("phone"), 1, kPatience);
    laptop->send("<presence type='unavailable'><status>gone home</status></presence>");
    REQUIRE(laptop->roundTrip());
    stage.record("logged_out", kPatience);
  }
};

}  // namespace

TEST_SUITE("e2e/held_records") {
  TEST_CASE("the words of who logs out hold at once, although another client is held, and for good") {
    Stage stage(options("1", "12"));
    ResumableUser user(stage);
    auto laptop = stage.rawUser("laptop");
    user.loseConnection(stage);
    CHECK(stage.departure(stage.jid("phone"), 1, kPatience).delayed);
    auto told = stage.server.shell(kAskShell);
    CAPTURE(told);
    CHECK(has(told,
              "is here now, with 1 available resource; 1 other session is held, and seen as unavailable"));

    laptop->send("<presence type='unavailable'><status>gone home</status></presence>");
    REQUIRE(laptop->roundTrip());
    const auto left_at = utcNow();
    Onlooker juliet(stage, "juliet", "window");
    CHECK(has(juliet.presencesFrom(Stage::kUser).at(0), "gone home"));  // on coming online
    juliet.next(Stage::kUser);
    CHECK(has(activity(juliet), "gone home</query>"));
    CHECK(saysFarewell(juliet, "gone home"));
    told = stage.server.shell(kAskShell);
    CHECK(has(told, "romeo@localhost is held, with 1 session to resume; contacts see them as unavailable"));
    CHECK(has(told, "gone home"));
    CHECK_FALSE(has(told, "is here now"));

    auto record = stage.record("logged_out", kPatience);
    CHECK(record.resource == "laptop");
    CHECK(record.status == "gone home");
    checkNear(record.last_heard_at, left_at, kLateness);

    // The hold ends, and changes nothing of it.
    CHECK(eventually(40s, [&] { return stage.userSessions().find("phone") == std::string::npos; }));
    stage.settleRecords();
    record = stage.record("logged_out", kPatience);
    CHECK(record.status == "gone home");
    CHECK(has(activity(juliet), "gone home</query>"));
    CHECK(saysFarewell(juliet, "gone home"));
    CHECK(countOf("logged_out", stage.server.shell(R"(liveness:history("romeo@localhost"))")) == 1);
    CHECK(has(stage.server.shell(R"(liveness:history("romeo@localhost"))"), "1 logout of"));
    CHECK_FALSE(has(stage.server.shell(kAskShell), "is held"));
  }

  TEST_CASE("a client that is resumed after that is a user who is available again, and another logout") {
    LaptopGoneHome scene;
    Stage& stage = scene.stage;

    RawClient again(stage.server.c2s());
    REQUIRE(resume(again, scene.phone.id, scene.phone.handled()).find("<resumed") == 0);
    REQUIRE(again.roundTrip());
    Onlooker juliet(stage, "juliet", "window");
    CHECK(juliet.lastActivity(Stage::kUser) == 0);
    CHECK(has(stage.server.shell(kAskShell), "is here now, with 1 available resource"));
    again.send("<presence type='unavailable'><status>and off</status></presence>");
    REQUIRE(again.roundTrip());
    CHECK(has(activity(juliet), "and off</query>"));
    CHECK(has(stage.server.shell(R"(liveness:history("romeo@localhost"))"), "2 logouts of"));
  }

  TEST_CASE("a crash of the server leaves on record what was said, whoever is held") {
    LaptopGoneHome scene;
    Stage& stage = scene.stage;
    stage.server.kill();
    stage.server.start();
    stage.settleRecords();
    CHECK(stage.record("logged_out", kPatience).status == "gone home");
    Onlooker juliet(stage, "juliet", "window");
    CHECK(has(activity(juliet), "gone home</query>"));
  }

  TEST_CASE("who logs out within the grace of another client is what contacts hear of after it") {
    Stage stage(options("4", "60"));
    ResumableUser user(stage);
    auto laptop = stage.rawUser("laptop");
    user.loseConnection(stage);
    laptop->send("<presence type='unavailable'><status>gone home</status></presence>");
    REQUIRE(laptop->roundTrip());
    Onlooker juliet(stage, "juliet", "window");
    stage.departure(stage.jid("phone"), 1, kPatience);
    CHECK(has(activity(juliet), "gone home</query>"));
    CHECK(saysFarewell(juliet, "gone home"));
    CHECK(has(stage.server.shell(kAskShell), "is held, with 1 session to resume"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(Stage::kUser));  // the phone may be back
  }
}

}  // namespace liveness::e2e
