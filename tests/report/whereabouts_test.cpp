// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/whereabouts.h"

#include <doctest/doctest.h>

#include "report/words.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/whereabouts");

namespace {

std::string where(std::uint32_t available, std::uint32_t held, std::uint32_t hidden,
                  const std::optional<HeldAway>& away = std::nullopt) {
  return report::whereabouts("romeo@localhost", UserInfo{available, held, hidden, std::nullopt, away});
}

}  // namespace

TEST_CASE("what contacts see of a user, and what is held, is one sentence; of who is not here none") {
  CHECK(where(0, 0, 0).empty());
  CHECK(where(1, 0, 0) == "romeo@localhost is here now, with 1 available resource");
  CHECK(where(3, 2, 0) == "romeo@localhost is here now, with 3 available resources, 2 of them held");
  CHECK(where(1, 1, 1) ==
        "romeo@localhost is here now, with 1 available resource; 1 other session is held, and seen as "
        "unavailable");
  CHECK(where(2, 3, 2) ==
        "romeo@localhost is here now, with 2 available resources, 1 of them held, and 2 other sessions are "
        "held, and seen as unavailable");
}

TEST_CASE("a user all of whose sessions are held and hidden is not here, and held") {
  CHECK(where(0, 1, 1) ==
        "romeo@localhost is held, with 1 session to resume; contacts see them as unavailable");
  const UtcTime heard{std::chrono::hours{24}};
  CHECK(
      where(0, 2, 2, HeldAway{heard, "", "", heard}) ==
      "romeo@localhost is held, with 2 sessions to resume; contacts see them as unavailable, last heard at " +
          report::utc(heard));
}

TEST_SUITE_END();
}  // namespace liveness::tests
