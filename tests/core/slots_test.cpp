// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/slots");

TEST_CASE("a stale name finds nobody: the old stream's late end does not log out the new one") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.open("romeo");
    world.host.present(old, available());
    world.host.lose(old);
    const SessionId fresh = world.host.open("romeo");
    world.host.present(fresh, available());
    REQUIRE(old != fresh);
    const std::size_t records = world.store.records.size();

    world.host.onStreamClosed(world.now(), old, StreamClosed{Cause::kicked});
    world.host.onStanzaReceived(world.now(), old, Stanza(unavailable("stale")));
    world.host.onStanzaReceived(world.now(), old, Stanza(ManagementEnabled{true}));
    world.host.onStanzaReceived(world.now(), old, Stanza(ProbeAnswered{1}));
    world.host.onStreamHeld(world.now(), old, StreamHeld{});
    world.host.onStreamResumed(world.now(), old);
    world.host.run();
    CHECK(world.store.records.size() == records);
    CHECK(world.info(fresh).state == SessionState::reachable);
    CHECK(world.info(fresh).presence.has_value());
    CHECK(world.plugin.sessions(world.now()).size() == 1);
    CHECK(world.host.contacts.online("romeo@example.org/phone"));
  }
}

TEST_CASE("a slot is given out again under another generation") {
  EVERY_HOST(kind) {
    World world(kind);
    std::set<std::uint64_t> names;
    std::set<std::uint32_t> slots;
    for (int i = 0; i < 1000; ++i) {
      const SessionId id = world.host.open("romeo");
      REQUIRE(id);
      CHECK(names.insert(id.toInteger()).second);
      CHECK(SessionId::fromInteger(id.toInteger()) == id);
      slots.insert(id.slot);
      world.host.lose(id);
    }
    CHECK(slots.size() < 1000);  // the table does not grow with sessions that are gone
  }
}

TEST_CASE("hearing by a stale handle does nothing to whoever has the slot now") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.open("romeo");
    const Heard stale = world.plugin.heard(old);
    world.host.lose(old);
    std::vector<SessionId> others;
    for (int i = 0; i < 50; ++i) others.push_back(world.host.open("u" + std::to_string(i)));
    world.runTo(100s);
    stale.at(world.now().monotonic);
    for (const SessionId id : others) CHECK_ABOUT(world.info(id).silence, 100s);
    world.plugin.heard(old).at(world.now().monotonic);
    for (const SessionId id : others) CHECK_ABOUT(world.info(id).silence, 100s);
  }
}

TEST_CASE("handles of no session, and of names never given out, do nothing") {
  EVERY_HOST(kind) {
    World world(kind);
    Heard().at(world.now().monotonic);
    world.plugin.heard(SessionId{}).at(world.now().monotonic);
    world.plugin.heard(SessionId{0, 1}).at(world.now().monotonic);
    world.plugin.heard(SessionId{0xffffffff, 0xffffffff}).at(world.now().monotonic);
    const SessionId id = world.host.open("romeo");
    world.runTo(10s);
    world.plugin.heard(SessionId{id.slot, id.generation + 1}).at(world.now().monotonic);
    world.plugin.heard(SessionId{id.slot, 0}).at(world.now().monotonic);
    CHECK_ABOUT(world.info(id).silence, 10s);
  }
}

TEST_CASE("a handle outlives the growth of the table") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId first = world.host.open("romeo");
    const Heard heard = world.plugin.heard(first);
    for (int i = 0; i < 20'000; ++i)
      world.host.onStreamOpened(world.now(),
                                StreamOpened{"u" + std::to_string(i), "r", Transport::bosh, false});
    world.runTo(10s);
    heard.at(world.now().monotonic);
    const auto info = world.plugin.session(world.now(), "romeo@example.org/phone");
    REQUIRE(info.has_value());
    CHECK(info->silence <= 63ms);
  }
}

