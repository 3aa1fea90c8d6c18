// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/sessions_page.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <tuple>

#include "report/made_up_sessions.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/sessions_page");

using namespace std::chrono_literals;
using nlohmann::json;
using report::SessionsPage;
using report::SessionsQuestion;
using Sort = SessionsQuestion::Sort;

namespace {

constexpr std::array<Sort, 9> kEverySort{Sort::jid,       Sort::resource,   Sort::state,
                                         Sort::heard,     Sort::round_trip, Sort::presence,
                                         Sort::transport, Sort::next,       Sort::opened};

json ask(const report::SessionSource& sessions, const SessionsQuestion& question) {
  SessionsPage page(question);
  int steps = 1;
  while (!page.step(sessions, madeUpNow())) {
    REQUIRE(page.json().empty());
    REQUIRE(++steps < 1000);
  }
  return json::parse(page.json());
}

std::vector<std::string> jids(const json& page) {
  std::vector<std::string> all;
  for (const json& session : page["sessions"]) all.push_back(session["jid"]);
  return all;
}

using Random = std::mt19937;

std::size_t upTo(Random& random, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>{0, most}(random);
}

/// Few values of each kind, so that many sessions are equal in all but the JID.
SessionInfo randomSession(Random& random, std::size_t n) {
  static const char* const kResources[] = {"phone", "Phone", "tablet", "a", "laptop/work", ""};
  SessionInfo info =
      madeUpSession("user" + std::to_string(n * 7919 % 100003) + "@localhost/" + kResources[upTo(random, 5)]);
  info.state = static_cast<SessionState>(upTo(random, 2));
  info.transport = static_cast<Transport>(upTo(random, 2));
  info.last_heard = kMadeUpNow - 10s * static_cast<int>(upTo(random, 40));
  info.opened_at = kMadeUpNow - 1h * static_cast<int>(upTo(random, 40));
  if (upTo(random, 3) > 0) info.round_trip = 1ms * static_cast<int>(upTo(random, 50));
  if (upTo(random, 3) > 0)
    info.presence->show = static_cast<Show>(upTo(random, 4));
  else
    info.presence.reset();
  info.next = static_cast<Next>(upTo(random, 4));
  info.next_in = 1s * static_cast<int>(upTo(random, 50));
  return info;
}

/// What decides the order, said in another way: the value, and whether there is one.
std::tuple<bool, long long, std::string> judged(const SessionInfo& info, Sort sort) {
  const std::map<Show, int> shows{
      {Show::chat, 0}, {Show::online, 1}, {Show::away, 2}, {Show::xa, 3}, {Show::dnd, 4}};
  switch (sort) {
    case Sort::jid:
      return {true, 0, info.full_jid};
    case Sort::resource:
      return {true, 0, info.full_jid.substr(info.full_jid.find('/') + 1)};
    case Sort::state:
      return {true, static_cast<int>(info.state), ""};
    case Sort::heard:
      return {true, info.last_heard.time_since_epoch().count(), ""};
    case Sort::round_trip:
      return {info.round_trip.has_value(), info.round_trip.value_or(0us).count(), ""};
    case Sort::presence:
      return {true, info.presence ? shows.at(info.presence->show) : 9, ""};
    case Sort::transport:
      return {true, static_cast<int>(info.transport), ""};
    case Sort::next:
      return {info.next != Next::nothing, info.next_in.count(), ""};
    case Sort::opened:
      return {true, info.opened_at.time_since_epoch().count(), ""};
  }
  return {};
}

std::vector<std::string> inOrder(std::vector<SessionInfo> all, Sort sort, bool descending) {
  std::sort(all.begin(), all.end(), [&](const SessionInfo& a, const SessionInfo& b) {
    const auto [a_has, a_number, a_text] = judged(a, sort);
    const auto [b_has, b_number, b_text] = judged(b, sort);
    if (a_has != b_has) return a_has;
    if (a_has && a_number != b_number) return descending ? a_number > b_number : a_number < b_number;
    if (a_text != b_text) return descending ? a_text > b_text : a_text < b_text;
    return a.full_jid < b.full_jid;
  });
  std::vector<std::string> names;
  for (const SessionInfo& info : all) names.push_back(info.full_jid);
  return names;
}

}  // namespace

