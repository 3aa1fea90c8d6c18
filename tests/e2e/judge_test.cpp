// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Whoever judges must be able to find something wrong.
#include "e2e/judge.h"

#include <doctest/doctest.h>

namespace liveness::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::StoredLastSeen;

const std::string kJid = "user1@localhost";

/// A client that came, spoke every second and left in order, and a server that was killed ten seconds later,
/// all of it an hour ago; and the records as they must be.
struct Story {
  UtcMillis begin = support::utcNow() - 1h;
  SeenLogin login;
  ServerEnd end{begin + 15s, begin + 15s, begin + 15s - 200ms, "server_crashed", 2s};
  StoredRecords records;

  Story() {
    login.bare_jid = kJid;
    login.resource = "r1";
    login.asked = begin;
    login.confirmed = begin + 10ms;
    for (auto at = begin + 1s; at < begin + 5s; at += 1s) login.words.push_back({at, at + 5ms});
    login.leaving = begin + 5s;
    login.left = begin + 5s + 10ms;
    login.cause = "logged_out";
    login.status = "bye";
    put(begin + 5s, begin + 5s, "logged_out", "bye");
  }

  /// The client that stays: it speaks every second until the server's end.
  void stay() {
    login.leaving.reset();
    login.left.reset();
    login.words.clear();
    for (auto at = begin + 1s; at < begin + 15s; at += 1s) login.words.push_back({at, at + 5ms});
    put(begin + 13s, begin + 14s, "server_crashed", "");
  }

  void put(UtcMillis heard, UtcMillis left, const std::string& cause, const std::string& status) {
    records.logouts = {{kJid, "r1", heard, left, cause}};
    records.last_seen.insert_or_assign(
        kJid, StoredLastSeen{heard, left, cause, "r1", status, status.empty() ? "" : "<presence>" + status});
  }

  std::vector<std::string> judge() const {
    Judge judge(records);
    judge.login(login, &end);
    judge.lastSeen(kJid, {login});
    judge.strangers();
    return judge.complaints();
  }

  bool complains(const std::string& of) const {
    const auto complaints = judge();
    for (const auto& complaint : complaints) CAPTURE(complaint);
    return complaints.size() == 1 && complaints.front().find(of) != std::string::npos;
  }
};

}  // namespace

TEST_SUITE("e2e/judge") {
  TEST_CASE("records that are as they must be are not complained of") {
    Story story;
    CHECK(story.judge().empty());
    story.stay();
    CHECK(story.judge().empty());
  }

  TEST_CASE("a login that is not on record is missed, and one that is there twice is noticed") {
    Story story;
    story.records.logouts.push_back(story.records.logouts.front());
    CHECK(story.complains("2 times"));
    story.records = {};
    CHECK(story.complains("is not on record"));
    story.stay();
    story.records = {};
    CHECK(story.complains("is missing"));
  }

  TEST_CASE("what came right before the end may be on record or not") {
    Story story;
    story.login.words.clear();
    story.login.leaving = story.end.at - 150ms;
    story.login.left = story.end.at - 100ms;
    story.put(*story.login.leaving, *story.login.leaving, "logged_out", "bye");
    CHECK(story.judge().empty());
    story.put(story.begin, story.end.at, "server_crashed", "");
    CHECK(story.judge().empty());
    story.records = {};
    CHECK(story.complains("is not on record") == false);
    CHECK(story.complains("is missing"));  // that it had come, was no news any more
    story.login.confirmed = story.end.at - 160ms;
    CHECK(story.judge().empty());
  }

  TEST_CASE("a connection that was lost right before an orderly end may not have been noticed any more") {
    Story story;
    story.end = {story.begin + 15s, story.begin + 15s + 300ms, story.begin + 15s, "server_stopped"};
    const auto lostBefore = [&](milliseconds span) {
      story.login.cause = "connection_lost";
      story.login.status.clear();
      story.login.leaving = story.login.left = story.end.at - span;
    };
    lostBefore(100ms);
    story.put(story.begin + 4s, *story.login.left, "connection_lost", "");
    CHECK(story.judge().empty());
    story.put(story.begin + 4s, story.end.at + 10ms, "server_stopped", "");
    CHECK(story.judge().empty());
    lostBefore(3s);
    CHECK(story.complains("server_stopped instead of connection_lost"));
  }

  TEST_CASE("a cause that is not the login's own is noticed") {
    Story story;
    story.put(story.begin + 5s, story.begin + 5s, "server_crashed", "");
    CHECK_FALSE(story.judge().empty());
    story.stay();
    story.put(story.begin + 14s, story.begin + 14s, "connection_lost", "");
    CHECK_FALSE(story.judge().empty());
  }

  TEST_CASE("a time that is off is noticed") {
    Story story;
    story.put(story.begin + 4s, story.begin + 5s, "logged_out", "bye");
    CHECK(story.complains("later than its record says"));
    story.stay();
    story.put(story.begin + 10s, story.begin + 14s, "server_crashed", "");
    CHECK(story.complains("later than its record says"));  // by more than a checkpoint's interval
    story.put(story.begin + 14s + 300ms, story.begin + 14s + 300ms, "server_crashed", "");
    CHECK(story.complains("earlier than its record says"));
    story.put(story.begin + 13s, story.begin + 16s, "server_crashed", "");
    CHECK(story.complains("after the server's end"));
    story.put(story.begin + 13s, story.begin + 12s, "server_crashed", "");
    CHECK(story.complains("heard after its logout"));
    story.put(story.begin + 13s, story.begin + 3h, "server_crashed", "");
    CHECK_FALSE(story.judge().empty());
  }

  TEST_CASE("a last seen that is not the latest of the history, or lacks its words, is noticed") {
    Story story;
    story.records.last_seen.at(kJid).status = "another";
    CHECK_FALSE(story.judge().empty());
    story = Story{};
    story.records.last_seen.at(kJid).offline_presence.clear();
    CHECK(story.complains("offline presence"));
    story = Story{};
    story.records.last_seen.at(kJid).logged_out_at -= 1s;
    CHECK(story.complains("left last as"));
    story.records.last_seen.clear();
    CHECK(story.complains("no last seen"));
  }

  TEST_CASE("the words of whom went first are the login's, unless the other one says some") {
    Story story;
    story.login.first_words = "brb";
    story.login.first_words_taken = true;
    CHECK(story.judge().empty());
    story.login.status.clear();
    story.put(story.begin + 5s, story.begin + 5s, "logged_out", "brb");
    CHECK(story.judge().empty());
    story.put(story.begin + 5s, story.begin + 5s, "logged_out", "");
    CHECK_FALSE(story.judge().empty());
    story.login.first_words_taken = false;
    CHECK(story.judge().empty());
  }

  TEST_CASE("a row of nobody's, and a row of somebody who is still here, are noticed") {
    Story story;
    story.records.logouts.push_back({"nobody@localhost", "r1", story.begin, story.begin, "logged_out"});
    CHECK(story.complains("was never here"));

    Story here;
    here.stay();
    Judge judge(here.records);
    judge.login(here.login, nullptr);
    CHECK(judge.complaints().size() == 1);
  }
}

}  // namespace liveness::e2e
