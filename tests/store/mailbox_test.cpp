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

/// What a writer would get: the latest record of each user, and the reads in their order.
struct Received {
  std::map<std::string, LastSeen> latest;
  std::vector<std::string> reads;
  std::size_t reads_too_early = 0;  // that came before a record put before them

  void take(Request request) {
    if (auto* read = std::get_if<Read>(&request)) {
      if (latest.count(read->bare_jid) == 0) ++reads_too_early;
      reads.push_back(std::move(read->bare_jid));
      return;
    }
    auto& record = std::get<LastSeen>(request);
    auto& place = latest[record.bare_jid];
    if (record.logged_out_at >= place.logged_out_at) place = std::move(record);
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
        mailbox.put(logout(std::to_string(user) + "@x", milliseconds{round}));
    CHECK(counters.waiting < 17000);  // the line of 16,384, and the users behind it
    mailbox.ask({"5@x"});

    Received received;
    received.takeAll(mailbox);
    CHECK(received.reads.empty());  // it is behind the records that had no room
    mailbox.pump();
    received.takeAll(mailbox);
    CHECK(received.reads == std::vector<std::string>{"5@x"});
    CHECK(received.latest.size() == kUsers);
    for (const auto& [user, record] : received.latest)
      CHECK(same(record, logout(user, milliseconds{kRounds - 1})));
  }

  TEST_CASE("what never had room is taken over when the mailbox closes") {
    Counters counters;
    Mailbox mailbox(counters);
    for (int user = 0; user < 20000; ++user) mailbox.put(logout(std::to_string(user) + "@x"));
    mailbox.ask({"1@x"});
    CHECK_FALSE(mailbox.closed());
    mailbox.close();
    CHECK(mailbox.closed());

    Received received;
    received.takeAll(mailbox);
    CHECK(received.latest.size() == 16384);
    for (Waiting rest = mailbox.takeRest(); !rest.empty();) received.take(rest.popFront());
    CHECK(received.latest.size() == 20000);
    CHECK(mailbox.takeRestOfReads().size() == 1);
  }

  TEST_CASE("no more reads are out than there is room for answers") {
    Counters counters;
    Mailbox mailbox(counters);
    constexpr std::size_t kReads = 5000;
    for (std::size_t i = 0; i < kReads; ++i) mailbox.ask({std::to_string(i)});

    std::size_t answered = 0, got = 0;
    while (got < kReads) {
      const std::size_t before = got;
      while (mailbox.takeRequest() != nullptr) {
        CHECK(mailbox.answer(std::nullopt));
        ++answered;
      }
      while (mailbox.takeAnswer() != nullptr) ++got;
      mailbox.pump();
      REQUIRE(got > before);
    }
    CHECK(answered == kReads);
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
        mailbox.wait();
        while (const auto request = mailbox.takeRequest()) {
          const bool is_read = std::holds_alternative<Read>(*request);
          received.take(std::move(*request));
          if (is_read) mailbox.answer(std::nullopt);
        }
      }
      received.takeAll(mailbox);
      for (Waiting rest = mailbox.takeRest(); !rest.empty();) received.take(rest.popFront());
      for (Read& read : mailbox.takeRestOfReads()) received.take(std::move(read));
    });

    constexpr int kUsers = 60000;
    std::vector<std::string> asked;
    for (int user = 0; user < kUsers; ++user) {
      mailbox.put(logout(std::to_string(user) + "@x"));
      if (user % 100 == 0) {
        asked.push_back(std::to_string(user) + "@x");
        mailbox.ask({asked.back()});
        while (mailbox.takeAnswer() != nullptr) continue;
        mailbox.pump();
      }
    }
    mailbox.close();
    writer.join();
    CHECK(received.latest.size() == kUsers);
    CHECK(received.reads == asked);
    CHECK(received.reads_too_early == 0);
  }
}

}  // namespace liveness::store
