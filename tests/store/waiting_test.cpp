// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/waiting.h"

#include <doctest/doctest.h>

#include "store/back_off.h"
#include "store_world.h"

namespace liveness::store {

using std::chrono::milliseconds;

TEST_SUITE("store/waiting") {
  TEST_CASE("users leave in the order in which they came") {
    Waiting waiting;
    for (const char* user : {"c@x", "a@x", "b@x"}) CHECK(waiting.put(logout(user)));
    CHECK(waiting.size() == 3);
    CHECK(waiting.front(2).size() == 2);
    CHECK(waiting.front(2)[1]->bare_jid == "a@x");
    CHECK(waiting.front(9).size() == 3);
    CHECK(waiting.popFront().bare_jid == "c@x");
    CHECK(waiting.popFront().bare_jid == "a@x");
    CHECK_FALSE(waiting.has("a@x"));
    CHECK(waiting.has("b@x"));
    CHECK(waiting.popFront().bare_jid == "b@x");
    CHECK(waiting.empty());
  }

  TEST_CASE("the logout put last takes the place of the user's earlier one, whatever the clock said") {
    // Short names lie inside of a string, long ones outside: the key has to follow both.
    for (const std::string& user : {std::string("a@x"), std::string(300, 'a') + "@x"}) {
      Waiting waiting;
      waiting.put(logout(user));
      waiting.put(logout("other@x"));
      CHECK_FALSE(waiting.put(logout(user, milliseconds{5})));
      CHECK_FALSE(waiting.put(logout(user, milliseconds{3})));  // the clock was set back
      CHECK(waiting.size() == 2);
      CHECK(waiting.has(user));
      CHECK(same(waiting.popFront(), logout(user, milliseconds{3})));
      CHECK_FALSE(waiting.has(user));
    }
  }

  TEST_CASE("of two logouts at the same moment the one put last is kept") {
    Waiting waiting;
    waiting.put(logout("a@x"));
    LastSeen second = logout("a@x");
    second.status = "second";
    waiting.put(second);
    CHECK(waiting.popFront().status == "second");
  }
}

TEST_SUITE("store/back_off") {
  TEST_CASE("a database that stays away is asked less and less often, but every five seconds") {
    BackOff back_off;
    for (const int expected : {100, 200, 400, 800, 1600, 3200, 5000, 5000})
      CHECK(back_off.next() == milliseconds{expected});
    back_off.reset();
    CHECK(back_off.next() == milliseconds{100});
  }
}

}  // namespace liveness::store
