// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/mailbox.h"

#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "store_world.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;

/// What a writer would get: the latest record of each user, and the questions in their order.
struct Received {
  std::map<std::string, LastSeen> latest;
  std::vector<std::string> questions;
  std::size_t too_early = 0;  // questions that came before a record put before them

  void take(Request request) {
    if (auto* asked = std::get_if<Asked>(&request)) {
      auto& user = std::get<FindLastSeen>(asked->question).bare_jid;
      if (latest.count(user) == 0) ++too_early;
      questions.push_back(std::move(user));
      return;
    }
    for (auto& [login, record] : std::get<News>(request).logouts) {
      auto& place = latest[record.bare_jid];
      if (record.logged_out_at >= place.logged_out_at) place = std::move(record);
    }
  }
  void takeAll(Mailbox& mailbox) {
    while (const auto request = mailbox.takeRequest()) take(std::move(*request));
  }
};

}  // namespace

TEST_SUITE("store/mailbox") {
  TEST_CASE("with a writer that is stuck, memory grows with the users and not with the records") {
    Counters counters;
    Mailbox mailbox(counters);
    constexpr int kUsers = 100, kRounds = 2000;
    for (int round = 0; round < kRounds; ++round)
      for (int user = 0; user < kUsers; ++user)
        mailbox.put(left(std::to_string(user) + "@x", milliseconds{round}));
    CHECK(counters.waiting < 66500);  // the line of 65,536, and nine for each user behind it
    mailbox.ask({1, FindLastSeen{"5@x"}});

    Received received;
    received.takeAll(mailbox);
    CHECK(received.questions.empty());  // it is behind the records that had no room
    mailbox.pump();
    received.takeAll(mailbox);
    CHECK(received.questions == std::vector<std::string>{"5@x"});
    CHECK(received.latest.size() == kUsers);
    for (const auto& [user, record] : received.latest)
      CHECK(same(record, logout(user, milliseconds{kRounds - 1})));
  }

  TEST_CASE("nothing passes what had no room, when there is room again") {
    Counters counters;
    Mailbox mailbox(counters);
    for (int user = 0; user < 65536; ++user) mailbox.put(left(std::to_string(user) + "@x"));
    mailbox.put(left("a@x", milliseconds{1}));
    for (char user = 'b'; user <= 'z'; ++user) mailbox.put(left(std::string{user} + "@x"));
    for (int i = 0; i < 20; ++i) REQUIRE(mailbox.takeRequest() != nullptr);
    mailbox.put(left("z@x", milliseconds{2}));
    mailbox.put(left("a@x", milliseconds{3}));
    CHECK_FALSE(mailbox.checkpoint({{7, UtcTime{}}}));
    mailbox.ask({1, FindLastSeen{"z@x"}});

    std::map<std::string, std::vector<UtcTime>> logouts;
    for (bool asked = false; !asked; mailbox.pump())
      while (const auto request = mailbox.takeRequest()) {
        asked = std::holds_alternative<Asked>(*request);
        if (asked) break;
        for (const auto& logout : std::get<News>(*request).logouts)
          logouts[logout.record.bare_jid].push_back(logout.record.logged_out_at);
      }
    for (const std::string user : {"a@x", "z@x"}) {
      REQUIRE(logouts[user].size() == 2);
      CHECK(logouts[user][0] < logouts[user][1]);
    }
    CHECK(logouts.count("y@x") == 1);
    CHECK_FALSE(mailbox.hasUnsent());
  }

  TEST_CASE("what never had room is taken over when the mailbox closes") {
    Counters counters;
    Mailbox mailbox(counters);
    for (int user = 0; user < 70000; ++user) mailbox.put(left(std::to_string(user) + "@x"));
    mailbox.ask({1, FindLastSeen{"1@x"}});
    CHECK_FALSE(mailbox.closed());
    mailbox.close();
    CHECK(mailbox.closed());

    Received received;
    received.takeAll(mailbox);
    CHECK(received.latest.size() == 65536);
    for (Waiting rest = mailbox.takeRest(); !rest.empty();) received.take(rest.popFront());
    CHECK(received.latest.size() == 70000);
    CHECK(mailbox.takeRestOfQuestions().size() == 1);
  }

  TEST_CASE("no more questions are out than there is room for answers") {
    Counters counters;
    Mailbox mailbox(counters);
    constexpr std::size_t kQuestions = 5000;
    for (std::size_t i = 0; i < kQuestions; ++i) mailbox.ask({i, FindLastSeen{std::to_string(i)}});

    std::size_t answered = 0, got = 0;
    while (got < kQuestions) {
      const std::size_t before = got;
      while (mailbox.takeRequest() != nullptr) {
        CHECK(mailbox.answer({answered, std::optional<LastSeen>{}}));
        ++answered;
      }
      while (mailbox.takeAnswer() != nullptr) ++got;
      mailbox.pump();
      REQUIRE(got > before);
    }
    CHECK(answered == kQuestions);
  }

  TEST_CASE("a checkpoint is refused where the line is full, and taken when there is room again") {
    Counters counters;
    Mailbox mailbox(counters);
    int taken = 0;
    while (mailbox.checkpoint({{7, UtcTime{milliseconds{taken}}}})) ++taken;
    CHECK(taken == 65536);
    mailbox.put(left("a@x"));
    REQUIRE(mailbox.takeRequest() != nullptr);
    CHECK_FALSE(mailbox.checkpoint({{7, UtcTime{}}}));  // the news were first
    REQUIRE(mailbox.takeRequest() != nullptr);
    CHECK(mailbox.checkpoint({{8, UtcTime{}}}));
    for (int i = 2; i < 65536; ++i)
      if (!std::holds_alternative<Heard>(*mailbox.takeRequest())) FAIL("no checkpoint");
    CHECK(std::holds_alternative<News>(*mailbox.takeRequest()));
    CHECK(std::get<Heard>(*mailbox.takeRequest())[0].login == 8);
  }

  TEST_CASE("logins, logouts and deleted accounts behind a full line come in one piece for each user") {
    Counters counters;
    Mailbox mailbox(counters);
    while (mailbox.checkpoint({})) continue;
    mailbox.put(left("a@x"));
    mailbox.put(came("a@x", 7));
    mailbox.put(left("b@x"));
    mailbox.put(forgotten("b@x"));
    mailbox.put(came("b@x", 8));
    CHECK(counters.waiting == 1);  // the logout of a@x
    while (mailbox.takeRequest() != nullptr) continue;
    mailbox.pump();
    const auto a = mailbox.takeRequest(), b = mailbox.takeRequest();
    REQUIRE((a != nullptr && b != nullptr && mailbox.takeRequest() == nullptr));
    CHECK_FALSE(std::get<News>(*a).forgotten.has_value());
    CHECK(std::get<News>(*a).logouts.size() == 1);
    CHECK(std::get<News>(*a).login->login == 7);
    CHECK(std::get<News>(*b).forgotten.has_value());
    CHECK(std::get<News>(*b).logouts.empty());
    CHECK(std::get<News>(*b).login->login == 8);
  }

  TEST_CASE("what is said about the history and the logins is heard on the other side") {
    Counters counters;
    Mailbox mailbox(counters);
    CHECK_FALSE(mailbox.historyKept().has_value());
    mailbox.keepHistory(std::chrono::hours{48});
    CHECK(mailbox.historyKept() == std::chrono::hours{48});
    mailbox.keepHistory(std::chrono::hours{-1});
    CHECK(mailbox.historyKept() == std::chrono::hours{0});
    CHECK_FALSE(mailbox.takeLoginsLost());
    mailbox.tellLoginsLost();
    CHECK(mailbox.takeLoginsLost());
    CHECK_FALSE(mailbox.takeLoginsLost());
  }

  TEST_CASE("notices that nobody takes do not pile up") {
    Counters counters;
    Mailbox mailbox(counters);
    for (int i = 0; i < 1000; ++i) mailbox.tell({Notice::Level::info, std::to_string(i)});
    int kept = 0;
    while (mailbox.takeNotice() != nullptr) ++kept;
    CHECK(kept == 64);
  }

  TEST_CASE("between two threads nothing is lost, doubled or out of order") {
    Counters counters;
    Mailbox mailbox(counters);
    Received received;
    std::thread writer([&] {
      while (!mailbox.closed()) {
        mailbox.waitUntil(std::chrono::steady_clock::now() + kPatience);
        while (const auto request = mailbox.takeRequest()) {
          const bool is_question = std::holds_alternative<Asked>(*request);
          received.take(std::move(*request));
          if (is_question) mailbox.answer({0, std::optional<LastSeen>{}});
        }
      }
      received.takeAll(mailbox);
      for (Waiting rest = mailbox.takeRest(); !rest.empty();) received.take(rest.popFront());
      for (Asked& last : mailbox.takeRestOfQuestions()) received.take(std::move(last));
    });

    constexpr int kUsers = 60000;
    std::vector<std::string> asked;
    for (int user = 0; user < kUsers; ++user) {
      mailbox.put(left(std::to_string(user) + "@x"));
      if (user % 100 == 0) {
        asked.push_back(std::to_string(user) + "@x");
        mailbox.ask({asked.size(), FindLastSeen{asked.back()}});
        while (mailbox.takeAnswer() != nullptr) continue;
        mailbox.pump();
      }
    }
    mailbox.close();
    writer.join();
    CHECK(received.latest.size() == kUsers);
    CHECK(received.questions == asked);
    CHECK(received.too_early == 0);
  }
}

}  // namespace liveness::store
