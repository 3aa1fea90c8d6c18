// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"
#include "core/last_seen_cache.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/last_seen");

namespace {

using core::LastSeenCache;

constexpr std::uint32_t kForEver = 1u << 30;

LastSeen seen(const std::string& bare_jid, const std::string& status = {}) {
  LastSeen record;
  record.bare_jid = bare_jid;
  record.status = status;
  return record;
}

/// What is answered at once; nothing where the answer is still on its way.
std::optional<std::optional<LastSeen>> askedNow(World& world, const std::string& bare_jid) {
  auto answer = std::make_shared<std::optional<std::optional<LastSeen>>>();
  world.plugin.findLastSeen(world.now(), bare_jid, [answer](auto found) { *answer = std::move(found); });
  return *answer;
}

bool isNeverSeen(const std::optional<std::optional<LastSeen>>& answer) {
  return answer && !answer->has_value();
}

}  // namespace

TEST_CASE("a logout is answered from memory, without a question to the store") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable("bye"));
    const auto answer = askedNow(world, "romeo@example.org");
    REQUIRE(answer.has_value());
    REQUIRE(answer->has_value());
    CHECK((*answer)->status == "bye");
    CHECK(world.store.questions == 0);
  }
}

TEST_CASE("what the store answered once is answered from memory the next time, never seen included") {
  World world(kEveryHost[0]);
  world.store.hold(seen("juliet@example.org", "asleep"));
  for (const char* who : {"juliet@example.org", "nobody@example.org"}) {
    world.store.questions = 0;
    CHECK_FALSE(askedNow(world, who).has_value());
    world.runFor(1s);
    const auto again = askedNow(world, who);
    REQUIRE(again.has_value());
    CHECK(again->has_value() == (std::string(who) == "juliet@example.org"));
    CHECK(world.store.questions == 1);
  }
}

TEST_CASE("an answer that was on its way during a logout does not hide it") {
  World world(kEveryHost[0]);
  world.store.hold(seen("romeo@example.org", "old"));
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  world.store.answers = false;
  CHECK_FALSE(askedNow(world, "romeo@example.org").has_value());
  world.host.present(id, unavailable("new"));
  world.store.answers = true;
  world.runFor(1s);
  const auto answer = askedNow(world, "romeo@example.org");
  REQUIRE(answer.has_value());
  REQUIRE(answer->has_value());
  CHECK((*answer)->status == "new");
}

TEST_CASE("of a database that others write to, memory is trusted for ten seconds") {
  World world(kEveryHost[0]);
  world.store.is_shared = true;
  world.store.hold(seen("juliet@example.org", "asleep"));
  askedNow(world, "juliet@example.org");
  world.runFor(1s);
  CHECK(askedNow(world, "juliet@example.org").has_value());
  world.store.hold(seen("juliet@example.org", "awake"));  // written by another server
  world.runFor(11s);
  CHECK_FALSE(askedNow(world, "juliet@example.org").has_value());
  world.runFor(1s);
  const auto answer = askedNow(world, "juliet@example.org");
  REQUIRE(answer.has_value());
  CHECK((*answer)->status == "awake");
}

TEST_CASE("that a user was never seen is trusted for ten seconds: a store that cannot read says so, too") {
  World world(kEveryHost[0]);
  askedNow(world, "juliet@example.org");
  world.runFor(1s);
  CHECK(isNeverSeen(askedNow(world, "juliet@example.org")));
  CHECK(world.store.questions == 1);
  world.store.hold(seen("juliet@example.org", "asleep"));  // it can be read again
  world.runFor(11s);
  askedNow(world, "juliet@example.org");
  world.runFor(1s);
  const auto answer = askedNow(world, "juliet@example.org");
  REQUIRE(answer.has_value());
  REQUIRE(answer->has_value());
  CHECK((*answer)->status == "asleep");
  world.runFor(60s);
  CHECK(askedNow(world, "juliet@example.org").has_value());
  CHECK(world.store.questions == 2);
}

TEST_CASE("a deleted account is forgotten, and its dying sessions leave nothing on record") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId phone = world.host.open("romeo", "phone");
    const SessionId laptop = world.host.open("romeo", "laptop");
    const SessionId other = world.host.open("juliet");
    for (const SessionId id : {phone, laptop, other}) world.host.present(id, available());
    world.host.present(phone, unavailable());
    world.plugin.forgetUser(world.now(), "romeo@example.org");
    CHECK(world.store.forgotten == std::vector<std::string>{"romeo@example.org"});
    world.host.lose(laptop);
    world.host.lose(phone);
    CHECK(world.store.countOf("romeo@example.org") == 0);
    CHECK(isNeverSeen(askedNow(world, "romeo@example.org")));
    world.host.lose(other);
    CHECK(world.store.countOf("juliet@example.org") == 1);
  }
}

