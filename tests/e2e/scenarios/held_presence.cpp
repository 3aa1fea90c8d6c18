// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the contacts of a held session see, and what its client gets when it is back.
#include "e2e/onlooker.h"
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

std::string options(const std::string& view, const std::string& hold = "60") {
  return "liveness_idle_timeout = 60\nliveness_held_grace = 1\nliveness_held_presence = \"" + view +
         "\"\nsmacks_hibernation_time = " + hold;
}

/// romeo, busy, seen by an onlooker of juliet's.
struct Scene {
  explicit Scene(const std::string& options) : Scene(usualSetup(options)) {}
  explicit Scene(const ServerSetup& setup) : stage(setup), user(stage), onlooker(stage, "juliet", "window") {
    REQUIRE_FALSE(onlooker.next(phone).empty());
    user.client.send("<presence><show>dnd</show><status>on the run</status></presence>");
    REQUIRE(has(onlooker.next(phone), "on the run"));
    REQUIRE(user.client.roundTrip());
    heard_at = utcNow();
  }

  void say(int first, int last) {
    for (int i = first; i <= last; ++i)
      stage.contact.message(i % 2 == 0 ? stage.jid("phone") : stage.kUser, "line " + std::to_string(i));
    REQUIRE(stage.contact.roundTrip());
  }

  /// A stamp has whole seconds.
  void checkStamp(const std::string& presence) const {
    CHECK(has(presence, "urn:xmpp:delay"));
    CHECK(attribute(presence.substr(presence.find("<delay")), "from") == "localhost");
    checkNear(delayOf(presence) + 500ms, heard_at, 800ms);
  }

  /// Resumes, and checks that `lines` messages have come, each once, in order.
  std::unique_ptr<RawClient> resumed(int lines) {
    auto again = std::make_unique<RawClient>(stage.server.c2s());
    REQUIRE(resume(*again, user.id, user.handled()).find("<resumed") == 0);
    REQUIRE(again->roundTrip());
    std::vector<std::string> expected;
    for (int i = 1; i <= lines; ++i) expected.push_back("line " + std::to_string(i));
    CHECK(bodiesIn(*again) == expected);
    CHECK(again->receivedThat("type='error'").empty());
    return again;
  }

  const std::string phone = Stage::jid("phone");
  Stage stage;
  ResumableUser user;
  Onlooker onlooker;
  UtcMillis heard_at;
};

}  // namespace

