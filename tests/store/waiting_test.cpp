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
    for (const char* user : {"c@x", "a@x", "b@x"}) CHECK(waiting.put(left(user)) == 0);
    CHECK(waiting.size() == 3);
    CHECK(waiting.next() == 3);
    CHECK(waiting.oldest() == 0);
    CHECK(waiting.popFront().bare_jid == "c@x");
    CHECK(waiting.popFront().bare_jid == "a@x");
    CHECK(waiting.oldest() == 2);
    CHECK_FALSE(waiting.has("a@x"));
    CHECK(waiting.has("b@x"));
    CHECK(waiting.popFront().bare_jid == "b@x");
    CHECK(waiting.empty());
  }

  TEST_CASE("more users than a batch takes leave by name, and everybody's turn comes") {
    Waiting waiting;
    for (const char* user : {"d@x", "b@x", "e@x", "a@x", "c@x"}) waiting.put(left(user));
    std::string order;
    const auto leave = [&](std::size_t count) {
      for (const News* news : waiting.some(count)) {
        order += news->bare_jid[0];
        waiting.erase(*news);
      }
      order += ' ';
    };
    leave(2);
    CHECK(waiting.oldest() == 0);  // d@x
    waiting.put(left("a@x"));
    leave(2);
    CHECK(waiting.oldest() == 2);  // e@x
    leave(9);
    CHECK(order == "ab cd ea ");
    CHECK(waiting.empty());
    CHECK(waiting.oldest() == waiting.next());
  }

  TEST_CASE("a user has one place, whatever happened, and the logout put last is the latest") {
    // Short names lie inside of a string, long ones outside: the key has to hold in both.
    for (const std::string& user : {std::string("a@x"), std::string(300, 'a') + "@x"}) {
      Waiting waiting;
      waiting.put(left(user, milliseconds{1}));
      waiting.put(left("other@x"));
      CHECK(waiting.put(left(user, milliseconds{5})) == 0);
      CHECK(waiting.put(left(user, milliseconds{3})) == 0);  // the clock was set back
      CHECK(waiting.size() == 2);
      CHECK(waiting.has(user));
      const News news = waiting.popFront();
      REQUIRE(news.logouts.size() == 3);
      CHECK(same(news.logouts.back().record, logout(user, milliseconds{3})));
      CHECK_FALSE(waiting.has(user));
    }
  }

  TEST_CASE(
      "of many logouts of a user the first and the last ones stay: the database may know the first's login") {
    Waiting waiting;
    std::size_t given_up = 0;
    for (int i = 1; i <= 1000; ++i) given_up += waiting.put(left("a@x", milliseconds{i}));
    CHECK(given_up == 1000 - News::kMaxLogouts);
    const News news = waiting.popFront();
    REQUIRE(news.logouts.size() == News::kMaxLogouts);
    CHECK(same(news.logouts.front().record, logout("a@x", milliseconds{1})));
    for (int i = 1; i < 9; ++i)
      CHECK(same(news.logouts[static_cast<std::size_t>(i)].record, logout("a@x", milliseconds{992 + i})));
  }

  TEST_CASE("a login that ends while it waits is not begun, another one's is") {
    Waiting waiting;
    waiting.put(came("a@x", 1));
    waiting.put(left("a@x", {}, 1));
    CHECK_FALSE(waiting.some(1)[0]->login.has_value());
    waiting.put(came("a@x", 2));
    waiting.put(left("a@x", {}, 1));
    const News news = waiting.popFront();
    REQUIRE(news.login.has_value());
    CHECK(news.login->login == 2);
    CHECK(news.logouts.size() == 2);
  }

  TEST_CASE("who is forgotten has no older news, and may have later ones") {
    Waiting waiting;
    waiting.put(left("a@x"));
    waiting.put(came("a@x", 7));
    CHECK(waiting.put(forgotten("a@x")) == 1);
    CHECK(waiting.some(1)[0]->forgotten);
    CHECK(waiting.some(1)[0]->logouts.empty());
    CHECK_FALSE(waiting.some(1)[0]->login.has_value());
    waiting.put(left("a@x", milliseconds{1}));
    waiting.put(came("a@x", 8));
    const News news = waiting.popFront();
    CHECK(news.forgotten.has_value());
    CHECK(news.logouts.size() == 1);
    CHECK(news.login->login == 8);
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
