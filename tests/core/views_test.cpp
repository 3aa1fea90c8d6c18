// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The table in slices, and what is counted of logouts.
#include <set>
#include <string>
#include <vector>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/views");

namespace {

std::size_t count(const Plugin::Stats& stats, Cause cause) {
  return stats.logouts[static_cast<std::size_t>(cause)];
}

/// All that is said of a session, in a form that can be compared.
std::string everythingOf(const SessionInfo& s) {
  std::string all = std::to_string(s.id.toInteger()) + s.full_jid + toString(s.state) + toString(s.next);
  all += s.presence ? "/" + s.presence->status + toString(s.presence->show) : "/none";
  all += s.round_trip ? std::to_string(s.round_trip->count()) : "-";
  all += s.held_because ? toString(*s.held_because) : "-";
  all += s.shown ? (s.shown->available ? "away" : "unavailable") : "-";
  for (const auto n : {s.silence, s.idle_timeout, s.next_in}) all += "/" + std::to_string(n.count());
  for (const auto t : {s.opened_at, s.last_heard, s.state_since})
    all += "/" + std::to_string(t.time_since_epoch().count());
  for (const std::uint32_t n : {s.probes_unanswered, s.probes_sent}) all += "/" + std::to_string(n);
  for (const bool flag : {s.managed, s.resumable, s.inactive, s.doubted}) all += flag ? "y" : "n";
  return all;
}

}  // namespace

TEST_CASE("the table in slices shows every session once, and of each what a look at it alone shows") {
  World world(kEveryHost[0]);
  std::vector<SessionId> ids;
  for (int i = 0; i < 3000; ++i) {
    const SessionId id = world.host.open("user" + std::to_string(i), "phone", i % 5 == 0);
    if (i % 3 != 0)
      world.host.present(id, available("a status that is longer than most " + std::to_string(i)));
    if (i % 7 == 0) world.host.setActive(id, false);
    ids.push_back(id);
  }
  for (std::size_t i = 0; i < ids.size(); i += 10) world.host.lose(ids[i]);  // held
  for (std::size_t i = 1; i < ids.size(); i += 10) world.host.close(ids[i], Cause::logged_out);
  world.runTo(200s);
  for (std::size_t i = 2; i < ids.size(); i += 10)
    world.host.answer(ids[i], world.host.commands[i % world.host.commands.size()].number);

  for (const std::uint32_t slots : {1u, 7u, 1024u, 4096u, UINT32_MAX}) {
    std::set<std::uint64_t> seen;
    std::uint32_t cursor = 0;
    std::size_t calls = 0;
    do {
      cursor = world.plugin.visitSessions(world.now(), cursor, slots, [&](const SessionInfo& info) {
        CHECK(seen.insert(info.id.toInteger()).second);
        const auto alone = world.plugin.session(world.now(), info.id);
        REQUIRE(alone);
        REQUIRE(everythingOf(info) == everythingOf(*alone));
      });
      ++calls;
    } while (cursor != 0);
    CHECK(seen.size() == 2700);
    CHECK(calls == (3000 + std::uint64_t{slots} - 1) / slots);
  }
}

TEST_CASE("a slice beyond the table's end is empty and the last one") {
  World world(kEveryHost[0]);
  const auto nobody = [](const SessionInfo&) { FAIL("there is nobody"); };
  CHECK(world.plugin.visitSessions(world.now(), 0, 100, nobody) == 0);
  world.host.close(world.host.open("nurse"), Cause::logged_out);
  CHECK(world.plugin.visitSessions(world.now(), 0, 100, nobody) == 0);
  CHECK(world.plugin.visitSessions(world.now(), 1, 1, nobody) == 0);
  CHECK(world.plugin.visitSessions(world.now(), UINT32_MAX, UINT32_MAX, nobody) == 0);
}

TEST_CASE("a session is found by its name for as long as it is there") {
  World world(kEveryHost[0]);
  const SessionId id = world.host.open("nurse");
  REQUIRE(world.plugin.session(world.now(), id));
  CHECK(world.plugin.session(world.now(), id)->full_jid == "nurse@example.org/phone");
  world.host.close(id, Cause::logged_out);
  CHECK_FALSE(world.plugin.session(world.now(), id));
  CHECK_FALSE(world.plugin.session(world.now(), SessionId{}));
}

TEST_CASE("how long it took to give a client up is counted, held afterwards or logged out") {
  EVERY_HOST(kind) {
    World world(kind, undoubted(idleAfter(20s)));
    const SessionId nurse = world.host.open("nurse");
    world.host.present(nurse, available());
    const SessionId doctor = world.host.open("doctor", "phone", true);
    world.host.present(doctor, available());
    world.runTo(5s);
    world.host.hear(nurse);
    world.runTo(40s);
    const Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(count(stats, Cause::timed_out) == 1);
    CHECK(stats.detections[5] == 2);  // above 20 s, and up to 30
    CHECK(stats.detections_sum >= 40s);
    CHECK(stats.detections_sum <= 41s);
    world.host.close(doctor, Cause::connection_lost);
    CHECK(world.plugin.stats(world.now()).detections[5] == 2);
  }
}

TEST_CASE("a user who is back within a minute of a timeout had been logged out falsely") {
  for (const auto away : {1s, 59s, 62s}) {
    EVERY_HOST(kind) {
      World world(kind, idleAfter(20s));
      world.host.present(world.host.open("nurse"), available());
      world.runTo(20500ms);
      REQUIRE(count(world.plugin.stats(world.now()), Cause::timed_out) == 1);
      world.runFor(away);
      const SessionId id = world.host.open("nurse", "laptop");
      CHECK(world.plugin.stats(world.now()).false_logouts == 0);  // present is who says so
      world.host.present(id, available());
      const std::uint64_t expected = away < 60s ? 1 : 0;
      CHECK(world.plugin.stats(world.now()).false_logouts == expected);
      world.host.present(id, unavailable());
      world.host.present(id, available());
      CHECK(world.plugin.stats(world.now()).false_logouts == expected);
    }
  }
}

TEST_CASE("who left in any other way, and others than who timed out, were not logged out falsely") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(20s));
    for (const Cause cause : {Cause::connection_lost, Cause::kicked, Cause::logged_out}) {
      const SessionId id = world.host.open("nurse");
      world.host.present(id, available());
      world.host.close(id, cause);
    }
    world.host.present(world.host.open("nurse"), available());
    world.host.present(world.host.open("doctor"), available());
    world.runTo(15s);
    world.host.close(world.host.open("nurse"), Cause::logged_out);  // replaces the silent one
    world.runTo(21s);
    REQUIRE(count(world.plugin.stats(world.now()), Cause::timed_out) == 1);  // the doctor
    world.host.present(world.host.open("nurse"), available());
    CHECK(world.plugin.stats(world.now()).false_logouts == 0);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
