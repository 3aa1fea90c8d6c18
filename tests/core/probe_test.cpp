// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/probe");

TEST_CASE("a probed client is suspect until it is heard, and its probes are counted") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    world.host.present(id, available());
    world.runTo(179s);
    CHECK(world.info(id).state == SessionState::reachable);
    world.runTo(181s);
    CHECK(world.info(id).state == SessionState::suspect);
    CHECK(world.info(id).probes_unanswered == 1);
    CHECK(world.info(id).probes_sent == 1);
    CHECK(world.plugin.stats(world.now()).sessions[1] == 1);
    world.runTo(271s);
    CHECK(world.info(id).probes_unanswered == 2);
    CHECK_ABOUT(world.info(id).silence, 271s);
    world.host.hear(id);
    const SessionInfo info = world.info(id);
    CHECK(info.state == SessionState::reachable);
    CHECK(info.probes_unanswered == 0);
    CHECK(info.probes_sent == 2);
    CHECK(info.silence <= 63ms);
    CHECK_ABOUT(info.last_heard, world.now().utc);
    world.runFor(100s);
    CHECK(world.plugin.stats(world.now()).sessions[0] == 1);
    CHECK(world.plugin.stats(world.now()).sessions[1] == 0);
  }
}

TEST_CASE("an answered probe tells the time of its round trip") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    world.host.present(id, available());
    CHECK_FALSE(world.info(id).round_trip.has_value());
    world.runTo(181s);
    REQUIRE(world.probesTo(id).size() == 1);
    const auto sent = world.host.commands.back();
    world.runUntil(sent.given_at + 1500ms);
    world.host.answer(id, sent.number);
    const auto round_trip = world.info(id).round_trip;
    REQUIRE(round_trip.has_value());
    CHECK(*round_trip >= 1400ms);
    CHECK(*round_trip <= 1600ms);
    CHECK(world.plugin.stats(world.now()).probes_answered == 1);
  }
}

TEST_CASE("an answer to a probe of somebody else, to an old one or to none measures nothing") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId romeo = world.host.open("romeo");
    const SessionId tybalt = world.host.open("tybalt");
    world.host.present(romeo, available());
    world.host.present(tybalt, available());
    world.runTo(100s);
    world.host.hear(tybalt);
    world.runTo(190s);
    REQUIRE(world.probesTo(romeo).size() == 1);
    REQUIRE(world.probesTo(tybalt).empty());
    const std::uint32_t number = world.host.commands.back().number;
    world.host.answer(tybalt, number);
    world.host.answer(romeo, number + 12345);
    world.host.answer(romeo, 0);
    CHECK_FALSE(world.info(romeo).round_trip.has_value());
    CHECK_FALSE(world.info(tybalt).round_trip.has_value());
    CHECK(world.plugin.stats(world.now()).probes_answered == 0);
    CHECK(world.info(romeo).state == SessionState::reachable);
    world.host.answer(romeo, number);
    const auto first = world.info(romeo).round_trip;
    world.runFor(20s);
    world.host.answer(romeo, number);
    CHECK(world.info(romeo).round_trip == first);
    CHECK(world.plugin.stats(world.now()).probes_answered <= 1);
  }
}

TEST_CASE("probes out at the same time have numbers of their own") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    for (int i = 0; i < 50; ++i) world.host.open("user" + std::to_string(i));
    world.runTo(59s);
    std::vector<std::uint32_t> numbers;
    for (const Command& command : world.host.commands) numbers.push_back(command.number);
    CHECK(numbers.size() == 100);
    // Of one session at least; the host puts the session's name beside it.
    for (const Command& a : world.host.commands)
      for (const Command& b : world.host.commands)
        if (&a != &b && a.session == b.session) CHECK(a.number != b.number);
  }
}

TEST_CASE("nothing is sent to a client for ten seconds after its bind, unless it has shown that it may be") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(12s));
    const SessionId silent = world.host.open("silent");
    const SessionId present = world.host.open("present");
    const SessionId resumable = world.host.open("resumable");
    world.host.present(present, available());
    world.host.enableResumption(resumable);
    world.runTo(9'800ms);
    CHECK(world.probesTo(silent).empty());
    REQUIRE(world.probesTo(present).size() == 2);
    REQUIRE(world.probesTo(resumable).size() == 2);
    CHECK_ABOUT(world.probesTo(present)[0], 6s);
    CHECK_ABOUT(world.probesTo(resumable)[0], 6s);
    world.runTo(30s);
    for (const milliseconds at : world.probesTo(silent)) CHECK(at >= 10s - kEarly);
    CHECK(world.closingsOf(silent).size() == 1);
  }
}

TEST_CASE("a client that takes its time to negotiate is looked after in time from then on") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(4s));
    const SessionId id = world.host.open("slow");
    world.runTo(5s);  // past its first probe, had it been one that may be sent to
    world.host.present(id, available());
    world.runTo(20s);
    REQUIRE(world.probesTo(id).size() == 2);
    CHECK_ABOUT(world.probesTo(id)[0], 7s);
    CHECK_ABOUT(world.probesTo(id)[1], 8s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 9s);
  }
}

TEST_CASE("a session found bound with resumption may be probed at once when it is due") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(12s));
    const SessionId id = world.host.open("resumable", "phone", true);
    world.runTo(8s);
    REQUIRE(world.probesTo(id).size() == 1);
    CHECK_ABOUT(world.probesTo(id)[0], 6s);
  }
}

TEST_CASE("a client that answers from within the probe is heard") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(20s));
    const SessionId id = world.host.open("tybalt");
    world.host.present(id, available());
    world.host.when_probed = [&](SessionId who, const Probe& probe) {
      world.host.answer(who, probe.number);
      world.host.present(who, available("just woke up"));
    };
    world.runTo(11s);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).probes_unanswered == 0);
    world.runTo(200s);
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("a stream that breaks while its probe is written is one logout, as lost") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(20s));
    for (int i = 0; i < 20; ++i) world.host.present(world.host.open("user" + std::to_string(i)), available());
    world.host.when_probed = [&](SessionId who, const Probe&) { world.host.lose(who); };
    world.runTo(200s);
    CHECK(world.store.records.size() == 20);
    for (const LastSeen& record : world.store.records) CHECK(record.cause == Cause::connection_lost);
    CHECK(world.host.contacts.onlineCount() == 0);
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