TEST_CASE("an account that was deleted and made again is on record again") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.open("romeo");
    world.host.present(old, available());
    world.plugin.forgetUser(world.now(), "romeo@example.org");
    world.host.lose(old);
    const SessionId id = world.host.open("romeo");
    world.host.present(id, available());
    world.host.present(id, unavailable("new here"));
    REQUIRE(world.store.countOf("romeo@example.org") == 1);
    CHECK(world.store.lastOf("romeo@example.org")->status == "new here");
    CHECK(world.store.mistake() == "");
  }
}

TEST_CASE("an account that is made again is on record, also while an old session is connected") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId old = world.host.open("romeo", "phone", true);
    world.host.present(old, available());
    SUBCASE("the old session was there") {
      world.plugin.forgetUser(world.now(), "romeo@example.org");
    }
    SUBCASE("the old session was held, and its logout on record") {
      const SessionId laptop = world.host.open("romeo", "laptop");
      world.host.present(laptop, available());
      world.host.hold(old);
      world.runFor(100s);
      world.host.present(laptop, unavailable());
      world.plugin.forgetUser(world.now(), "romeo@example.org");
    }
    world.host.present(old, unavailable());
    const std::size_t before = world.store.countOf("romeo@example.org");
    const SessionId id = world.host.open("romeo", "tablet");
    world.host.present(id, available());
    world.host.present(id, unavailable("new here"));
    REQUIRE(world.store.countOf("romeo@example.org") == before + 1);
    CHECK(world.store.lastOf("romeo@example.org")->status == "new here");
  }
}

TEST_CASE("an account of another domain that is deleted is nobody's here") {
  World world(kEveryHost[0]);
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  world.plugin.forgetUser(world.now(), "romeo@example.com");
  world.host.lose(id);
  CHECK(world.store.countOf("romeo@example.org") == 1);
}

TEST_CASE("sessions of a deleted account are neither checkpointed nor told again") {
  Policy policy;
  policy.checkpoint_interval = 5s;
  World world(kEveryHost[0], policy);
  const SessionId id = world.host.open("romeo");
  world.host.present(id, available());
  world.plugin.forgetUser(world.now(), "romeo@example.org");
  world.host.hear(id);
  world.runFor(20s);
  CHECK(world.store.checkpoints.empty());
  world.store.logins_lost = true;
  world.runFor(2s);
  CHECK(world.store.online.empty());
}

TEST_CASE("an answer that comes after the account was deleted is not remembered") {
  World world(kEveryHost[0]);
  world.store.hold(seen("romeo@example.org", "old"));
  world.store.answers = false;
  askedNow(world, "romeo@example.org");
  world.plugin.forgetUser(world.now(), "romeo@example.org");
  world.store.hold(seen("romeo@example.org", "old"));  // the answer was on its way
  world.store.answers = true;
  world.runFor(1s);
  CHECK(isNeverSeen(askedNow(world, "romeo@example.org")));
}

TEST_CASE("memory of users is bounded, and who was asked for last stays") {
  LastSeenCache cache(64 * 1024);
  cache.put("often@example.org", seen("often@example.org"), 0);
  for (int i = 0; i < 1000; ++i) {
    const std::string jid = "user" + std::to_string(i) + "@example.org";
    cache.put(jid, seen(jid, std::string(500, 'x')), 0);
    CHECK(cache.bytes() <= 64 * 1024);
    CHECK(cache.find("often@example.org", 0, kForEver) != nullptr);
  }
  CHECK(cache.find("user0@example.org", 0, kForEver) == nullptr);
  CHECK(cache.find("user999@example.org", 0, kForEver) != nullptr);
  CHECK(cache.size() > 50);
}

TEST_CASE("a record larger than all of the memory is not kept, and drives nobody's count wrong") {
  LastSeenCache cache(4096);
  cache.put("large@example.org", seen("large@example.org", std::string(8192, 'x')), 0);
  CHECK(cache.size() == 0);
  CHECK(cache.bytes() == 0);
  for (int i = 0; i < 100; ++i)
    cache.put("a@x", seen("a@x", std::string(static_cast<std::size_t>(i), 'x')), 0);
  CHECK(cache.size() == 1);
  CHECK(cache.find("a@x", 100, 99) == nullptr);
  CHECK(cache.bytes() == 0);
}

TEST_SUITE_END();
}  // namespace liveness::tests