TEST_CASE("the pages of many sessions, put together, are all of them in the order asked for") {
  Random random(1);
  MadeUpSessions sessions;
  for (std::size_t n = 0; n < 12000; ++n) sessions.add(randomSession(random, n));
  for (const Sort sort : kEverySort) {
    for (const bool descending : {false, true}) {
      CAPTURE(static_cast<int>(sort));
      CAPTURE(descending);
      const auto expected = inOrder(sessions.all(), sort, descending);
      SessionsQuestion question;
      question.sort = sort;
      question.descending = descending;
      question.limit = 500;
      for (const std::size_t offset : {0u, 1u, 499u, 4096u, 7777u, 11500u, 11999u}) {
        question.offset = offset;
        const json page = ask(sessions, question);
        const std::size_t end = std::min<std::size_t>(offset + 500, expected.size());
        CHECK(jids(page) == std::vector<std::string>(expected.begin() + static_cast<std::ptrdiff_t>(offset),
                                                     expected.begin() + static_cast<std::ptrdiff_t>(end)));
        CHECK(page["total"] == 12000);
        CHECK(page["matched"] == 12000);
      }
    }
  }
}

TEST_CASE("a step looks at some of very many sessions, and at no more") {
  /// Counts what it is asked for.
  struct Counting : report::SessionSource {
    explicit Counting(const MadeUpSessions& sessions) : all(sessions) {}
    std::uint32_t visit(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                        const std::function<void(const SessionInfo&)>& visit) const override {
      looks += slots;
      return all.visit(now, cursor, slots, visit);
    }
    std::optional<SessionInfo> session(const Now& now, SessionId id) const override {
      ++looks;
      return all.session(now, id);
    }
    const MadeUpSessions& all;
    mutable std::size_t looks = 0;
  };

  Random random(2);
  MadeUpSessions sessions;
  constexpr std::size_t kSessions = 50'000;
  for (std::size_t n = 0; n < kSessions; ++n) sessions.add(randomSession(random, n));
  const Counting counting(sessions);
  SessionsQuestion question;
  question.sort = Sort::heard;
  question.limit = 500;
  question.offset = kSessions / 2;
  SessionsPage page(question);
  std::size_t steps = 0, most = 0, all = 0;
  for (bool done = false; !done; ++steps) {
    counting.looks = 0;
    done = page.step(counting, madeUpNow());
    most = std::max(most, counting.looks);
    all += counting.looks;
  }
  CHECK(most <= 25'600);  // 24,576, and the slots of one call more
  CHECK(all < kSessions + 5000);
  CHECK(steps >= 6);
}

TEST_CASE("a text is found in JIDs and statuses, whatever the size of its letters") {
  MadeUpSessions sessions;
  sessions.add(madeUpSession("romeo@localhost/Phone"));
  SessionInfo juliet = madeUpSession("juliet@localhost/balcony");
  juliet.presence->status = "Wherefore ÄRT thou";
  sessions.add(juliet);
  SessionInfo nurse = madeUpSession("nurse@localhost/house");
  nurse.presence.reset();
  sessions.add(nurse);
  const auto find = [&](const std::string& text) {
    SessionsQuestion question;
    question.text = text;
    return jids(ask(sessions, question));
  };
  using Found = std::vector<std::string>;
  CHECK(find("pHONE") == Found{"romeo@localhost/Phone"});
  CHECK(find("WHERE") == Found{"juliet@localhost/balcony"});
  CHECK(find("Ärt") == Found{"juliet@localhost/balcony"});
  CHECK(find("ärt") == Found{});  // only A to Z have two sizes
  CHECK(find("Nurse@") == Found{"nurse@localhost/house"});
  CHECK(find("nobody") == Found{});
  CHECK(find("").size() == 3);
  CHECK(find("localhost").size() == 3);
}

TEST_CASE("state, transport and user narrow a page together") {
  Random random(2);
  MadeUpSessions sessions;
  for (std::size_t n = 0; n < 500; ++n) {
    SessionInfo info = randomSession(random, n);
    info.full_jid = (n % 2 == 0 ? "romeo@localhost/" : "romeo@localhost.example/") + std::to_string(n);
    sessions.add(info);
  }
  SessionsQuestion question;
  question.state = SessionState::held;
  question.transport = Transport::bosh;
  question.user = "romeo@localhost";
  question.limit = 500;
  const json page = ask(sessions, question);
  std::size_t expected = 0;
  for (const SessionInfo& info : sessions.all())
    expected += info.state == SessionState::held && info.transport == Transport::bosh &&
                info.full_jid.find("romeo@localhost/") == 0;
  CHECK(expected > 0);
  CHECK(page["matched"] == expected);
  CHECK(page["total"] == 500);
  CHECK(page["sessions"].size() == expected);
  for (const json& session : page["sessions"]) {
    CHECK(session["state"] == "held");
    CHECK(session["transport"] == "bosh");
    CHECK(session["user"] == "romeo@localhost");
  }
}

TEST_CASE("a page behind the last one, and one without rows, still count") {
  MadeUpSessions sessions;
  for (int n = 0; n < 10; ++n) sessions.add(madeUpSession("user" + std::to_string(n) + "@localhost/phone"));
  SessionsQuestion question;
  question.offset = 10;
  CHECK(ask(sessions, question)["sessions"].empty());
  CHECK(ask(sessions, question)["matched"] == 10);
  question.offset = SessionsQuestion::kMostOffset;
  CHECK(ask(sessions, question)["matched"] == 10);
  question.offset = 3;
  question.limit = 0;
  CHECK(ask(sessions, question)["sessions"].empty());
  CHECK(ask(sessions, question)["matched"] == 10);
  question.limit = SessionsQuestion::kMostRows;
  CHECK(ask(sessions, question)["sessions"].size() == 7);
  CHECK(ask(MadeUpSessions{}, question)["total"] == 0);
}

TEST_CASE("sessions that come, go and change between two steps leave a page whole") {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    MadeUpSessions sessions;
    std::vector<SessionId> ids;
    std::size_t n = 0;
    for (; n < 9000; ++n) ids.push_back(sessions.add(randomSession(random, n)));
    SessionsQuestion question;
    question.sort = kEverySort[upTo(random, kEverySort.size() - 1)];
    question.descending = upTo(random, 1) == 1;
    question.offset = upTo(random, 2) * 3000;
    question.limit = 1 + upTo(random, 499);
    if (upTo(random, 1) == 1) question.state = SessionState::suspect;
    SessionsPage page(question);
    while (!page.step(sessions, madeUpNow())) {
      for (int i = 0; i < 300; ++i) {
        const std::size_t at = upTo(random, ids.size() - 1);
        const std::size_t what = upTo(random, 2);
        if (what == 0) {
          sessions.remove(ids[at]);
          ids[at] = sessions.add(randomSession(random, n++));
        } else if (what == 1) {
          ids.push_back(sessions.add(randomSession(random, n++)));
        } else if (SessionInfo* info = sessions.find(ids[at])) {
          info->state = static_cast<SessionState>(upTo(random, 2));
          info->last_heard = kMadeUpNow;
        }
      }
    }
    const json got = json::parse(page.json());
    std::set<std::string> seen;
    for (const json& session : got["sessions"]) {
      CHECK(seen.insert(session["id"]).second);
      if (question.state) CHECK(session["state"] == "suspect");
    }
    CHECK(seen.size() <= question.limit);
    if (!question.state) CHECK(seen.size() == question.limit);  // so many are there, whoever came and went
    if (!seen.empty()) CHECK(got["matched"].get<std::size_t>() >= question.offset + seen.size());
    CHECK(got["matched"].get<std::size_t>() <= got["total"].get<std::size_t>());
  }
}

