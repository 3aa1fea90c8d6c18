// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What a client says of itself, and what is known of it beyond its words.
#include <map>

#include <array>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/client");

TEST_CASE("an inactive client has its own idle timeout, probes included") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(100s);
    world.host.setActive(id, false);
    CHECK(world.info(id).inactive);
    CHECK(world.info(id).idle_timeout == 1800s);
    world.runTo(100s + 899s);
    CHECK(world.probesTo(id).empty());
    world.runTo(100s + 1799s);
    REQUIRE(world.probesTo(id).size() == 2);
    CHECK_ABOUT(world.probesTo(id)[0], 1000s);
    CHECK_ABOUT(world.probesTo(id)[1], 1450s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(100s + 1802s);
    CHECK(world.closingsOf(id).size() == 1);
  }
}

TEST_CASE("active again means the normal timeout from now on, and no logout at the switch") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.setActive(id, false);
    world.runTo(890s);  // far beyond the normal timeout
    world.host.setActive(id, true);
    world.runFor(1s);
    CHECK(world.closingsOf(id).empty());
    CHECK(world.probesTo(id).empty());
    world.runTo(890s + 179s);
    CHECK(world.probesTo(id).empty());
    world.runTo(890s + 365s);
    CHECK(world.probesTo(id).size() == 2);
    CHECK(world.closingsOf(id).size() == 1);
  }
}

TEST_CASE("a client that turns active with a probe out is as good as heard") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.setActive(id, false);
    world.runTo(901s);
    CHECK(world.info(id).state == SessionState::suspect);
    world.host.setActive(id, true);
    CHECK(world.info(id).state == SessionState::reachable);
    world.runFor(178s);
    CHECK(world.probesTo(id).size() == 1);
  }
}

TEST_CASE("a resumed client is active") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo", "phone", true);
    world.host.present(id, available());
    world.host.setActive(id, false);
    world.host.lose(id);
    world.runFor(10s);
    world.host.resume(id);
    CHECK_FALSE(world.info(id).inactive);
    CHECK(world.info(id).idle_timeout == 360s);
  }
}

TEST_CASE("a client with stream management is probed by a request for acknowledgement, others by a ping") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId plain = world.host.open("romeo");
    const SessionId managed = world.host.open("juliet", "phone", true);
    world.host.present(plain, available());
    world.host.present(managed, available());
    std::map<std::uint64_t, Probe::Kind> kinds;
    world.host.when_probed = [&](SessionId id, const Probe& probe) { kinds[id.toInteger()] = probe.kind; };
    world.runTo(200s);
    REQUIRE(kinds.size() == 2);
    CHECK(kinds[plain.toInteger()] == Probe::Kind::ping);
    CHECK(kinds[managed.toInteger()] == Probe::Kind::ack_request);
    CHECK(world.plugin.stats(world.now()).acks_requested == 1);
  }
}