TEST_CASE("a session is found by its full JID, with what it was opened with") {
  EVERY_HOST(kind) {
    World world(kind);
    world.runTo(3s);
    const auto id =
        world.host.onStreamOpened(world.now(), StreamOpened{"romeo", "web", Transport::websocket, false});
    const UtcTime opened = world.now().utc;
    world.runTo(10s);
    const auto info = world.plugin.session(world.now(), "romeo@example.org/web");
    REQUIRE(info.has_value());
    CHECK(info->id == *id);
    CHECK(info->full_jid == "romeo@example.org/web");
    CHECK(info->transport == Transport::websocket);
    CHECK(info->state == SessionState::reachable);
    CHECK_ABOUT(info->opened_at, opened);
    CHECK_ABOUT(info->last_heard, opened);
    CHECK_FALSE(world.plugin.session(world.now(), "romeo@example.org/we").has_value());
    CHECK_FALSE(world.plugin.session(world.now(), "romeo@example.org").has_value());
    CHECK_FALSE(world.plugin.session(world.now(), "").has_value());
  }
}

TEST_CASE("a full JID that is opened twice ends its old session as replaced") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.open("romeo");
    world.host.present(old, available());
    world.runTo(10s);
    const SessionId fresh = world.host.openUntold("romeo");
    REQUIRE(old != fresh);
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::replaced);
    CHECK_ABOUT(world.store.records[0].last_heard, world.now().utc - 10s);
    CHECK(world.host.contacts.departuresOf("romeo@example.org/phone") == 1);
    CHECK(world.host.contacts.mistake() == "");
    CHECK(world.plugin.sessions(world.now()).size() == 1);
    world.host.present(fresh, available());
    world.host.onStreamClosed(world.now(), old, StreamClosed{Cause::replaced});
    world.host.run();
    CHECK(world.store.records.size() == 1);
    CHECK(world.host.contacts.online("romeo@example.org/phone"));
    CHECK(world.plugin.session(world.now(), "romeo@example.org/phone")->id == fresh);
  }
}

TEST_CASE("clients may be heard from other threads while the plugin works") {
  World world(kEveryHost[0], idleAfter(20s));
  std::vector<Heard> handles;
  for (int i = 0; i < 200; ++i)
    handles.push_back(world.plugin.heard(world.host.open("u" + std::to_string(i))));
  std::atomic<std::int64_t> time{world.now().monotonic.time_since_epoch().count()};
  std::atomic<bool> done{false};
  std::thread network([&] {
    while (!done)
      for (const Heard& heard : handles) heard.at(MonotonicTime(MonotonicTime::duration(time.load())));
  });
  for (int i = 0; i < 2000; ++i) {
    world.clock.advance(50ms);
    time = world.now().monotonic.time_since_epoch().count();
    world.tick();
    if (i % 10 == 0) world.host.lose(world.host.open("u" + std::to_string(i % 200)));
    std::this_thread::yield();
  }
  done = true;
  network.join();
  CHECK(world.store.records.empty());
}

TEST_CASE("sessions that end in whatever state leave their slots uncounted") {
  EVERY_HOST(kind) {
    World world(kind);
    const auto counted = [&] { return world.plugin.stats(world.now()).sessions; };
    using Counts = std::array<std::uint64_t, 3>;
    std::vector<SessionId> held;
    std::vector<SessionId> silent;
    for (int n = 0; n < 20; ++n) {
      silent.push_back(world.host.open("silent" + std::to_string(n)));
      held.push_back(world.host.open("held" + std::to_string(n), "phone", true));
    }
    for (const SessionId id : held) world.host.lose(id);
    CHECK(counted() == Counts{20, 0, 20});
    world.runFor(226s);
    CHECK(counted() == Counts{0, 20, 20});
    for (const SessionId id : held) world.host.close(id, Cause::hold_expired);
    for (const SessionId id : silent) world.host.close(id, Cause::connection_lost);
    CHECK(counted() == Counts{0, 0, 0});
    for (int n = 0; n < 13; ++n) world.host.open("romeo", std::to_string(n));
    CHECK(counted() == Counts{13, 0, 0});
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