TEST_SUITE("e2e/held_presence") {
  TEST_CASE("unavailable: contacts see the user gone since last heard, and back; no message is lost") {
    Scene scene(options("unavailable"));
    const auto lost_at = SteadyClock::now();
    scene.user.loseConnection(scene.stage);
    scene.say(1, 3);
    const auto told = scene.onlooker.lastActivity(Stage::kUser);
    if (SteadyClock::now() - lost_at < 900ms) CHECK(told == 0);  // within the grace all is as it was
    const auto gone = scene.onlooker.next(scene.phone);
    checkNear(SteadyClock::now() - lost_at, 1000ms, 700ms);
    CHECK(attribute(gone, "type") == "unavailable");
    scene.checkStamp(gone);
    CHECK(scene.onlooker.lastActivity(Stage::kUser) >= 1);
    scene.say(4, 6);
    scene.onlooker.nothingMore(scene.phone);

    auto again = scene.resumed(6);
    const auto back = scene.onlooker.next(scene.phone);
    CHECK(attribute(back, "type").empty());
    CHECK(has(back, "<show>dnd</show>"));
    CHECK(has(back, "<status>on the run</status>"));
    scene.onlooker.nothingMore(scene.phone);
    CHECK(scene.onlooker.lastActivity(Stage::kUser) == 0);

    // And what the client says next is seen as ever.
    again->send("<presence><status>safe</status></presence>");
    CHECK(has(scene.onlooker.next(scene.phone), "safe"));
    scene.stage.settleRecords();
    CHECK_FALSE(scene.stage.server.lastSeen(Stage::kUser));
  }

  TEST_CASE("away: contacts see the user away with the last status, and back; no message is lost") {
    Scene scene(options("away"));
    scene.user.loseConnection(scene.stage);
    scene.say(1, 3);
    const auto away = scene.onlooker.next(scene.phone);
    CHECK(attribute(away, "type").empty());
    CHECK(has(away, "<show>xa</show>"));
    CHECK_FALSE(has(away, "dnd"));
    CHECK(has(away, "<status>on the run</status>"));
    CHECK(countOf("<delay", away) == 1);
    scene.checkStamp(away);
    CHECK(scene.onlooker.lastActivity(Stage::kUser) == 0);
    scene.say(4, 6);
    scene.onlooker.nothingMore(scene.phone);

    auto again = scene.resumed(6);
    const auto back = scene.onlooker.next(scene.phone);
    CHECK(attribute(back, "type").empty());
    CHECK(has(back, "<show>dnd</show>"));
    scene.onlooker.nothingMore(scene.phone);
  }

  TEST_CASE("keep: contacts see nothing of it; no message is lost") {
    Scene scene(options("keep"));
    scene.user.loseConnection(scene.stage);
    scene.say(1, 3);
    scene.onlooker.nothingMore(scene.phone, 2s);
    scene.say(4, 6);
    auto again = scene.resumed(6);
    scene.onlooker.nothingMore(scene.phone);
  }

  TEST_CASE("a client that is back within the grace was never away") {
    Scene scene("liveness_idle_timeout = 60\nliveness_held_grace = 20\nsmacks_hibernation_time = 60");
    scene.user.loseConnection(scene.stage);
    scene.say(1, 2);
    auto again = scene.resumed(2);
    scene.onlooker.nothingMore(scene.phone, 1s);
  }

  TEST_CASE("a hold that expires is one logout on record, and no second unavailable") {
    Scene scene(options("unavailable", "3"));
    scene.stage.server.shell(R"(> collectgarbage("stop"))");  // what is over may stay in memory for a while
    scene.user.loseConnection(scene.stage);
    const auto gone = scene.onlooker.next(scene.phone);
    CHECK(attribute(gone, "type") == "unavailable");
    scene.checkStamp(gone);
    const auto record = scene.stage.record("hold_expired");
    checkNear(record.last_heard_at, scene.heard_at);
    scene.onlooker.nothingMore(scene.phone);

    // Gone for good: a probe is answered from the record.
    Onlooker late(scene.stage, "juliet", "late");
    CHECK(attribute(late.next(Stage::kUser), "type") == "unavailable");
    CHECK(scene.onlooker.lastActivity(Stage::kUser) >= 3);
    scene.stage.module("unload");  // and nothing of it is to be seen again
    scene.onlooker.nothingMore(scene.phone);
  }

  TEST_CASE("a hold that expires while the user is shown as away is seen as the one logout that it is") {
    Scene scene(options("away", "3"));
    scene.user.loseConnection(scene.stage);
    CHECK(has(scene.onlooker.next(scene.phone), "<show>xa</show>"));
    CHECK(attribute(scene.onlooker.next(scene.phone), "type") == "unavailable");
    scene.stage.record("hold_expired");
    scene.onlooker.nothingMore(scene.phone);
  }

  TEST_CASE("a resumable session that timed out is held, and shown so") {
    Stage stage("liveness_idle_timeout = 2\nliveness_held_grace = 1\nsmacks_hibernation_time = 60");
    ResumableUser user(stage);
    const auto heard_at = SteadyClock::now();
    CHECK(user.client.awaitEnd());
    CHECK(stage.userSessions().find("timed out") != std::string::npos);
    const auto gone = stage.departure(stage.jid("phone"));
    CHECK(gone.delayed);
    checkNear(gone.at - heard_at, 3000ms, 500ms);
    RawClient again(stage.server.c2s());
    REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
    CHECK(stage.contact.waitUntil(
        [&](const Seen& seen) { return seen.from(stage.jid("phone"), "available").size() == 2; }));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  }

  TEST_CASE("a reload with new rules shows a held user as they say") {
    auto setup = usualSetup(options("unavailable"));
    Scene scene(setup);
    scene.user.loseConnection(scene.stage);
    CHECK(attribute(scene.onlooker.next(scene.phone), "type") == "unavailable");
    const auto reload = [&](const std::string& held_presence) {
      setup.hosts.front().options = options(held_presence);
      scene.stage.server.rewriteConfig(setup);
      scene.stage.server.shell("config:reload()");
      scene.stage.module("reload");
      return scene.onlooker.next(scene.phone);
    };
    const auto kept = reload("keep");
    CHECK(attribute(kept, "type").empty());
    CHECK(has(kept, "<show>dnd</show>"));
    const auto away = reload("away");
    CHECK(attribute(away, "type").empty());
    CHECK(has(away, "<show>xa</show>"));
    CHECK(attribute(reload("unavailable"), "type") == "unavailable");
    CHECK(has(reload("away"), "<show>xa</show>"));
    auto again = scene.resumed(0);
    CHECK(has(scene.onlooker.next(scene.phone), "<show>dnd</show>"));
    scene.onlooker.nothingMore(scene.phone);
  }

  TEST_CASE("a reload changes nothing of what is shown, and an unload shows what the server knows") {
    auto setup = usualSetup(options("unavailable"));
    Scene scene(setup);
    scene.user.loseConnection(scene.stage);
    CHECK(attribute(scene.onlooker.next(scene.phone), "type") == "unavailable");
    SUBCASE("the plugin goes on") {}
    SUBCASE("the plugin is made anew") {
      setup.hosts.front().options += "\nliveness_node = \"another name\"";
      scene.stage.server.rewriteConfig(setup);
      scene.stage.server.shell("config:reload()");
    }
    scene.stage.module("reload");
    scene.onlooker.nothingMore(scene.phone, 1500ms);
    {
      Onlooker late(scene.stage, "juliet", "late");
      CHECK(attribute(late.next(scene.phone), "type") == "unavailable");
    }
    scene.stage.module("unload");
    CHECK(has(scene.onlooker.next(scene.phone), "<show>dnd</show>"));
    scene.stage.module("load");
    CHECK(attribute(scene.onlooker.next(scene.phone), "type") == "unavailable");  // its grace is long over
    auto again = scene.resumed(0);
    CHECK(has(scene.onlooker.next(scene.phone), "<show>dnd</show>"));
    scene.onlooker.nothingMore(scene.phone);
  }
}

}  // namespace liveness::e2e
