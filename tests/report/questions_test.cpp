// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/questions.h"

#include <doctest/doctest.h>

#include "report/sessions_question.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/questions");

using report::Parameters;
using report::SessionsQuestion;

namespace {

std::string complaintAbout(const Parameters& parameters) {
  std::string error;
  const auto question = report::readSessionsQuestion(parameters, error);
  CHECK(question.has_value() == error.empty());
  return error;
}

}  // namespace

TEST_CASE("every parameter of a question about sessions is read") {
  std::string error;
  const auto question = report::readSessionsQuestion({{"q", "Roméo"},
                                                      {"state", "held"},
                                                      {"transport", "bosh"},
                                                      {"user", "romeo@localhost"},
                                                      {"sort", "round_trip"},
                                                      {"order", "desc"},
                                                      {"offset", "150"},
                                                      {"limit", "500"}},
                                                     error);
  REQUIRE(question);
  CHECK(question->text == "Roméo");
  CHECK(question->state == SessionState::held);
  CHECK(question->transport == Transport::bosh);
  CHECK(question->user == "romeo@localhost");
  CHECK(question->sort == SessionsQuestion::Sort::round_trip);
  CHECK(question->descending);
  CHECK(question->offset == 150);
  CHECK(question->limit == 500);
  CHECK(error.empty());
}

TEST_CASE("the words of a question are those of the answer") {
  std::string error;
  for (int n = 0; n < 3; ++n) {
    const auto state = static_cast<SessionState>(n);
    CHECK(report::readSessionsQuestion({{"state", toString(state)}}, error)->state == state);
    const auto transport = static_cast<Transport>(n);
    CHECK(report::readSessionsQuestion({{"transport", toString(transport)}}, error)->transport == transport);
  }
  for (std::size_t n = 0; n < kCauses; ++n) {
    const auto cause = static_cast<Cause>(n);
    CHECK(report::readUsersQuestion({{"cause", toString(cause)}}, error)->cause == cause);
  }
  int n = 0;
  for (const char* sort :
       {"jid", "resource", "state", "heard", "round_trip", "presence", "transport", "next", "opened"})
    CHECK(static_cast<int>(report::readSessionsQuestion({{"sort", sort}}, error)->sort) == n++);
  n = 0;
  for (const char* sort : {"jid", "last_heard", "logged_out", "cause"})
    CHECK(static_cast<int>(report::readUsersQuestion({{"sort", sort}}, error)->sort) == n++);
}

TEST_CASE("a question without parameters, or with empty ones, is about all sessions by their JIDs") {
  std::string error;
  for (const Parameters& parameters : {Parameters{}, Parameters{{"q", ""}, {"state", ""}, {"limit", ""}}}) {
    const auto question = report::readSessionsQuestion(parameters, error);
    REQUIRE(question);
    CHECK(question->text.empty());
    CHECK_FALSE(question->state);
    CHECK_FALSE(question->transport);
    CHECK(question->sort == SessionsQuestion::Sort::jid);
    CHECK_FALSE(question->descending);
    CHECK(question->offset == 0);
    CHECK(question->limit == 50);
  }
}

TEST_CASE(
    "of a name or a value that somebody sent a little is repeated, and none of it as what is no UTF-8") {
  const std::string euros = [] {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "\xe2\x82\xac";
    return text;
  }();
  const std::string begins = euros.substr(0, 63) + "...";
  CHECK(complaintAbout({{"state", euros}}) ==
        "state=" + begins + ": accepted are reachable, suspect and held");
  CHECK(complaintAbout({{euros, "\xff"}}).find(begins + "=\xef\xbf\xbd: there is no such parameter") == 0);
}

TEST_CASE("a bad parameter is named, with its value and what is accepted") {
  CHECK(complaintAbout({{"state", "dead"}}) == "state=dead: accepted are reachable, suspect and held");
  CHECK(complaintAbout({{"transport", "TCP"}}) == "transport=TCP: accepted are tcp, websocket and bosh");
  CHECK(complaintAbout({{"order", "up"}}) == "order=up: accepted are asc and desc");
  CHECK(complaintAbout({{"limit", "501"}}) == "limit=501: accepted is a whole number from 0 to 500");
  for (const std::string bad :
       {"-1", "1.5", "1e2", " 1", "0x10", "99999999999999999999999999", "100000001", "nan"})
    CHECK(complaintAbout({{"offset", bad}}) ==
          "offset=" + bad + ": accepted is a whole number from 0 to 100000000");
  CHECK(
      complaintAbout({{"colour", "red"}}) ==
      "colour=red: there is no such parameter; accepted: q, state, transport, user, sort, order, offset and "
      "limit");
  CHECK(complaintAbout({{"limit", "1"}, {"limit", "2"}}) == "limit=2: given twice, once is accepted");
  CHECK(complaintAbout({{"sort", std::string(5000, 'x')}}).size() < 300);
}

TEST_CASE("the first mistake is the one that is told") {
  CHECK(complaintAbout({{"limit", "many"}, {"state", "dead"}, {"colour", "red"}}).find("state=dead") == 0);
}

TEST_CASE("a question about users is read") {
  std::string error;
  const auto question = report::readUsersQuestion(
      {{"q", "rom"}, {"cause", "timed_out"}, {"sort", "logged_out"}, {"order", "desc"}, {"offset", "5"}},
      error);
  REQUIRE(question);
  CHECK(question->text == "rom");
  CHECK(question->cause == Cause::timed_out);
  CHECK((question->sort == UsersQuestion::Sort::logged_out));
  CHECK(question->descending);
  CHECK(question->offset == 5);
  CHECK(question->limit == 50);
  const auto all = report::readUsersQuestion({}, error);
  REQUIRE(all);
  CHECK_FALSE(all->cause);
  CHECK_FALSE(all->descending);
  CHECK((all->sort == UsersQuestion::Sort::jid));
  CHECK(all->limit == 50);
  CHECK_FALSE(report::readUsersQuestion({{"cause", "boredom"}}, error));
  CHECK(error.find("cause=boredom: accepted are logged_out, ") == 0);
}

TEST_CASE("the smaller questions take their one parameter, or none") {
  std::string error;
  CHECK(report::readSpan({}, error) == std::chrono::hours{1});
  CHECK(report::readSpan({{"span", "3600"}}, error) == std::chrono::hours{1});
  CHECK(report::readSpan({{"span", "86400"}}, error) == std::chrono::hours{24});
  CHECK_FALSE(report::readSpan({{"span", "7200"}}, error));
  CHECK(error == "span=7200: accepted are 3600 and 86400");
  CHECK(report::readHistoryLimit({{"limit", "7"}}, error) == std::size_t{7});
  CHECK(report::readHistoryLimit({}, error) == std::size_t{50});
  CHECK_FALSE(report::readHistoryLimit({{"limit", "501"}}, error));
  CHECK(report::readNothing({}, error));
  CHECK_FALSE(report::readNothing({{"a", "b"}}, error));
  CHECK(error == "a=b: there is no such parameter; none is accepted");
}

TEST_SUITE_END();
}  // namespace liveness::tests