TEST_CASE("a page is in order as its sessions are when it is made, and not as they were when it was begun") {
  MadeUpSessions sessions;
  const SessionId juliet = sessions.add(madeUpSession("juliet@localhost/balcony"));
  sessions.add(madeUpSession("mercutio@localhost/street"));
  const SessionId romeo = sessions.add(madeUpSession("romeo@localhost/orchard"));
  for (const bool descending : {false, true}) {
    SessionsQuestion question;
    question.sort = Sort::state;
    question.descending = descending;
    for (const SessionId id : {juliet, romeo}) sessions.find(id)->state = SessionState::reachable;
    SessionsPage page(question);
    REQUIRE_FALSE(page.step(sessions, madeUpNow()));
    sessions.find(juliet)->state = SessionState::held;
    sessions.find(romeo)->state = SessionState::suspect;
    while (!page.step(sessions, madeUpNow())) {
    }
    std::vector<std::string> expected{"mercutio@localhost/street", "romeo@localhost/orchard",
                                      "juliet@localhost/balcony"};
    if (descending) std::reverse(expected.begin(), expected.end());
    CHECK(jids(json::parse(page.json())) == expected);
  }
}

TEST_CASE("a page is full though some of its sessions have gone since it was begun") {
  MadeUpSessions sessions;
  std::vector<SessionId> ids;
  for (int n = 10; n < 50; ++n)
    ids.push_back(sessions.add(madeUpSession("user" + std::to_string(n) + "@localhost/phone")));
  SessionsQuestion question;
  question.offset = 5;
  question.limit = 10;
  SessionsPage page(question);
  REQUIRE_FALSE(page.step(sessions, madeUpNow()));
  for (std::size_t n = 5; n < 25; ++n) sessions.remove(ids[n]);
  while (!page.step(sessions, madeUpNow())) {
  }
  const json got = json::parse(page.json());
  REQUIRE(got["sessions"].size() == 10);
  CHECK(got["sessions"][0]["jid"] == "user35@localhost/phone");
  CHECK(got["matched"] == 20);
}

