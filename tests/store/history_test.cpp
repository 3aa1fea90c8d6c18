// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "lives.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

LastSeen leftAt(const std::string& bare_jid, UtcTime time) {
  LastSeen record = logout(bare_jid);
  record.last_heard = record.logged_out_at = time;
  return record;
}

Store::Inactive inactiveOf(Store& store, UtcTime before, std::size_t limit) {
  std::optional<Store::Inactive> answer;
  store.findInactive(before, limit, [&](Store::Inactive found) { answer = std::move(found); });
  REQUIRE(tickUntil(store, [&] { return answer.has_value(); }));
  return *answer;
}

std::vector<std::uint64_t> activeOf(Store& store, const std::vector<UtcTime>& since) {
  std::optional<std::vector<std::uint64_t>> answer;
  store.countActive(since, [&](std::vector<std::uint64_t> counts) { answer = std::move(counts); });
  REQUIRE(tickUntil(store, [&] { return answer.has_value(); }));
  return *answer;
}

std::vector<std::string> unknownOf(Store& store, const std::vector<std::string>& users) {
  std::optional<std::vector<std::string>> answer;
  store.findUnknown(users, [&](std::vector<std::string> found) { answer = std::move(found); });
  REQUIRE(tickUntil(store, [&] { return answer.has_value(); }));
  return *answer;
}

}  // namespace

