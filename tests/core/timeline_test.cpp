// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What happened to a session, as it is told afterwards.
#include <set>
#include <string>
#include <vector>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/timeline");

namespace {

using Kind = SessionEvent::Kind;

/// "opened 0, available 0, ...": each event, and in which second it was.
std::string story(const World& world, SessionId id) {
  std::string told;
  for (const SessionEvent& event : world.plugin.timeline(world.now(), id)) {
    const auto at = world.elapsed() - (world.now().utc - event.at) + kEarly;
    told += (told.empty() ? "" : ", ") + std::string(toString(event.kind)) + " " +
            std::to_string(std::chrono::floor<std::chrono::seconds>(at).count());
    if (event.kind == Kind::held || event.kind == Kind::closed)
      told += " (" + std::string(toString(static_cast<Cause>(event.value))) + ")";
    else if (event.value != 0)
      told += " (" + std::to_string(event.value) + ")";
  }
  return told;
}

}  // namespace

TEST_CASE("a session's timeline is what happened to it, in order, and outlives it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse");
    world.host.enableResumption(id);
    world.runTo(1s);
    world.host.present(id, available("here"));
    world.runTo(2s);
    world.host.present(id, available("busy", Show::dnd));
    world.runTo(3s);
    world.host.present(id, unavailable());
    world.runTo(4s);
    world.host.present(id, available());
    world.runTo(5s);
    world.host.setActive(id, false);
    world.host.setActive(id, false);
    world.runTo(6s);
    world.host.setActive(id, true);
    world.runTo(186500ms);
    REQUIRE(world.probesTo(id).size() == 1);
    world.host.answer(id, world.host.commands.back().number);
    world.runTo(550s);
    world.host.resume(id);
    world.runTo(551s);
    world.plugin.disconnect(world.now(), id);
    world.host.run();
    world.runTo(600s);
    CHECK(world.plugin.sessions(world.now()).empty());
    const std::string told = story(world, id);
    CHECK(told.find("opened 0, available 1, presence 2, unavailable 3, available 4, inactive 5, active 6, "
                    "probed 186, suspect 186, answered 186 (") == 0);
    CHECK(told.find("), probed 366, suspect 366, probed 456, timed_out 546, held 546 (timed_out), "
                    "resumed 550, disconnected 551, closed 551 (kicked)") != std::string::npos);
  }
}

TEST_CASE("a hold that contacts are shown is in the timeline") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse", "phone", true);
    world.host.present(id, available("here"));
    world.runTo(10s);
    world.host.lose(id);
    world.runTo(100s);
    world.host.resume(id);
    world.runTo(110s);
    world.host.lose(id);
    world.runTo(120s);
    world.host.close(id, Cause::hold_expired);
    CHECK(story(world, id) ==
          "opened 0, available 0, held 10 (connection_lost), shown_held 70, resumed 100, shown_again 100, "
          "held 110 (connection_lost), closed 120 (hold_expired)");
  }
}

TEST_CASE("a client that makes noise instead of an answer has given a sign of life, seen at once") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse");
    world.host.present(id, available());
    world.runTo(190s);
    world.host.hear(id);
    const std::string expected = "opened 0, available 0, probed 180, suspect 180, answered 190";
    CHECK(story(world, id) == expected);
    world.runTo(300s);  // by now the heartbeat has looked
    CHECK(story(world, id) == expected);
    world.host.close(id, Cause::connection_lost);
    CHECK(story(world, id) == expected + ", closed 300 (connection_lost)");
  }
}

TEST_CASE("a sign of life that nobody had looked at is in the timeline of the session that ended") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("nurse");
    world.host.present(id, available());
    world.runTo(190s);
    world.host.hear(id);
    world.runTo(200s);
    world.host.close(id, Cause::connection_lost);
    CHECK(story(world, id) ==
          "opened 0, available 0, probed 180, suspect 180, answered 190, closed 200 (connection_lost)");
  }
}

TEST_CASE("a sign of life that was noticed after something else stands where it belongs") {
  World world(kEveryHost[0]);
  const SessionId id = world.host.open("nurse");
  world.host.present(id, available());
  world.runTo(190s);
  world.host.hear(id);
  world.runTo(200s);
  world.host.presentUnheard(id, available("busy"));
  world.runTo(210s);
  world.host.close(id, Cause::connection_lost);
  CHECK(story(world, id) ==
        "opened 0, available 0, probed 180, suspect 180, answered 190, presence 200, closed 210 "
        "(connection_lost)");
}

TEST_CASE("nobody's timeline is that of another") {
  World world(kEveryHost[0]);
  const SessionId first = world.host.open("nurse");
  world.host.close(first, Cause::logged_out);
  world.runTo(5s);
  const SessionId second = world.host.open("doctor");
  REQUIRE(first.slot == second.slot);
  CHECK(story(world, first) == "opened 0, closed 0 (logged_out)");
  CHECK(story(world, second) == "opened 5");
  CHECK(world.plugin.timeline(world.now(), SessionId{}).empty());
  CHECK(world.plugin.timeline(world.now(), SessionId{0, 77}).empty());
}

TEST_CASE("what recurs pushes out what recurs, and not how a session began") {
  World world(kEveryHost[0]);
  const SessionId quiet = world.host.open("nurse");
  world.host.present(quiet, available());
  const SessionId chatty = world.host.open("doctor");
  world.host.present(chatty, available());
  for (int i = 0; i < 20'000; ++i)
    world.host.present(chatty, i % 3 == 0 ? unavailable() : available(std::to_string(i)));
  CHECK(story(world, quiet) == "opened 0, available 0");
  const auto events = world.plugin.timeline(world.now(), chatty);
  CHECK(events.size() <= 8192 + 2);
  CHECK(events.size() >= 8192);
  CHECK(events[0].kind == Kind::opened);
  CHECK(events[1].kind == Kind::available);
}

TEST_CASE("with many sessions there is room for all their beginnings") {
  World world(kEveryHost[0]);
  std::vector<SessionId> ids;
  for (int i = 0; i < 5000; ++i) {
    ids.push_back(world.host.open("user" + std::to_string(i)));
    world.host.present(ids.back(), available());
  }
  for (const SessionId id : ids) REQUIRE(story(world, id) == "opened 0, available 0");
}

TEST_CASE("sessions that came and went push the oldest out") {
  World world(kEveryHost[0]);
  const SessionId first = world.host.open("first");
  world.host.close(first, Cause::logged_out);
  for (int i = 0; i < 8192 / 2 - 1; ++i) world.host.close(world.host.open("nurse"), Cause::logged_out);
  CHECK(story(world, first) == "opened 0, closed 0 (logged_out)");
  const SessionId last = world.host.open("last");
  CHECK(story(world, first) == "closed 0 (logged_out)");
  world.host.close(last, Cause::kicked);
  CHECK(story(world, first).empty());
  CHECK(story(world, last) == "opened 0, closed 0 (kicked)");
}

TEST_CASE("each event has a name of its own") {
  std::set<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(Kind::closed); ++kind)
    names.insert(toString(static_cast<Kind>(kind)));
  CHECK(names.size() == 16);
  CHECK(toString(Kind::shown_held) == std::string("shown_held"));
  CHECK(toString(Kind::timed_out) == std::string("timed_out"));
  CHECK(toString(Kind::closed) == std::string("closed"));
  CHECK(toString(Next::show_held) == std::string("show_held"));
}

TEST_SUITE_END();
}  // namespace liveness::tests
