// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A list of users who are not here, a page at a time: the same of every database.
#include <doctest/doctest.h>

#include <algorithm>

#include "lives.h"

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Sort = UsersQuestion::Sort;
using Names = std::vector<std::string>;

FoundUsers ask(Store& store, const UsersQuestion& question) {
  std::optional<FoundUsers> answer;
  store.findUsers(question, [&](FoundUsers found) { answer = std::move(found); });
  REQUIRE(tickUntil(store, [&] { return answer.has_value(); }));
  return *answer;
}

Names namesOf(const FoundUsers& found) {
  Names names;
  for (const LastSeen& user : found.users) names.push_back(user.bare_jid);
  return names;
}

UsersQuestion everybody(Sort sort = Sort::jid, bool descending = false) {
  UsersQuestion question;
  question.sort = sort;
  question.descending = descending;
  question.limit = 100;
  return question;
}

Names whoHolds(Store& store, const std::string& text) {
  UsersQuestion question = everybody();
  question.text = text;
  const FoundUsers found = ask(store, question);
  CHECK(found.matched == found.users.size());
  return namesOf(found);
}

struct Offline {
  Lives lives;
  std::unique_ptr<Store> store = lives.open();

  Offline() { store->start(); }

  void left(const std::string& bare_jid, milliseconds heard, milliseconds gone,
            Cause cause = Cause::logged_out, const std::string& status = "") {
    LastSeen record = logout(bare_jid);
    const UtcTime day{hours{24 * 20000}};
    record.last_heard = day + heard;
    record.logged_out_at = day + gone;
    record.cause = cause;
    record.status = status;
    store->recordLogout(nextLogin(), record);
  }
};

}  // namespace

