// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <set>

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/names");

TEST_CASE("every cause has a name of its own, and is found by it") {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    CHECK(names.insert(toString(cause)).second);
    CHECK(causeFromString(toString(cause)) == cause);
  }
  CHECK(std::string(toString(Cause::hold_expired)) == "hold_expired");
  CHECK_FALSE(causeFromString("").has_value());
  CHECK_FALSE(causeFromString("Logged_Out").has_value());
  CHECK_FALSE(causeFromString("logged_out ").has_value());
}

TEST_CASE("states and transports are called what the design calls them") {
  CHECK(std::string(toString(SessionState::reachable)) == "reachable");
  CHECK(std::string(toString(SessionState::suspect)) == "suspect");
  CHECK(std::string(toString(SessionState::held)) == "held");
  CHECK(std::string(toString(SessionState::gone)) == "gone");
  CHECK(std::string(toString(Transport::tcp)) == "tcp");
  CHECK(std::string(toString(Transport::websocket)) == "websocket");
  CHECK(std::string(toString(Transport::bosh)) == "bosh");
}

TEST_CASE("what a client may show is one of five, and anything else is online") {
  for (const Show show : {Show::online, Show::away, Show::chat, Show::dnd, Show::xa})
    CHECK(showFromString(toString(show)) == show);
  CHECK(std::string(toString(Show::online)) == "online");
  CHECK(std::string(toString(Show::xa)) == "xa");
  CHECK(showFromString("") == Show::online);
  CHECK(showFromString("AWAY") == Show::online);
  CHECK(showFromString("gone fishing") == Show::online);
}

TEST_SUITE_END();
}  // namespace liveness::tests
