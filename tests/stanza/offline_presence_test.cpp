// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "liveness/presence.h"
#include "stanza/offline_presence.h"

using liveness::kMaxPresenceBytes;
using liveness::stanza::offlinePresence;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_SUITE("stanza/offline_presence") {
  TEST_CASE("a presence with a status is kept whole, without its address") {
    const std::string kept = offlinePresence(
        "<presence type='unavailable' from='juliet@example.org/balcony' to='romeo@example.org' xml:lang='en'>"
        "<status>gone home &amp; asleep</status></presence>");
    CHECK(kept.find("to=") == std::string::npos);
    CHECK(kept.find("from='juliet@example.org/balcony'") != std::string::npos);
    CHECK(kept.find("xml:lang='en'") != std::string::npos);
    CHECK(kept.find("<status>gone home &amp; asleep</status>") != std::string::npos);
  }

  TEST_CASE("a presence with any other child is kept, in its namespace") {
    const std::string kept = offlinePresence(
        "<presence type='unavailable'><x xmlns='vcard-temp:x:update'><photo/></x></presence>");
    CHECK(kept.find("<x xmlns='vcard-temp:x:update'><photo/></x>") != std::string::npos);
  }

  TEST_CASE("a presence without children leaves nothing to keep") {
    CHECK(offlinePresence("<presence type='unavailable'/>").empty());
    CHECK(offlinePresence("<presence type='unavailable'>words</presence>").empty());
    CHECK(offlinePresence("").empty());
  }

  TEST_CASE("what is not one well-formed presence is not kept") {
    CHECK(offlinePresence("<presence type='unavailable'><status>cut").empty());
    CHECK(offlinePresence("<message><body>hello</body></message>").empty());
    CHECK(offlinePresence("no xml at all").empty());
    CHECK(offlinePresence("<presence><a></b></presence>").empty());
  }

  TEST_CASE("of a presence that is too large only the statuses are left, each cut at a character") {
    const std::string kept = offlinePresence(
        "<presence type='unavailable' from='juliet@example.org/balcony'><status xml:lang='fr'>" +
        repeated("\xC3\xA9", 2000) + "</status><x xmlns='urn:large'>" + repeated("y", 12000) +
        "</x></presence>");
    CHECK(kept.size() <= kMaxPresenceBytes);
    CHECK(kept.find("urn:large") == std::string::npos);
    CHECK(kept.find("xml:lang='fr'") != std::string::npos);
    CHECK(kept.find(">" + repeated("\xC3\xA9", 512) + "</status>") != std::string::npos);
    CHECK(offlinePresence(kept) == kept);
  }

  TEST_CASE("many large statuses stay within the bound") {
    const std::string one = "<status xml:lang='x'>" + repeated("&lt;", 1000) + "</status>";
    const std::string kept =
        offlinePresence("<presence type='unavailable'>" + repeated(one, 6) + "</presence>");
    CHECK_FALSE(kept.empty());
    CHECK(kept.size() <= kMaxPresenceBytes);
    CHECK(offlinePresence(kept) == kept);
  }

  TEST_CASE("a monster is not looked at") {
    CHECK(offlinePresence("<presence><status>" + repeated("z", 200000) + "</status></presence>").empty());
    CHECK(offlinePresence("<presence>" + repeated("<a>", 4000) + repeated("</a>", 4000) + "</presence>")
              .empty());
  }
}
