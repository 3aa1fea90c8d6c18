// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/hostile");

namespace {

/// How many bytes long the well-formed character at `i` is (RFC 3629), or 0.
std::size_t characterAt(const std::string& s, std::size_t i) {
  const auto byte = [&](std::size_t n) { return n < s.size() ? static_cast<unsigned char>(s[n]) : 0u; };
  const auto tail = [&](std::size_t n) { return (byte(n) & 0xc0u) == 0x80u; };
  const unsigned lead = byte(i);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return tail(i + 1) ? 2 : 0;
  if (lead >= 0xe0 && lead < 0xf0) {
    if (!tail(i + 1) || !tail(i + 2)) return 0;
    const unsigned code = ((lead & 0xfu) << 12) | ((byte(i + 1) & 0x3fu) << 6) | (byte(i + 2) & 0x3fu);
    return code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead < 0xf5) {
    if (!tail(i + 1) || !tail(i + 2) || !tail(i + 3)) return 0;
    const unsigned code = ((lead & 7u) << 18) | ((byte(i + 1) & 0x3fu) << 12);
    return code >= 0x10000 && code <= 0x10ffff ? 4 : 0;
  }
  return 0;
}

bool isUtf8(const std::string& s) {
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t n = characterAt(s, i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

std::string repeated(const std::string& what, std::size_t times) {
  std::string s;
  s.reserve(what.size() * times);
  while (times-- > 0) s += what;
  return s;
}

}  // namespace

TEST_CASE("a status of a megabyte is kept up to its bound, cut at a character") {
  for (const std::string& character : {std::string("x"), std::string("\xc3\xa9"), std::string("\xe2\x82\xac"),
                                       std::string("\xf0\x9f\x98\x80")}) {
    for (const char* before : {"", "a", "ab", "abc"}) {
      CAPTURE(character);
      CAPTURE(before);
      EVERY_HOST(kind) {
        World world(kind);
        const std::string status = before + repeated(character, (1 << 20) / character.size());
        const SessionId id = world.host.open("tybalt");
        world.host.present(id, available(status));
        const std::string kept_now = world.info(id).presence->status;
        world.host.present(id, unavailable(status));
        REQUIRE(world.store.records.size() == 1);
        const std::string& kept = world.store.records[0].status;
        for (const std::string& each : {kept, kept_now}) {
          CHECK(each.size() <= kMaxStatusBytes);
          CHECK(each.size() > kMaxStatusBytes - character.size());
          CHECK(isUtf8(each));
          CHECK(status.compare(0, each.size(), each) == 0);
        }
      }
    }
  }
}

TEST_CASE("invalid UTF-8 in a status is replaced, and what is around it stays") {
  for (const char* bad : {"\xff", "\xfe\xff", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f",
                          "\xf5\x80\x80\x80", "\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80"}) {
    EVERY_HOST(kind) {
      World world(kind);
      const SessionId id = world.host.open("tybalt");
      world.host.present(id, available());
      for (const char* after : {"after", ""}) {
        world.host.present(id, available());
        world.host.present(id, unavailable(std::string("before") + bad + after));
        const std::string& kept = world.store.records.back().status;
        CHECK(isUtf8(kept));
        CHECK(kept.rfind("before", 0) == 0);
        CHECK(kept.find("\xef\xbf\xbd") != std::string::npos);
        CHECK(kept.find(after, kept.size() - std::string(after).size()) != std::string::npos);
      }
    }
  }
}

TEST_CASE("a status of nothing but invalid bytes stays within its bound") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    world.host.present(id, available());
    world.host.present(id, unavailable(std::string(1 << 20, '\xff')));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].status.size() <= kMaxStatusBytes);
    CHECK(isUtf8(world.store.records[0].status));
  }
}

TEST_CASE("a presence beyond its bound is not kept, rather than kept in part") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    world.host.present(id, available());
    const std::string fits(kMaxPresenceBytes, 'x');
    world.host.present(id, unavailable("a", fits));
    world.host.present(id, available());
    world.host.present(id, unavailable("b", fits + "x"));
    REQUIRE(world.store.records.size() == 2);
    CHECK(world.store.records[0].offline_presence == fits);
    CHECK(world.store.records[1].offline_presence.empty());
    CHECK(world.store.records[1].status == "b");
  }
}