TEST_SUITE("store/history") {
  TEST_CASE("the latest logouts of a user are found, newest first, without their offline presence") {
    Lives lives;
    const auto store = lives.open();
    store->start();
    const UtcTime now = utcNow();
    for (int i = 1; i <= 30; ++i) {
      LastSeen record = leftAt("a@x", now - hours{30 - i});
      record.status = std::to_string(i);
      record.evidence = i % 2 == 0 ? Evidence::client_silent : Evidence::network_gone;
      record.offline_presence = "<presence/>";
      store->recordLogout(nextLogin(), record);
      store->recordLogout(nextLogin(), leftAt("b@x", now));
      settle(*store);  // one by one, so that none is overtaken
    }
    const auto history = historyOf(*store, "a@x", 20);
    REQUIRE(history.size() == 20);
    for (std::size_t i = 0; i < history.size(); ++i) {
      CHECK(history[i].bare_jid == "a@x");
      CHECK(history[i].status == std::to_string(30 - i));
      CHECK((history[i].evidence == (i % 2 == 0 ? Evidence::client_silent : Evidence::network_gone)));
      CHECK(history[i].offline_presence.empty());
    }
    CHECK((lookUp(*store, "a@x")->evidence == Evidence::client_silent));
    CHECK((lookUp(*store, "b@x")->evidence == Evidence::none));
    CHECK((historyOf(*store, "b@x", 1).at(0).evidence == Evidence::none));
    CHECK(historyOf(*store, "nobody@x").empty());
  }

  TEST_CASE("logouts that are older than they are kept go when there is nothing else to do, in small parts") {
    Lives lives;
    const auto store = lives.open();
    const UtcTime now = utcNow();
    for (int i = 0; i < 2500; ++i)
      store->recordLogout(nextLogin(), leftAt(std::to_string(i) + "@x", now - hours{49}));
    store->recordLogout(nextLogin(), leftAt("new@x", now - hours{47}));
    store->start();
    settle(*store);
    CHECK(lives.database.ask("SELECT count(*) FROM logouts") == "2501");
    store->keepHistory(hours{48});
    REQUIRE(tickUntil(*store, [&] { return lives.database.ask("SELECT count(*) FROM logouts") == "1"; }));
    CHECK(historyOf(*store, "new@x").size() == 1);
    CHECK(lives.database.ask("SELECT count(*) FROM last_seen") == "2501");
    store->keepHistory(hours{0});
    REQUIRE(tickUntil(*store, [&] { return lives.database.ask("SELECT count(*) FROM logouts") == "0"; }));
    store->recordLogout(nextLogin(), leftAt("newer@x", now));
    CHECK(historyOf(*store, "newer@x").empty());
    CHECK(lookUp(*store, "newer@x").has_value());
  }

  TEST_CASE(
      "a user who comes and goes all day long has a hundred rows of history, and the last of them is there") {
    Lives lives;
    const auto store = lives.open();
    store->start();
    const UtcTime noon = std::chrono::floor<hours>(utcNow()) - hours{48};
    const auto at = [&](int i) { return noon + milliseconds{i}; };
    std::vector<std::uint64_t> logins;
    const auto comeAndGo = [&](int i) {
      Store::Online user = here(nextLogin(), "flapping@x");
      logins.push_back(user.login);
      store->recordLogin(user);
      LastSeen record = leftAt("flapping@x", at(i));
      record.status = std::to_string(i);
      store->recordLogout(logins.back(), record);
    };
    SUBCASE("one by one") {
      for (int i = 0; i < 250; ++i) {
        comeAndGo(i);
        settle(*store);
      }
    }
    SUBCASE("in bursts that are written together") {
      for (int i = 0; i < 250; ++i) {
        comeAndGo(i);
        if (i % 4 == 3 || i == 249) settle(*store);
      }
    }
    store->recordLogout(nextLogin(), leftAt("other@x", noon));
    settle(*store);
    const auto rows =
        std::stoul(lives.database.ask("SELECT count(*) FROM logouts WHERE bare_jid = 'flapping@x'"));
    CHECK(rows == 100);
    CHECK(historyOf(*store, "other@x").size() == 1);
    const auto history = historyOf(*store, "flapping@x", 300);
    REQUIRE(history.size() == rows);
    CHECK(history[0].status == "249");
    CHECK(history[1].status == "98");
    CHECK(history.back().status == "0");
    CHECK(lookUp(*store, "flapping@x")->logged_out_at == at(249));
    CHECK(lookUp(*store, "flapping@x")->status == "249");
    CHECK(lives.database.ask("SELECT count(*) FROM online_users") == "0");

    // The next day is another one, and none of those before it goes.
    LastSeen next = leftAt("flapping@x", noon + hours{24});
    next.status = "next day";
    store->recordLogout(nextLogin(), next);
    settle(*store);
    const auto then = historyOf(*store, "flapping@x", 300);
    CHECK(then.size() == rows + 1);
    CHECK(then[0].status == "next day");
    CHECK(then[1].status == "249");
  }

  TEST_CASE("the history is looked through again and again") {
    Lives lives;
    Timing timing;
    timing.purge = milliseconds{10};
    const auto store = lives.open(lives.identity, timing);
    store->keepHistory(hours{48});
    store->start();
    settle(*store);
    store->recordLogout(nextLogin(), leftAt("a@x", utcNow() - hours{50}));
    REQUIRE(store->stats().records_waiting <= 1);
    settle(*store);
    CHECK(tickUntil(*store, [&] { return lives.database.ask("SELECT count(*) FROM logouts") == "0"; }));
  }

  TEST_CASE("who is inactive, active or unknown is asked of the own domain, and knows what came before") {
    Lives lives;
    const auto store = lives.open(), elsewhere = lives.open({"node", "y", ""});
    const UtcTime now = utcNow();
    elsewhere->recordLogout(nextLogin(), leftAt("old@y", now - hours{900}));
    elsewhere->stop();
    store->start();
    store->recordLogout(nextLogin(), leftAt("old@x", now - hours{800}));
    store->recordLogout(nextLogin(), leftAt("older@x", now - hours{850}));
    store->recordLogout(nextLogin(), leftAt("old@xx", now - hours{950}));
    store->recordLogout(nextLogin(), leftAt("back@x", now - hours{870}));
    store->recordLogin(here(nextLogin(), "back@x"));
    store->recordLogout(nextLogin(), leftAt("week@x", now - hours{100}));
    store->recordLogout(nextLogin(), leftAt("today@x", now - hours{1}));
    const auto inactive = inactiveOf(*store, now - hours{720}, 10);
    CHECK(inactive.total == 2);
    REQUIRE(inactive.users.size() == 2);
    CHECK(inactive.users[0].bare_jid == "older@x");
    CHECK(inactive.users[1].bare_jid == "old@x");
    const auto first = inactiveOf(*store, now, 1);
    CHECK(first.total == 4);
    CHECK(first.users.size() == 1);
    CHECK(activeOf(*store, {now - hours{24}, now - hours{168}, now - hours{840}}) ==
          std::vector<std::uint64_t>{2, 3, 4});
    CHECK(unknownOf(*store, {"never@x", "old@x", "back@x", "new@x", "never2@x"}) ==
          std::vector<std::string>{"never@x", "new@x", "never2@x"});
    CHECK(unknownOf(*store, {"old@x", "\xff@x", "never@x"}) == std::vector<std::string>{"\xff@x", "never@x"});
    CHECK(store->takeNotices().empty());
  }

  TEST_CASE("a deleted account is nowhere, whatever came before, and begins anew") {
    Lives lives;
    const auto store = lives.open();
    store->start();
    for (const char* user : {"a@x", "b@x"}) {
      for (int i = 0; i < 3; ++i) store->recordLogout(nextLogin(), logout(user, milliseconds{i}));
      store->recordLogin(here(nextLogin(), user));
    }
    SUBCASE("all of it is on disk") {
      settle(*store);
    }
    SUBCASE("nothing is") {}
    store->forget("a@x");
    CHECK_FALSE(lookUp(*store, "a@x").has_value());
    CHECK(historyOf(*store, "a@x").empty());
    CHECK(unknownOf(*store, {"a@x", "b@x"}) == std::vector<std::string>{"a@x"});
    CHECK(historyOf(*store, "b@x").size() == 3);
    store->recordLogout(nextLogin(), logout("a@x", milliseconds{9}));
    CHECK(historyOf(*store, "a@x").size() == 1);
    CHECK(store->stats().records_waiting == 0);
  }

  TEST_CASE("questions that nobody can answer any more are answered with nothing at the stop") {
    Lives lives;
    auto store = openStore("sqlite3:///no/such/folder/x", lives.identity);
    int answers = 0;
    store->findHistory("a@x", 1, [&](const auto& found) { answers += found.empty() ? 1 : 0; });
    store->findInactive({}, 1, [&](const auto& found) { answers += found.total == 0 ? 1 : 0; });
    store->countActive({UtcTime{}}, [&](const auto& found) { answers += found.empty() ? 1 : 0; });
    store->findUnknown({"a@x"}, [&](const auto& found) { answers += found.empty() ? 1 : 0; });
    store->findUsers({}, [&](const auto& found) { answers += found.matched == 0 ? 1 : 0; });
    CHECK(store->reading());
    store->stop();
    CHECK(answers == 5);
    CHECK_FALSE(store->reading());
  }
}

}  // namespace liveness::store
