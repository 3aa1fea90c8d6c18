// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <gloox/parser.h>
#include <gloox/tag.h>
#include <gloox/taghandler.h>

#include "e2e/stage.h"
#include "liveness/presence.h"

namespace liveness::e2e {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string goodbye(const std::string& children) {
  return "<presence type='unavailable'>" + children + "</presence>";
}

/// Whether a text is one whole element.
bool isWellFormed(const std::string& xml) {
  struct Count : gloox::TagHandler {
    int elements = 0;
    void handleTag(gloox::Tag*) override { ++elements; }
  } count;
  gloox::Parser parser(&count);
  std::string text = xml;
  return parser.feed(text) < 0 && count.elements == 1;
}

/// Whether a text ends at a character, given that it began as good UTF-8 of characters of `width` bytes after
/// `head` single ones.
bool endsAtCharacter(const std::string& text, std::size_t head, std::size_t width) {
  return text.size() < head || (text.size() - head) % width == 0;
}

/// Every scenario here ends so: the server serves, and the next logout is on record as it was.
void stillRight(Stage& stage) {
  auto user = stage.user("after");
  user->unavailable("all is well");
  CHECK(stage.departure(stage.jid("after")).status == "all is well");
  const auto record = stage.server.lastSeenThat(
      stage.kUser, [](const StoredLastSeen& found) { return found.resource == "after"; });
  REQUIRE(record);
  CHECK(record->status == "all is well");
  CHECK(stage.server.running());
}

}  // namespace

TEST_SUITE("e2e/hostile_words") {
  TEST_CASE("an enormous status is cut at a character, and what is kept of the presence is well-formed") {
    Stage stage;
    auto user = stage.rawUser();
    user->send(goodbye("<status>x" + repeated("\xC3\xA4", 100'000) + "</status>"));
    const auto record = stage.record("logged_out");
    CHECK(record.status.size() <= kMaxStatusBytes);
    CHECK(record.status.size() >= kMaxStatusBytes - 1);
    CHECK(endsAtCharacter(record.status, 1, 2));
    CHECK(record.offline_presence.size() <= kMaxPresenceBytes);
    if (!record.offline_presence.empty()) CHECK(isWellFormed(record.offline_presence));
    stillRight(stage);
  }

  TEST_CASE("a presence with too much in it is bounded, and its status is kept") {
    Stage stage;
    auto user = stage.rawUser();
    user->send(goodbye("<status>short</status><x xmlns='urn:example:x'>" + repeated("blah ", 4000) + "</x>"));
    const auto record = stage.record("logged_out");
    CHECK(record.status == "short");
    CHECK(record.offline_presence.size() <= kMaxPresenceBytes);
    CHECK(record.offline_presence.find("short") != std::string::npos);
    CHECK(isWellFormed(record.offline_presence));
    stillRight(stage);
  }

  TEST_CASE("a payload nested thousands deep does no harm") {
    Stage stage;
    auto user = stage.rawUser();
    constexpr std::size_t depth = 8000;
    user->send(goodbye("<status>deep</status>" + repeated("<a>", depth) + repeated("</a>", depth)));
    const auto record = stage.record("logged_out");
    CHECK(record.status == "deep");
    CHECK(record.offline_presence.size() <= kMaxPresenceBytes);
    if (!record.offline_presence.empty()) CHECK(isWellFormed(record.offline_presence));
    stillRight(stage);
  }

  TEST_CASE("bytes that are no UTF-8 end the stream, and nothing of them is kept") {
    Stage stage;
    auto user = stage.rawUser();
    user->send(goodbye("<status>bad \xFF\xFE\xC0\xAF words</status>"));
    CHECK(user->awaitEnd());
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("connection_lost");
    CHECK(record.status.empty());
    CHECK(record.offline_presence.empty());
    stillRight(stage);
  }

  TEST_CASE("words that mean something to a database or a terminal are only words") {
    Stage stage;
    auto user = stage.rawUser();
    const std::string words = "'); DROP TABLE last_seen; -- \"${x}\" %s%n";
    user->send(goodbye("<status>" + words +
                       " &lt;b&gt; \xC2\x9B"
                       "31m red</status>"));
    const auto record = stage.record("logged_out");
    CHECK(record.status == words +
                               " <b> \xC2\x9B"
                               "31m red");
    CHECK(isWellFormed(record.offline_presence));
    const auto told = stage.server.shell(R"(liveness:last_seen("romeo@localhost"))");
    CHECK(told.find("DROP TABLE") != std::string::npos);
    CHECK(told.find("\xC2\x9B") == std::string::npos);
    stillRight(stage);
  }

  TEST_CASE("priorities and shows that do not exist are taken for what is nearest, and shown") {
    Stage stage;
    auto user = stage.rawUser();
    for (const char* priority : {"128", "-129", "99999999999999999999", "1e3", "0x10", "", "many"})
      user->send("<presence><show>asleep</show><priority>" + std::string(priority) +
                 "</priority></presence>");
    REQUIRE(user->roundTrip());
    for (const std::string no_number : {"1e3", "0x10", " 7", "7.0"}) {
      CAPTURE(no_number);
      user->send("<presence><priority>" + no_number + "</priority></presence>");
      REQUIRE(user->roundTrip());
      CHECK(stage.userSessions().find("online (") == std::string::npos);
    }
    user->send("<presence><priority>+5</priority></presence>");
    REQUIRE(user->roundTrip());
    const auto table = stage.userSessions();
    CAPTURE(table);
    CHECK(table.find("online (5)") != std::string::npos);
    CHECK(table.find("1 session") != std::string::npos);
    CHECK(table.find("reachable") != std::string::npos);
    user->send(goodbye("<status>one</status><status xml:lang='de'>zwei</status><status/>"));
    CHECK(stage.record("logged_out").status == "one");
    stillRight(stage);
  }

  TEST_CASE("a resource as long as may be, in letters of three bytes, is on record whole") {
    Stage stage;
    const auto resource = repeated("\xE2\x98\x83", 341);  // 1023 bytes: RFC 7622's bound
    RawClient user(stage.server.c2s());
    user.logIn("romeo", "secret", "localhost", resource);
    user.send("<presence/>");
    REQUIRE(user.roundTrip());
    user.socket().reset();
    CHECK(stage.record("connection_lost").resource == resource);
    stillRight(stage);
  }
}

}  // namespace liveness::e2e