TEST_CASE("empty and enormous names are sessions like any other") {
  EVERY_HOST(kind) {
    World world(kind);
    std::vector<SessionId> ids;
    for (const std::string& user : {std::string(), std::string("tybalt"), std::string(100'000, 'u')})
      for (const std::string& resource : {std::string(), std::string("/"), std::string(100'000, 'r')}) {
        ids.push_back(world.host.open(user, resource));
        REQUIRE(ids.back());
        world.host.present(ids.back(), available());
        CHECK(world.plugin.session(world.now(), user + "@example.org/" + resource)->id == ids.back());
      }
    CHECK(world.plugin.stats(world.now()).users_available == 3);
    world.runTo(400s);
    CHECK(world.store.records.size() == 3);
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.host.contacts.mistake() == "");
  }
}

TEST_CASE("a flood of presences is one session with one presence, and no commands") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    for (int i = 0; i < 10'000; ++i) world.host.present(id, available("status " + std::to_string(i)));
    CHECK(world.info(id).presence->status == "status 9999");
    CHECK(world.host.commands.empty());
    CHECK(world.store.records.empty());
  }
}

TEST_CASE("a client that comes and goes ten thousand times is that many logouts, each whole") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt");
    for (int i = 0; i < 10'000; ++i) {
      world.host.present(id, available());
      world.host.present(id, unavailable());
    }
    CHECK(world.store.records.size() == 10'000);
    CHECK(world.plugin.stats(world.now()).users_available == 0);
  }
}

TEST_CASE("signals about sessions that never were do nothing") {
  EVERY_HOST(kind) {
    World world(kind);
    for (const SessionId id : {SessionId{}, SessionId{0, 1}, SessionId{1, 0}, SessionId{7, 7},
                               SessionId{0xffffffff, 0xffffffff}, SessionId{0xffffffff, 0}}) {
      world.host.onStanzaReceived(world.now(), id, Stanza(available()));
      world.host.onStanzaReceived(world.now(), id, Stanza(unavailable()));
      world.host.onStanzaReceived(world.now(), id, Stanza(ManagementEnabled{true}));
      world.host.onStanzaReceived(world.now(), id, Stanza(ProbeAnswered{7}));
      world.host.onStreamHeld(world.now(), id, StreamHeld{});
      world.host.onStreamResumed(world.now(), id);
      world.host.onStreamClosed(world.now(), id, StreamClosed{});
    }
    world.runTo(400s);
    CHECK(world.host.commands.empty());
    CHECK(world.store.records.empty());
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.plugin.stats(world.now()).sessions_opened == 0);
  }
}

TEST_CASE("signals out of order leave one session, and one logout") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt", "phone", true);
    world.host.onStreamResumed(world.now(), id);  // without a hold
    world.host.present(id, available());
    world.host.hold(id);
    world.host.onStreamHeld(world.now(), id, StreamHeld{});  // held twice
    CHECK(world.info(id).state == SessionState::held);
    world.host.onStanzaReceived(world.now(), id, Stanza(available("spoken while held")));
    world.host.onStanzaReceived(world.now(), id, Stanza(ProbeAnswered{1}));
    world.host.onStanzaReceived(world.now(), id, Stanza(ManagementEnabled{true}));
    world.runTo(1000s);
    CHECK(world.host.commands.size() == 1);  // contacts are shown the hold
    world.host.resume(id);
    world.host.onStreamResumed(world.now(), id);  // resumed twice
    CHECK(world.info(id).state == SessionState::reachable);
    world.host.close(id, Cause::connection_lost);
    world.host.onStreamClosed(world.now(), id, StreamClosed{Cause::kicked});  // closed twice
    world.host.run();
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::connection_lost);
    CHECK(world.plugin.sessions(world.now()).empty());
    CHECK(world.host.contacts.departuresOf("tybalt@example.org/phone") == 2);
  }
}

TEST_CASE("an unavailable presence on a held session is its logout") {
  EVERY_HOST(kind) {
    World world(kind);
    const SessionId id = world.host.open("tybalt", "phone", true);
    world.host.present(id, available());
    world.host.hold(id);
    world.host.present(id, unavailable("read late"));
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records[0].cause == Cause::logged_out);
    world.host.close(id, Cause::hold_expired);
    CHECK(world.store.records.size() == 1);
    CHECK(world.plugin.sessions(world.now()).empty());
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
