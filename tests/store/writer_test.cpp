// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/writer.h"

#include <doctest/doctest.h>

#include <thread>

#include "scripted_database.h"
#include "store_world.h"
#include "support/eventually.h"

namespace liveness::store {

namespace {

using Kind = DatabaseError::Kind;
using std::chrono::milliseconds;

/// The writer without a thread: everything is asked first, then it runs to its end.
struct Desk {
  Script script;
  Counters counters;
  Mailbox mailbox{counters};
  Writer writer{std::make_unique<ScriptedDatabase>(script),
                std::make_unique<ScriptedDatabase>(script),
                {},
                {},
                mailbox,
                counters};

  void run() {
    mailbox.close();
    writer.run();
  }
  std::vector<std::string> notices() {
    std::vector<std::string> texts;
    while (const auto notice = mailbox.takeNotice()) texts.push_back(notice->text);
    return texts;
  }
};

}  // namespace

TEST_SUITE("store/writer") {
  TEST_CASE("a database without anything to write is left alone") {
    Desk desk;
    desk.run();
    CHECK(desk.script.opens == 0);
    CHECK(desk.notices().empty());
  }

  TEST_CASE("of each user the latest record is written, and all of them into the history") {
    Desk desk;
    for (int round = 0; round < 5; ++round)
      for (const char* user : {"a@x", "b@x"}) desk.mailbox.put(left(user, milliseconds{round}));
    desk.run();
    CHECK(desk.script.rows.size() == 2);
    CHECK(same(desk.script.rows["b@x"], logout("b@x", milliseconds{4})));
    CHECK(desk.counters.written == 10);
    CHECK(desk.script.history.size() == 10);
    CHECK(desk.counters.waiting == 0);
    CHECK(desk.counters.batches == 1);
    CHECK(desk.script.closes == 1);
  }

  TEST_CASE("more records than a batch takes are several batches") {
    Desk desk;
    constexpr std::size_t kUsers = 2 * Writer::kBatch + 1;
    for (std::size_t i = 0; i < kUsers; ++i) desk.mailbox.put(left(std::to_string(i) + "@x"));
    desk.run();
    CHECK(desk.script.rows.size() == kUsers);
    CHECK(desk.counters.batches == 3);
    CHECK(desk.counters.waiting == 0);
  }

  TEST_CASE("records that the database refuses do not hold up the others") {
    Desk desk;
    desk.script.refused = {"7@x", "500@x", "501@x"};
    for (int i = 0; i < 1000; ++i) desk.mailbox.put(left(std::to_string(i) + "@x"));
    desk.run();
    CHECK(desk.script.rows.size() == 997);
    CHECK(desk.counters.written == 997);
    CHECK(desk.counters.waiting == 0);
    CHECK(desk.script.writes < 70);  // halved, not one by one
    const auto notices = desk.notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0] == "store the base: 3 records refused and dropped; the last: 7@x: ugly");  // by name
  }

  TEST_CASE("what comes on and on is said a few times, and then summed up every ten minutes") {
    Seldom seldom;
    Seldom::Time now{std::chrono::hours{5}};
    std::vector<std::uint64_t> said;
    for (int second = 0; second < 3600; ++second, now += std::chrono::seconds{1})
      if (const auto times = seldom.happened(2, now)) said.push_back(times);
    CHECK(said == std::vector<std::uint64_t>{2, 2, 2, 2, 1194, 1200, 1200, 1200, 1200});
    CHECK(seldom.isSilent());
    CHECK(seldom.rest() == 1198);
    now += std::chrono::hours{1};
    for (int i = 0; i < 4; ++i) CHECK(seldom.happened(1, now) == 1);
    CHECK(seldom.happened(1, now) == 0);
  }

  TEST_CASE("a row that is refused does not take along that its account was deleted before") {
    Desk desk;
    desk.script.refused = {"a@x"};
    desk.mailbox.put(forgotten("a@x"));
    desk.mailbox.put(left("a@x"));
    desk.run();
    CHECK(desk.script.rows.empty());
    CHECK(desk.script.forgotten == std::vector<std::string>{"a@x"});
    CHECK(desk.counters.waiting == 0);
  }

  TEST_CASE("a trouble is one line when it begins and one when it ends") {
    for (const bool strangers : {false, true}) {
      Desk desk;
      desk.script.failures_to_come = 3;
      desk.script.throws_strangers = strangers;
      for (int i = 0; i < 10; ++i) desk.mailbox.put(left(std::to_string(i) + "@x"));
      desk.run();
      CHECK(desk.script.rows.size() == 10);
      CHECK(desk.counters.failures == 3);
      CHECK(desk.counters.waiting == 0);
      const auto notices = desk.notices();
      REQUIRE(notices.size() == 2);
      CHECK(notices[0] ==
            std::string("store the base: ") + (strangers ? "a stranger" : "on strike") +
                ". Until then the latest logouts of each user are kept in memory, and tried again; "
                "10 records so far");
      CHECK(notices[1] ==
            "store the base: works again after 0 s and 3 failed attempts; "
            "10 records that waited are on disk");
    }
  }

  TEST_CASE("a database that is still away at the stop is given up after a while, and the loss is said") {
    Desk desk;
    desk.script.failures_to_come = 1'000'000;
    for (int i = 0; i < 10; ++i) desk.mailbox.put(left(std::to_string(i) + "@x"));
    desk.mailbox.ask({1, FindLastSeen{"a@x"}});
    const auto begin = std::chrono::steady_clock::now();
    desk.run();
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= std::chrono::seconds{1});
    CHECK(took < support::kPatience);  // two seconds, and a busy machine
    CHECK(desk.counters.failures >= 4);
    CHECK(desk.counters.waiting == 10);
    CHECK(desk.mailbox.takeAnswer() == nullptr);
    const auto notices = desk.notices();
    REQUIRE(notices.size() == 2);
    CHECK(notices[1] ==
          "store the base: still does not work at the stop; 10 records lost; "
          "1 look-up answered with nothing");
  }

  TEST_CASE("a database that is not for us is not tried twice at the stop") {
    Desk desk;
    desk.script.failures_to_come = 1'000'000;
    desk.script.failure = Kind::unfit;
    desk.mailbox.put(left("a@x"));
    desk.run();
    CHECK(desk.counters.failures == 1);
    CHECK(desk.notices().size() == 2);
  }

  TEST_CASE("answers come in the order of the questions, and know the records that came before") {
    Desk desk;
    desk.script.refused = {"ugly@x"};
    desk.mailbox.put(left("a@x"));
    std::uint64_t number = 0;
    for (const char* user : {"nobody@x", "a@x", "ugly@x", "b@x"})
      desk.mailbox.ask({++number, FindLastSeen{user}});
    desk.mailbox.put(left("b@x"));
    desk.run();
    std::vector<std::string> answers;
    while (const auto reply = desk.mailbox.takeAnswer()) {
      const auto& found = std::get<std::optional<LastSeen>>(reply->answer);
      CHECK(reply->number == answers.size() + 1);
      answers.push_back(found ? found->bare_jid : "none");
    }
    CHECK(answers == std::vector<std::string>{"none", "a@x", "none", "b@x"});
    const auto notices = desk.notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0] == "store the base: ugly@x: unreadable");
  }

  TEST_CASE("a read that failed is tried again, and answered once") {
    Desk desk;
    desk.script.rows["a@x"] = logout("a@x");
    desk.script.failures_to_come = 2;
    desk.mailbox.ask({1, FindLastSeen{"a@x"}});
    desk.run();
    const auto reply = desk.mailbox.takeAnswer();
    REQUIRE(reply != nullptr);
    const auto& found = std::get<std::optional<LastSeen>>(reply->answer);
    REQUIRE(found.has_value());
    CHECK(same(*found, logout("a@x")));
    CHECK(desk.mailbox.takeAnswer() == nullptr);
  }

  TEST_CASE("a question that comes to no end holds up no record") {
    Desk desk;
    desk.script.stuck = "a@x";
    std::thread thread([&] { desk.writer.run(); });
    const auto sees = [&](auto what) {
      return support::eventually(kPatience, [&] {
        const std::lock_guard lock(desk.script.mutex);
        return what(desk.script);
      });
    };
    desk.mailbox.ask({1, FindLastSeen{"a@x"}});
    CHECK(sees([](const Script& script) { return script.asked_for.size() == 1; }));
    desk.mailbox.put(left("b@x"));
    CHECK(sees([](const Script& script) { return script.rows.count("b@x") == 1; }));
    CHECK(desk.mailbox.takeAnswer() == nullptr);
    CHECK(sees([](Script& script) {
      script.stuck.clear();
      script.unstuck.notify_all();
      return true;
    }));
    desk.mailbox.close();
    thread.join();
    CHECK(desk.mailbox.takeAnswer() != nullptr);
    CHECK(desk.script.runs.empty());
  }

  TEST_CASE("texts are bounded and made valid before a database sees them") {
    Desk desk;
    LastSeen wild = logout(std::string("a\0b@x", 5));
    wild.status = std::string(2000, 'x') + "\xff";
    wild.resource = "\xc3";
    wild.offline_presence = std::string(kMaxPresenceBytes - 1, 'y') + "\xc3\xa4";
    News news;
    news.bare_jid = wild.bare_jid;
    news.logouts.push_back({1, wild});
    desk.mailbox.put(std::move(news));
    desk.run();
    REQUIRE(desk.script.rows.size() == 1);
    const LastSeen& row = desk.script.rows.begin()->second;
    CHECK(row.bare_jid ==
          "a\xef\xbf\xbd"
          "b@x");
    CHECK(row.status == std::string(kMaxStatusBytes, 'x'));
    CHECK(row.resource == "\xef\xbf\xbd");
    CHECK(row.offline_presence == std::string(kMaxPresenceBytes - 1, 'y'));
  }
}

}  // namespace liveness::store
