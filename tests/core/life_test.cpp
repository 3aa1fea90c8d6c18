// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/life");

TEST_CASE("sessions found when the plugin is loaded are adopted: nobody is bothered early, or late") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId plain = world.host.open("romeo");
    const SessionId resumable = world.host.open("juliet", "phone", true);
    world.host.present(plain, available("from before"));
    world.host.present(resumable, available());
    world.host.hold(resumable);
    CHECK(world.info(resumable).state == SessionState::held);
    world.runTo(179s);
    CHECK(world.host.count(Command::Kind::probe) == 0);
    world.runTo(400s);
    CHECK(world.store.records.size() == 1);
    CHECK(world.info(resumable).state == SessionState::held);
  }
}

TEST_CASE("a server that stops has everybody who was available on record, once, at the time last heard") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId romeo = world.host.open("romeo");
    const SessionId phone = world.host.open("juliet", "phone");
    const SessionId laptop = world.host.open("juliet", "laptop");
    const SessionId nurse = world.host.open("nurse", "phone", true);
    world.host.open("stranger");
    for (const SessionId id : {romeo, phone, laptop, nurse}) world.host.present(id, available());
    world.runTo(50s);
    world.host.hear(phone);
    world.host.lose(nurse);
    world.runTo(100s);
    const std::size_t commands = world.host.commands.size();
    world.plugin.stop(world.now());

    CHECK(world.store.records.size() == 3);
    for (const char* user : {"romeo", "juliet", "nurse"}) {
      const LastSeen* record = world.store.lastOf(std::string(user) + "@example.org");
      REQUIRE(record != nullptr);
      CHECK(record->cause == Cause::server_stopped);
      CHECK(record->logged_out_at == world.now().utc);
    }
    CHECK_ABOUT(world.store.lastOf("juliet@example.org")->last_heard, world.now().utc - 50s);
    CHECK_ABOUT(world.store.lastOf("romeo@example.org")->last_heard, world.now().utc - 100s);
    CHECK(world.host.commands.size() == commands);

    world.plugin.stop(world.now());
    for (const SessionId id : {romeo, phone, laptop, nurse}) world.host.close(id, Cause::server_stopped);
    world.runFor(5s);
    CHECK(world.store.records.size() == 3);
    CHECK(world.host.commands.size() == commands);
  }
}

TEST_CASE("a plugin that is destroyed leaves without a word, and the host's signals find nobody") {
  EVERY_HOST(kind) {
    VirtualClock clock;
    fakes::FakeStore store;
    FakeHost host(clock, kind);
    SessionId id;
    {
      Plugin plugin(host, store, Policy{});
      host.heard_of = [&](SessionId s) { return plugin.heard(s); };
      id = host.open("romeo");
      host.present(id, available());
      plugin.tick(clock.now());
    }
    CHECK(store.records.empty());
    CHECK(host.commands.empty());
    CHECK(host.onStreamOpened.empty());
    CHECK(host.onStanzaReceived.empty());
    CHECK(host.onStreamHeld.empty());
    CHECK(host.onStreamResumed.empty());
    CHECK(host.onStreamClosed.empty());
    host.close(id, Cause::connection_lost);
    CHECK(store.records.empty());
  }
}

TEST_CASE("new rules hold for who is there, counted from when they were last heard") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(10s);
    world.plugin.setPolicy(world.now(), idleAfter(60s));
    world.runTo(20s);
    world.host.hear(id);
    world.runTo(400s);
    REQUIRE(world.probesTo(id).size() == 2);
    CHECK_ABOUT(world.probesTo(id)[0], 50s);
    CHECK_ABOUT(world.probesTo(id)[1], 65s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 80s);
  }
}

TEST_CASE("a client whose silence is suddenly too long gets its probes and the time to answer them") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(3600s));
    const SessionId id = world.host.open("romeo");
    const SessionId dead = world.host.open("mercutio");
    world.host.present(id, available());
    world.host.present(dead, available());
    world.runTo(1000s);
    world.host.when_probed = [&](SessionId who, const Probe& probe) {
      if (who == id) world.host.answer(who, probe.number);
    };
    world.plugin.setPolicy(world.now(), idleAfter(60s));
    world.runTo(1020s);
    CHECK(world.store.records.empty());
    CHECK_FALSE(world.probesTo(id).empty());
    world.runTo(2000s);
    CHECK(world.closingsOf(id).empty());
    CHECK(world.closingsOf(dead).size() == 1);
    CHECK(world.probesTo(dead).size() == 2);
  }
}

TEST_CASE("new rules hold for whoever comes after them") {
  EVERY_HOST(kind) {
    World world(kind);
    world.plugin.setPolicy(world.now(), idleAfter(40s, true, 1));
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(50s);
    REQUIRE(world.probesTo(id).size() == 1);
    CHECK_ABOUT(world.probesTo(id)[0], 20s);
    REQUIRE(world.closingsOf(id).size() == 1);
    CHECK_ABOUT(world.closingsOf(id)[0], 40s);
  }
}