TEST_CASE("a session that left and came back is on the page once, as the one it is now") {
  MadeUpSessions sessions;
  const SessionId old = sessions.add(madeUpSession("romeo@localhost/phone"));
  for (int n = 0; n < 50000; ++n)
    sessions.add(madeUpSession("user" + std::to_string(n) + "@localhost/phone"));
  SessionsQuestion question;
  question.text = "romeo";
  SessionsPage page(question);
  REQUIRE_FALSE(page.step(sessions, madeUpNow()));  // has passed romeo's slot, and not the last one
  sessions.remove(old);
  sessions.add(madeUpSession("user50000@localhost/phone"));  // takes that slot
  const SessionId anew = sessions.add(madeUpSession("romeo@localhost/phone"));
  while (!page.step(sessions, madeUpNow())) {
  }
  const json got = json::parse(page.json());
  REQUIRE(got["sessions"].size() == 1);
  CHECK(got["sessions"][0]["id"] == std::to_string(anew.toInteger()));
  CHECK(got["matched"] == 1);
}

TEST_CASE("sessions of one JID are told apart and stay in one order") {
  MadeUpSessions sessions;
  for (int n = 0; n < 3000; ++n) sessions.add(madeUpSession());
  std::vector<std::string> ids;
  for (std::size_t offset = 0; offset < 3000; offset += 300) {
    SessionsQuestion question;
    question.sort = Sort::resource;
    question.offset = offset;
    question.limit = 300;
    const json page = ask(sessions, question);
    for (const json& session : page["sessions"]) ids.push_back(session["id"]);
  }
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 3000);
}

TEST_CASE("any bytes in JIDs and statuses become a document that can be read") {
  Random random(4);
  MadeUpSessions sessions;
  for (int n = 0; n < 300; ++n) {
    std::string bytes;
    for (std::size_t i = upTo(random, 40); i > 0; --i) bytes += static_cast<char>(upTo(random, 255));
    SessionInfo info = madeUpSession(bytes);
    info.presence->status = bytes + "\xff\xfe</script>\"";
    sessions.add(info);
  }
  SessionsQuestion question;
  question.limit = 500;
  for (const Sort sort : {Sort::jid, Sort::resource}) {
    question.sort = sort;
    CHECK(ask(sessions, question)["sessions"].size() == 300);
  }
  question.text = "\xff\xfe";
  CHECK(ask(sessions, question)["sessions"].size() == 300);
}

TEST_CASE("a JID longer than any that is allowed is shown all the same") {
  MadeUpSessions sessions;
  sessions.add(madeUpSession(std::string(100'000, 'a') + "@localhost/phone"));
  sessions.add(madeUpSession("b@localhost/" + std::string(100'000, 'c')));
  SessionsQuestion question;
  for (const Sort sort : {Sort::jid, Sort::resource}) {
    question.sort = sort;
    CHECK(ask(sessions, question)["sessions"].size() == 2);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