TEST_SUITE("store/users") {
  TEST_CASE("users who are not here are listed, each field of them, and whoever is here is not") {
    Offline offline;
    LastSeen record = logout("a@x");
    record.cause = Cause::timed_out;
    record.evidence = Evidence::client_silent;
    record.status = "gone fishing";
    offline.store->recordLogout(nextLogin(), record);
    LastSeen kept = logout("b@x");
    kept.offline_presence = "<presence type='unavailable'><show/></presence>";
    offline.store->recordLogout(nextLogin(), kept);
    offline.store->recordLogout(nextLogin(), logout("back@x"));
    offline.store->recordLogin(here(nextLogin(), "back@x"));
    offline.store->recordLogin(here(nextLogin(), "new@x"));
    const FoundUsers found = ask(*offline.store, everybody());
    CHECK(found.matched == 2);
    REQUIRE(found.users.size() == 2);
    CHECK(same(found.users[0], record));
    CHECK((found.users[0].evidence == Evidence::client_silent));
    kept.offline_presence.clear();
    CHECK(same(found.users[1], kept));
  }

  TEST_CASE("only users of the own domain are listed") {
    Offline offline;
    const auto elsewhere = offline.lives.open({"node", "y", ""});
    elsewhere->recordLogout(nextLogin(), logout("a@y"));
    elsewhere->stop();
    offline.left("a@x", milliseconds{1}, milliseconds{1});
    offline.left("a@xx", milliseconds{1}, milliseconds{1});
    offline.left("a@x.x", milliseconds{1}, milliseconds{1});
    CHECK(namesOf(ask(*offline.store, everybody())) == Names{"a@x"});
  }

  TEST_CASE("they come in the order asked for, and by their names where that is the same") {
    Offline offline;
    offline.left("b@x", milliseconds{1}, milliseconds{9}, Cause::timed_out);
    offline.left("a@x", milliseconds{2}, milliseconds{8}, Cause::kicked);
    offline.left("_@x", milliseconds{2}, milliseconds{8}, Cause::timed_out);
    offline.left("\xc3\xa4@x", milliseconds{3}, milliseconds{7}, Cause::connection_lost);
    const std::vector<std::pair<Sort, Names>> orders = {
        {Sort::jid, {"_@x", "a@x", "b@x", "\xc3\xa4@x"}},
        {Sort::last_heard, {"b@x", "_@x", "a@x", "\xc3\xa4@x"}},
        {Sort::logged_out, {"\xc3\xa4@x", "_@x", "a@x", "b@x"}},
        {Sort::cause, {"\xc3\xa4@x", "a@x", "_@x", "b@x"}},
    };
    for (const auto& order : orders) {
      const auto sort = order.first;
      auto names = order.second;
      CAPTURE(toString(sort));
      CHECK(namesOf(ask(*offline.store, everybody(sort))) == names);
      std::reverse(names.begin(), names.end());
      CHECK(namesOf(ask(*offline.store, everybody(sort, true))) == names);
    }
  }

  TEST_CASE("pages together hold everybody once, and each says how many they are") {
    Offline offline;
    for (int i = 0; i < 95; ++i)
      offline.left("user" + std::to_string(i) + "@x", milliseconds{i % 3}, milliseconds{i % 5});
    for (const Sort sort : {Sort::jid, Sort::last_heard, Sort::logged_out, Sort::cause}) {
      UsersQuestion question = everybody(sort, sort == Sort::last_heard);
      const Names all = namesOf(ask(*offline.store, question));
      REQUIRE(all.size() == 95);
      Names pages;
      question.limit = 10;
      for (; question.offset < 120; question.offset += 10) {
        const FoundUsers page = ask(*offline.store, question);
        CHECK(page.matched == 95);
        CHECK(page.users.size() == (question.offset < 90 ? 10 : question.offset == 90 ? 5 : 0));
        for (const auto& user : page.users) pages.push_back(user.bare_jid);
      }
      CHECK(pages == all);
    }
    UsersQuestion question;
    CHECK(ask(*offline.store, question).matched == 95);
    CHECK(ask(*offline.store, question).users.empty());
    question.limit = question.offset = static_cast<std::size_t>(-1);
    CHECK(ask(*offline.store, question).matched == 95);
    question.offset = 94;
    CHECK(ask(*offline.store, question).users.size() == 1);
  }

  TEST_CASE("a text is looked for in names and words, capitals or not, and means itself") {
    Offline offline;
    const milliseconds t{1};
    offline.left("juliet@x", t, t, Cause::timed_out, "Gone to MANTUA");
    offline.left("romeo@x", t, t, Cause::timed_out, "100% \\ sure_");
    offline.left("nurse@x", t, t, Cause::timed_out, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
    offline.left("paris@x", t, t, Cause::kicked, "it's 'so'; -- :cause $1");
    offline.left("\xc3\xa4nne@x", t, t);
    CHECK(whoHolds(*offline.store, "JULIET") == Names{"juliet@x"});
    CHECK(whoHolds(*offline.store, "mantua") == Names{"juliet@x"});
    CHECK(whoHolds(*offline.store, "r") == Names{"nurse@x", "paris@x", "romeo@x"});
    CHECK(whoHolds(*offline.store, "0% \\") == Names{"romeo@x"});
    CHECK(whoHolds(*offline.store, "%") == Names{"romeo@x"});
    CHECK(whoHolds(*offline.store, "_") == Names{"romeo@x"});
    CHECK(whoHolds(*offline.store, "\\") == Names{"romeo@x"});
    CHECK(whoHolds(*offline.store, "'so'; -- :CAUSE $1") == Names{"paris@x"});
    CHECK(whoHolds(*offline.store, "\xd0\xbf\xd0\xa0\xd0\x98") == Names{"nurse@x"});
    CHECK(whoHolds(*offline.store, "\xc3\x84NN") == Names{"\xc3\xa4nne@x"});
    CHECK(whoHolds(*offline.store, "juliet romeo").empty());
    CHECK(whoHolds(*offline.store, "\xff").empty());
    CHECK(whoHolds(*offline.store, std::string("a\0b", 3)).empty());
    CHECK(whoHolds(*offline.store, std::string(100'000, 'a')).empty());
    CHECK(whoHolds(*offline.store, "").size() == 5);

    UsersQuestion question = everybody();
    question.cause = Cause::timed_out;
    CHECK(ask(*offline.store, question).matched == 3);
    question.text = "R";
    CHECK(namesOf(ask(*offline.store, question)) == Names{"nurse@x", "romeo@x"});
    question.cause = Cause::server_crashed;
    CHECK(ask(*offline.store, question).matched == 0);
  }

  TEST_CASE("a row that cannot be read is a notice, and no answer but that") {
    Offline offline;
    offline.left("a@x", milliseconds{1}, milliseconds{1});
    settle(*offline.store);
    offline.lives.database.execute("UPDATE last_seen SET cause = 'boredom'");
    CHECK(ask(*offline.store, everybody()).users.empty());
    Log log(*offline.store);
    CHECK(log.has("the cause \"boredom\" in its row is none"));
    CHECK(ask(*offline.store, UsersQuestion{}).matched == 1);
  }
}

}  // namespace liveness::store