TEST_CASE("an idle timeout that is set to zero spares who is there, and one that is set again counts") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(10s);
    world.plugin.setPolicy(world.now(), idleAfter(0s));
    world.runTo(2000s);
    CHECK(world.closingsOf(id).empty());
    world.host.hear(id);
    world.plugin.setPolicy(world.now(), idleAfter(60s));
    world.runTo(2200s);
    CHECK(world.closingsOf(id).size() == 1);
    CHECK(world.probesTo(id).size() >= 1);
  }
}

TEST_CASE("a longer idle timeout spares a client that would have been logged out under the old one") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s, true, 1));
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(50s);
    world.plugin.setPolicy(world.now(), idleAfter(360s));
    world.runTo(355s);
    CHECK(world.closingsOf(id).empty());
    world.runTo(370s);
    CHECK(world.closingsOf(id).size() == 1);
  }
}

TEST_CASE("a user's last seen is looked up in the store, and answered from a later tick") {
  EVERY_HOST(kind) {
    World world(kind);
    LastSeen before;
    before.bare_jid = "romeo@example.org";
    before.status = "bye";
    world.store.hold(before);
    world.store.answers = false;
    int answers = 0;
    std::optional<LastSeen> found;
    world.plugin.findLastSeen(world.now(), "romeo@example.org", [&](std::optional<LastSeen> record) {
      ++answers;
      found = std::move(record);
    });
    CHECK(answers == 0);
    CHECK(world.host.wake <= world.now().monotonic + 100ms);  // a tick is asked for soon
    const milliseconds delay = world.tick();
    CHECK(answers == 0);
    CHECK(delay <= 100ms);  // and again while the answer is on its way
    world.runFor(2s);
    world.store.answers = true;
    world.runFor(1s);
    CHECK(answers == 1);
    REQUIRE(found.has_value());
    CHECK(found->status == "bye");

    bool never_seen = false;
    world.plugin.findLastSeen(world.now(), "nobody@example.org",
                              [&](auto record) { never_seen = !record.has_value(); });
    world.runFor(1s);
    CHECK(never_seen);
  }
}

TEST_CASE("an answer may ask the next question") {
  EVERY_HOST(kind) {
    World world(kind);
    int depth = 0;
    Store::Found ask = [&](auto) {
      if (++depth < 5) world.plugin.findLastSeen(world.now(), "romeo@example.org", ask);
    };
    world.plugin.findLastSeen(world.now(), "romeo@example.org", ask);
    world.runFor(3s);
    CHECK(depth == 5);
    CHECK_FALSE(world.host.asked_for_a_tick_in_a_tick);  // tick() itself says when it wants the next
  }
}

TEST_CASE("the store is polled by every tick, and its trouble changes nothing for the sessions") {
  EVERY_HOST(kind) {
    World world(kind);
    world.store.database_is_away = true;
    const auto polls = world.store.polls;
    world.tick();
    CHECK(world.store.polls == polls + 1);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.runTo(400s);
    CHECK(world.store.records.size() == 1);
    CHECK(world.plugin.stats(world.now()).store.records_waiting == 1);
    world.store.database_is_away = false;
    world.runFor(2s);
    CHECK(world.plugin.stats(world.now()).store.records_written == 1);
  }
}

TEST_CASE("the numbers add up") {
  EVERY_HOST(kind) {
    World world(kind, idleAfter(60s));
    for (int i = 0; i < 10; ++i) world.host.present(world.host.open("u" + std::to_string(i)), available());
    const SessionId nurse = world.host.open("nurse", "phone", true);
    world.host.present(nurse, available());
    world.host.lose(nurse);
    world.host.open("quiet");
    Plugin::Stats stats = world.plugin.stats(world.now());
    CHECK(stats.sessions[0] == 11);
    CHECK(stats.sessions[1] == 0);
    CHECK(stats.sessions[2] == 1);
    CHECK(stats.users_available == 11);
    CHECK(stats.sessions_opened == 12);
    const auto ticks = stats.ticks;
    world.tick();
    CHECK(world.plugin.stats(world.now()).ticks == ticks + 1);
    CHECK(world.plugin.stats(world.now()).late_ticks == 0);
    world.runTo(31s);
    stats = world.plugin.stats(world.now());
    CHECK(stats.sessions[0] == 0);
    CHECK(stats.sessions[1] == 11);
    CHECK(stats.probes_sent == 11);
    world.runTo(70s);
    stats = world.plugin.stats(world.now());
    CHECK(stats.probes_sent == 22);
    CHECK(stats.logouts[static_cast<std::size_t>(Cause::timed_out)] == 10);
    CHECK(stats.sessions[0] + stats.sessions[1] == 0);
    CHECK(stats.sessions[2] == 1);
    CHECK(stats.users_available == 1);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
