// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/writer.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "store_world.h"

namespace liveness::store {

namespace {

using Kind = DatabaseError::Kind;
using std::chrono::milliseconds;

/// A database that does as it is told, and what came of it. Outlives the writer's part of it.
struct Script {
  int failures_to_come = 0;
  bool throws_strangers = false;
  Kind failure = Kind::away;
  std::set<std::string> refused;

  std::map<std::string, LastSeen> rows;
  int writes = 0, opens = 0, closes = 0;

  void mayFail() {
    if (failures_to_come <= 0) return;
    --failures_to_come;
    if (throws_strangers) throw std::runtime_error("a stranger");
    throw DatabaseError(failure, "on strike");
  }
};

class ScriptedDatabase final : public Database {
 public:
  explicit ScriptedDatabase(Script& script) : script_(script) {}
  const std::string& name() const noexcept override { return name_; }
  void open() override {
    script_.mayFail();
    ++script_.opens;
  }
  void close() noexcept override { ++script_.closes; }
  bool shared() const noexcept override { return false; }
  void openToRead() override { open(); }
  std::uint64_t beginRun(const Run&, UtcTime) override { return 1; }
  std::uint64_t write(const Run&, const Batch& batch) override {
    const auto& records = batch.last_seen;
    script_.mayFail();
    ++script_.writes;
    for (const LastSeen* record : records)
      if (script_.refused.count(record->bare_jid) != 0) throw DatabaseError(Kind::refused, "ugly");
    for (const LastSeen* record : records) script_.rows[record->bare_jid] = *record;
    return 1;
  }
  std::vector<Run> runs() override { return {}; }
  std::size_t recover(const Run&, UtcTime, std::size_t, bool) override { return 0; }
  void endRun(const Run&) override {}
  std::size_t purge(UtcTime, std::size_t) override { return 0; }
  std::vector<LastSeen> history(const std::string&, std::size_t) override { return {}; }
  Store::Inactive inactive(const std::string&, UtcTime, std::size_t) override { return {}; }
  std::vector<std::uint64_t> active(const std::string&, const std::vector<UtcTime>&) override { return {}; }
  std::vector<std::string> unknown(const std::vector<std::string>& users) override { return users; }
  std::optional<LastSeen> find(const std::string& bare_jid) override {
    script_.mayFail();
    if (script_.refused.count(bare_jid) != 0) throw DatabaseError(Kind::refused, "unreadable");
    const auto found = script_.rows.find(bare_jid);
    if (found == script_.rows.end()) return std::nullopt;
    return found->second;
  }

 private:
  Script& script_;
  const std::string name_ = "the base";
};

/// The writer without a thread: everything is asked first, then it runs to its end.
struct Desk {
  Script script;
  Counters counters;
  Mailbox mailbox{counters};
  Writer writer{std::make_unique<ScriptedDatabase>(script), mailbox, counters};

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

  TEST_CASE("of each user one record is written, the latest") {
    Desk desk;
    for (int round = 0; round < 5; ++round)
      for (const char* user : {"a@x", "b@x"}) desk.mailbox.put(logout(user, milliseconds{round}));
    desk.run();
    CHECK(desk.script.rows.size() == 2);
    CHECK(same(desk.script.rows["b@x"], logout("b@x", milliseconds{4})));
    CHECK(desk.counters.written == 2);
    CHECK(desk.counters.waiting == 0);
    CHECK(desk.counters.batches == 1);
    CHECK(desk.script.closes == 1);
  }

  TEST_CASE("more records than a batch takes are several batches") {
    Desk desk;
    constexpr std::size_t kUsers = 2 * Writer::kBatch + 1;
    for (std::size_t i = 0; i < kUsers; ++i) desk.mailbox.put(logout(std::to_string(i) + "@x"));
    desk.run();
    CHECK(desk.script.rows.size() == kUsers);
    CHECK(desk.counters.batches == 3);
    CHECK(desk.counters.waiting == 0);
  }

