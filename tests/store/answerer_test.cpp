// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/answerer.h"

#include <doctest/doctest.h>

#include <thread>

#include "scripted_database.h"
#include "store_world.h"
#include "support/eventually.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using support::eventually;

/// What the writer hands on, and what comes of it.
struct Asking {
  Script script;
  Counters counters;
  Mailbox mailbox{counters};
  Answerer answerer{std::make_unique<ScriptedDatabase>(script), "x", mailbox};
  std::uint64_t asked = 0;
  std::vector<std::uint64_t> answered;
  std::map<std::uint64_t, std::optional<LastSeen>> answers;
  std::vector<std::string> notices;

  void ask(const std::string& user) { answerer.ask({++asked, FindLastSeen{user}}); }

  void poll() {
    while (const auto reply = mailbox.takeAnswer()) {
      answered.push_back(reply->number);
      answers[reply->number] = std::get<std::optional<LastSeen>>(reply->answer);
    }
    while (const auto notice = mailbox.takeNotice()) notices.push_back(notice->text);
  }
  bool settles() {
    return eventually(kPatience, [&] {
      poll();
      return answered.size() == asked;
    });
  }
  int countOfOpens() {
    const std::lock_guard lock(script.mutex);
    return script.opens;
  }
};

}  // namespace

TEST_SUITE("store/answerer") {
  TEST_CASE("without a question there is no connection and no thread") {
    Asking asking;
    CHECK(asking.answerer.endedBy(Answerer::Clock::now()));
    asking.answerer.close({});
    asking.answerer.end();
    CHECK(asking.script.opens == 0);
    CHECK(asking.script.closes == 0);
  }

  TEST_CASE("questions are answered in their order, on one connection") {
    Asking asking;
    asking.script.rows["a@x"] = logout("a@x");
    for (const char* user : {"a@x", "b@x", "a@x"}) asking.ask(user);
    REQUIRE(asking.settles());
    CHECK(asking.answered == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(asking.answers[1].has_value());
    CHECK_FALSE(asking.answers[2].has_value());
    CHECK(asking.countOfOpens() == 1);
    asking.answerer.end();
    CHECK(asking.script.closes == 1);
  }

  TEST_CASE("a question that the database cannot answer is tried three times, and holds up no other") {
    Asking asking;
    asking.script.failures_to_find["slow@x"] = 1'000'000;
    asking.script.rows["a@x"] = logout("a@x");
    const auto begin = Answerer::Clock::now();
    asking.ask("slow@x");
    asking.ask("a@x");
    REQUIRE(asking.settles());
    CHECK(Answerer::Clock::now() - begin >= 2 * Answerer::kBetweenTries);
    CHECK(asking.answered == std::vector<std::uint64_t>{2, 1});
    CHECK(asking.answers[2].has_value());
    CHECK_FALSE(asking.answers[1].has_value());
    CHECK(asking.script.asked_for == std::vector<std::string>{"slow@x", "a@x", "slow@x", "slow@x"});
    CHECK(asking.notices == std::vector<std::string>{
                                "store the base: slow@x: too slow; see to it; it was tried 3 times, and is "
                                "answered with nothing"});
  }

  TEST_CASE("a question that fails twice is answered rightly, without a word") {
    Asking asking;
    asking.script.rows["slow@x"] = logout("slow@x");
    asking.script.failures_to_find["slow@x"] = 2;
    asking.ask("slow@x");
    REQUIRE(asking.settles());
    CHECK(asking.answers[1].has_value());
    CHECK(asking.notices.empty());
  }

  TEST_CASE("the same line is not said again and again") {
    Asking asking;
    asking.script.refused = {"ugly@x", "uglier@x"};
    for (int round = 0; round < 100; ++round)
      for (const char* user : {"ugly@x", "uglier@x"}) asking.ask(user);
    REQUIRE(asking.settles());
    CHECK(asking.notices.size() == 2);
    CHECK(asking.script.asked_for.size() == 200);  // what is refused is not tried again
  }

  TEST_CASE("while the database is away a question has no answer, however often it is tried") {
    Asking asking;
    asking.script.rows["a@x"] = logout("a@x");
    asking.script.failures_to_come = 4;
    asking.ask("a@x");
    REQUIRE(asking.settles());
    CHECK(asking.answers[1].has_value());
    CHECK(asking.notices.empty());      // what is over soon, or is told by the writer, is not told twice
    CHECK(asking.mailbox.takeDoubt());  // the writer has a look at it
  }

  TEST_CASE("a question that fails because the database goes away is not blamed for it") {
    Asking asking;
    asking.script.rows["a@x"] = logout("a@x");
    asking.ask("a@x");
    REQUIRE(asking.settles());
    for (int outage = 0; outage < 4; ++outage) {
      {
        const std::lock_guard lock(asking.script.mutex);
        asking.script.failures_to_come = 2;  // the question, and the connection after it
      }
      asking.ask("a@x");
      REQUIRE(asking.settles());
      CHECK(asking.answers[asking.asked].has_value());
    }
    CHECK(asking.notices.empty());
  }

  TEST_CASE(
      "of one that fails again and again, each time with the whole database, only the last try counts") {
    Asking asking;
    asking.script.rows["a@x"] = logout("a@x");
    asking.script.falls = true;
    asking.script.failures_to_find["a@x"] = Answerer::kTries + 1;
    asking.ask("a@x");
    REQUIRE(asking.settles());
    CHECK(asking.answers[1].has_value());
    CHECK(asking.notices.empty());
  }

  TEST_CASE(
      "a database that stays away is a line when that is clear, unless the writer tells of it, and one "
      "after") {
    Asking alone, beside_the_writer;
    beside_the_writer.answerer.onWriterAway(true);
    for (Asking* one : {&alone, &beside_the_writer}) {
      one->script.failures_to_come = 1'000'000;
      one->ask("a@x");
    }
    REQUIRE(eventually(kPatience, [&] {
      alone.poll();
      return !alone.notices.empty();
    }));
    CHECK(alone.notices.front().find("on strike. Until then questions wait for their answers") !=
          std::string::npos);
    for (Asking* one : {&alone, &beside_the_writer}) {
      {
        const std::lock_guard lock(one->script.mutex);
        one->script.failures_to_come = 0;
      }
      REQUIRE(one->settles());
    }
    REQUIRE(eventually(kPatience, [&] {
      alone.poll();
      return alone.notices.size() == 2;
    }));
    CHECK(alone.notices.back().find("answers questions again after ") != std::string::npos);
    beside_the_writer.poll();
    CHECK(beside_the_writer.notices.empty());
  }

  TEST_CASE("at the end what cannot be answered is given up, and counted") {
    Asking asking;
    asking.script.failures_to_come = 1'000'000;
    asking.ask("a@x");
    asking.ask("b@x");
    CHECK_FALSE(asking.answerer.endedBy(Answerer::Clock::now() + milliseconds{20}));
    asking.answerer.close(milliseconds{50});
    asking.answerer.close(std::chrono::hours{1});  // the earlier time holds
    CHECK(eventually(kPatience, [&] { return asking.answerer.endedBy(Answerer::Clock::now()); }));
    asking.answerer.end();
    asking.poll();
    CHECK(asking.answered.empty());
    CHECK(asking.answerer.unanswered() == 2);
  }

  TEST_CASE("what can be answered is, also after the patience is over") {
    Asking asking;
    for (int i = 0; i < 2000; ++i) asking.ask("a@x");
    asking.answerer.close({});
    REQUIRE(asking.answerer.endedBy(Answerer::Clock::now() + kPatience));
    asking.answerer.end();
    asking.poll();
    CHECK(asking.answered.size() + asking.answerer.lastAnswers().size() == 2000);
    CHECK(asking.answerer.unanswered() == 0);
  }
}

}  // namespace liveness::store