TEST_CASE("round trips are smoothed, an eighth of the way to each new one, and counted by their length") {
  World world(kEveryHost[0], idleAfter(20s));
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  std::vector<milliseconds> trips{80ms, 160ms, 8ms};
  std::size_t next = 0;
  world.host.when_probed = [&](SessionId who, const Probe& probe) {
    if (next == trips.size()) return;
    world.clock.advance(trips[next++]);
    world.host.answer(who, probe.number);
  };
  world.runTo(11s);
  CHECK(world.info(id).round_trip == std::chrono::microseconds{80'000});
  world.runTo(22s);
  CHECK(world.info(id).round_trip == std::chrono::microseconds{90'000});
  world.runTo(33s);
  CHECK(world.info(id).round_trip == std::chrono::microseconds{79'750});
  const Plugin::Stats stats = world.plugin.stats(world.now());
  CHECK(stats.round_trips_sum == std::chrono::microseconds{248'000});
  for (std::size_t i = 0; i < stats.round_trips.size(); ++i) {
    CAPTURE(i);  // 8 ms is at most 10, 80 at most 100, 160 at most 250
    CHECK(stats.round_trips[i] == (i == 1 || i == 4 || i == 5 ? 1 : 0));
  }
}

TEST_CASE("an answer to no probe measures nothing, whatever number it has") {
  World world(kEveryHost[0]);
  const SessionId id = openAvailable(world);
  world.runTo(10s);
  for (const std::uint32_t number : {0u, 1u, 77u}) world.host.answer(id, number);
  CHECK(world.plugin.stats(world.now()).probes_answered == 0);
  CHECK_FALSE(world.info(id).round_trip.has_value());
}

TEST_CASE("what the wire says of a client that is given up is on record") {
  EVERY_HOST(kind) {
    for (const auto& [wire, evidence] :
         {std::pair{Wire::silent, Evidence::network_gone},
          std::pair{Wire::answering, Evidence::client_silent}, std::pair{Wire::unknown, Evidence::none}}) {
      World world(kind);
      const SessionId id = world.host.open("romeo");
      world.host.present(id, available());
      milliseconds since{0};
      world.host.wire_of = [&, w = wire](SessionId, milliseconds t) {
        since = t;
        return w;
      };
      world.runTo(365s);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::timed_out);
      CHECK(world.store.records[0].evidence == evidence);
      CHECK_ABOUT(since, milliseconds{90s});
    }
  }
}

TEST_CASE("the evidence of a timeout outlives the hold, and a resumption ends it") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo", "phone", true);
    world.host.present(id, available());
    world.host.wire_of = [](SessionId, milliseconds) { return Wire::silent; };
    world.runTo(365s);
    REQUIRE(world.info(id).state == SessionState::held);
    SUBCASE("expired") {
      world.host.close(id, Cause::connection_lost);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::hold_expired);
      CHECK(world.store.records[0].evidence == Evidence::network_gone);
    }
    SUBCASE("ended by something else") {
      world.host.close(id, Cause::replaced);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::replaced);
      CHECK(world.store.records[0].evidence == Evidence::none);
    }
    SUBCASE("resumed") {
      world.host.resume(id);
      world.runFor(10s);
      world.host.lose(id);  // for a reason of its own, of which the wire was not asked
      world.runFor(600s);
      world.host.close(id, Cause::connection_lost);
      REQUIRE(world.store.records.size() == 1);
      CHECK(world.store.records[0].cause == Cause::hold_expired);
      CHECK(world.store.records[0].evidence == Evidence::none);
    }
  }
}

TEST_CASE("a client that timed out goes on record as that, also where its end is never confirmed") {
  EVERY_HOST(kind) {
    World world(kind);
    world.host.wire_of = [](SessionId, milliseconds) { return Wire::silent; };
    world.host.deaf_to_closing = true;
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(365s);
    REQUIRE(world.closingsOf(id).size() == 1);
    REQUIRE(world.store.records.empty());
    SUBCASE("its name is bound again") {
      world.host.openUntold("romeo");
    }
    SUBCASE("the server stops") {
      world.plugin.stop(world.now());
    }
    SUBCASE("the host says that it was replaced") {
      world.host.close(id, Cause::replaced);
    }
    SUBCASE("nothing more is said") {
      world.runTo(375s);
    }
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::timed_out);
    CHECK(world.store.records[0].evidence == Evidence::network_gone);
  }
}

TEST_CASE("a client that timed out while another one of its user is there is not the last to go at a stop") {
  for (const bool silent_first : {true, false}) {
    World world(kEveryHost[0]);
    world.host.deaf_to_closing = true;
    std::array<SessionId, 2> ids{world.host.open("romeo", "a"), world.host.open("romeo", "b")};
    for (const SessionId id : ids) world.host.present(id, available());
    const SessionId here = ids[silent_first ? 1 : 0];
    world.runTo(100s);
    world.host.hear(here);
    world.runTo(365s);
    world.host.hear(here);
    world.plugin.stop(world.now());
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::server_stopped);
    CHECK(world.store.records[0].resource == (silent_first ? "b" : "a"));
  }
}

TEST_CASE(
    "a session that an operator disconnected was kicked, also where the server stops before it is gone") {
  World world(kEveryHost[0]);
  world.host.deaf_to_closing = true;
  const SessionId id = openAvailable(world);
  disconnect(world, id);
  world.plugin.stop(world.now());
  REQUIRE(world.store.records.size() == 1);
  CHECK(world.store.records[0].cause == Cause::kicked);
}

TEST_CASE("a session that can be resumed has stream management, whatever else the host says") {
  World world(kEveryHost[0]);
  const SessionId id = world.host
                           .onStreamOpened(world.now(), {"romeo", "r", Transport::tcp, /*managed=*/false,
                                                         /*resumable=*/true})
                           .value_or(SessionId{});
  CHECK(world.info(id).managed);
  world.runTo(181s);
  REQUIRE(world.host.commands.size() == 1);
  CHECK(world.host.commands[0].probe_kind == Probe::Kind::ack_request);
}

TEST_CASE("what happens next is foreseen, and happens then") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(60s);
    CHECK(world.info(id).next == Next::probe);
    CHECK_ABOUT(world.info(id).next_in, milliseconds{120s});
    world.runTo(200s);
    CHECK(world.info(id).state == SessionState::suspect);
    CHECK_ABOUT(world.info(id).state_since, world.now().utc - 20s);
    CHECK(world.info(id).next == Next::probe);
    CHECK_ABOUT(world.info(id).next_in, milliseconds{70s});
    world.runTo(300s);
    CHECK(world.info(id).next == Next::time_out);
    CHECK_ABOUT(world.info(id).next_in, milliseconds{60s});
    world.host.hear(id);
    CHECK(world.info(id).state == SessionState::reachable);
    CHECK(world.info(id).next == Next::probe);
    CHECK_ABOUT(world.info(id).next_in, milliseconds{180s});
    world.host.deaf_to_closing = true;
    world.runFor(361s);
    CHECK(world.info(id).next == Next::end);
    CHECK(world.info(id).next_in <= 10s);
  }
}

TEST_CASE("of a client that is never timed out, nothing is foreseen") {
  World world(kEveryHost[0], idleAfter(0s));
  const SessionId id = world.host.open("romeo");
  CHECK(world.info(id).next == Next::nothing);
  CHECK(world.info(id).idle_timeout == 0ms);
}

TEST_SUITE_END();
}  // namespace liveness::tests