  TEST_CASE("records that the database refuses do not hold up the others") {
    Desk desk;
    desk.script.refused = {"7@x", "500@x", "501@x"};
    for (int i = 0; i < 1000; ++i) desk.mailbox.put(logout(std::to_string(i) + "@x"));
    desk.run();
    CHECK(desk.script.rows.size() == 997);
    CHECK(desk.counters.written == 997);
    CHECK(desk.counters.waiting == 0);
    CHECK(desk.script.writes < 70);  // halved, not one by one
    const auto notices = desk.notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0] == "store the base: 3 records refused and dropped; the last: 501@x: ugly");
  }

  TEST_CASE("a trouble is one line when it begins and one when it ends") {
    for (const bool strangers : {false, true}) {
      Desk desk;
      desk.script.failures_to_come = 3;
      desk.script.throws_strangers = strangers;
      for (int i = 0; i < 10; ++i) desk.mailbox.put(logout(std::to_string(i) + "@x"));
      desk.run();
      CHECK(desk.script.rows.size() == 10);
      CHECK(desk.counters.failures == 3);
      CHECK(desk.counters.waiting == 0);
      const auto notices = desk.notices();
      REQUIRE(notices.size() == 2);
      CHECK(notices[0] ==
            std::string("store the base: ") + (strangers ? "a stranger" : "on strike") +
                ". Until then the latest logout of each user is kept in memory, and tried again");
      CHECK(notices[1] ==
            "store the base: works again after 0 s and 3 failed attempts; "
            "10 records that waited are on disk");
    }
  }

  TEST_CASE("a database that is still away at the stop is given up after a while, and the loss is said") {
    Desk desk;
    desk.script.failures_to_come = 1'000'000;
    for (int i = 0; i < 10; ++i) desk.mailbox.put(logout(std::to_string(i) + "@x"));
    desk.mailbox.ask({"a@x"});
    const auto begin = std::chrono::steady_clock::now();
    desk.run();
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= std::chrono::seconds{1});
    CHECK(took < std::chrono::seconds{20});  // two, and a busy machine
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
    desk.mailbox.put(logout("a@x"));
    desk.run();
    CHECK(desk.counters.failures == 1);
    CHECK(desk.notices().size() == 2);
  }

  TEST_CASE("answers come in the order of the questions, and know the records that came before") {
    Desk desk;
    desk.script.refused = {"ugly@x"};
    desk.mailbox.put(logout("a@x"));
    for (const char* user : {"nobody@x", "a@x", "ugly@x", "b@x"}) desk.mailbox.ask({user});
    desk.mailbox.put(logout("b@x"));
    desk.run();
    std::vector<std::string> answers;
    while (const auto answer = desk.mailbox.takeAnswer())
      answers.push_back(answer->has_value() ? (*answer)->bare_jid : "none");
    CHECK(answers == std::vector<std::string>{"none", "a@x", "none", "b@x"});
    const auto notices = desk.notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0] == "store the base: ugly@x: unreadable");
  }

  TEST_CASE("a read that failed is tried again, and answered once") {
    Desk desk;
    desk.script.rows["a@x"] = logout("a@x");
    desk.script.failures_to_come = 2;
    desk.mailbox.ask({"a@x"});
    desk.run();
    const auto answer = desk.mailbox.takeAnswer();
    REQUIRE(answer != nullptr);
    REQUIRE(answer->has_value());
    CHECK(same(**answer, logout("a@x")));
    CHECK(desk.mailbox.takeAnswer() == nullptr);
  }

  TEST_CASE("texts are bounded and made valid before a database sees them") {
    Desk desk;
    LastSeen wild = logout(std::string("a\0b@x", 5));
    wild.status = std::string(2000, 'x') + "\xff";
    wild.resource = "\xc3";
    wild.offline_presence = std::string(kMaxPresenceBytes - 1, 'y') + "\xc3\xa4";
    desk.mailbox.put(wild);
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
