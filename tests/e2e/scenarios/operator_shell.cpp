// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

std::string lineOf(const std::string& text, const std::string& in) {
  const auto at = in.find(text);
  if (at == std::string::npos) return {};
  const auto begin = in.rfind('\n', at) + 1;
  return in.substr(begin, in.find('\n', at) - begin);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("e2e/operator_shell") {
  TEST_CASE("the table of sessions says who is there, and how they are") {
    Stage stage("liveness_idle_timeout = 12");
    XmppClient user(stage.server.c2s(), {"romeo"});
    user.available("reading", "away", 5);
    REQUIRE(stage.contact.sees(user.fullJid(), "available"));
    XmppClient hidden(stage.server.c2s(), {"mercutio", "hidden"});
    auto silent = stage.rawUser("silent");
    REQUIRE(silent->expect("<ping"));
    user.sendBytes(" ");
    REQUIRE(user.roundTrip());

    const auto table = stage.server.shell("liveness:sessions()");
    CAPTURE(table);
    CHECK(has(table, "4 sessions"));
    const auto of_user = lineOf(user.fullJid(), table);
    CHECK(has(of_user, "reachable"));
    CHECK(has(of_user, "away"));
    CHECK(has(of_user, "reading"));
    CHECK(has(of_user, "(5)"));
    CHECK(has(lineOf(hidden.fullJid(), table), "(not available)"));
    CHECK(has(lineOf(stage.jid("silent"), table), "suspect"));

    const auto one = stage.userSessions();
    CHECK(has(one, "2 sessions"));
    CHECK_FALSE(has(one, "mercutio"));
  }

  TEST_CASE("last seen of a user is what is on record") {
    Stage stage;
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))"), "never seen"));
    auto user = stage.user();
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@localhost"))"), "here now"));
    user->unavailable("gone to\nMantua");
    stage.record("logged_out");
    const auto told = stage.server.shell(R"(liveness:last_seen("romeo@localhost"))");
    CAPTURE(told);
    CHECK(has(told, "logged_out"));
    CHECK(has(told, "phone"));
    CHECK(has(told, "gone to Mantua"));  // on one line: it is a client's text on an operator's terminal
    CHECK_FALSE(has(told, "here now"));
    CHECK(has(stage.server.shell("liveness:last_seen()"), "last_seen("));
    CHECK(has(stage.server.shell(R"(liveness:last_seen("x@elsewhere.example"))"), "not loaded"));
  }

  TEST_CASE("why a session is what it is, and what happens next, is told in plain words") {
    Stage stage("liveness_idle_timeout = 12");
    auto silent = stage.rawUser("silent");
    const std::string question = R"(liveness:why("romeo@localhost/silent"))";
    auto told = stage.server.shell(question);
    CAPTURE(told);
    CHECK(has(told, "romeo@localhost/silent is reachable since "));
    CHECK(has(told, "It may be silent for 12.0 s (idle_timeout)."));
    CHECK(has(told, "if nothing is heard it is asked in "));

    REQUIRE(silent->expect("<ping"));
    told = stage.server.shell(R"(liveness:why("romeo@localhost"))");
    CHECK(has(told, "is suspect since "));
    CHECK(has(told, "pings (XEP-0199): once in all, once since it was last heard"));
    CHECK(has(stage.server.shell(R"(liveness:why("romeo@localhost/nowhere"))"), "is not here"));
    CHECK(has(stage.server.shell(R"(liveness:why("localhost"))"), "Which session?"));
    CHECK(has(stage.server.shell(R"(liveness:why("romeo@elsewhere/phone"))"), "not loaded"));
  }

  TEST_CASE("the statistics count what happened") {
    Stage stage("liveness_idle_timeout = 2");
    auto silent = stage.rawUser("silent");
    REQUIRE(silent->expect("<connection-timeout"));
    stage.record("timed_out");
    auto user = stage.user();
    user->unavailable("bye");
    stage.record("logged_out");
    const auto stats = stage.server.shell("liveness:stats()");
    CAPTURE(stats);
    CHECK(has(lineOf("timed_out", stats), " 1"));
    CHECK(has(lineOf("logged_out", stats), " 1"));
    CHECK(has(lineOf("kicked", stats), " 0"));
    CHECK(has(lineOf("Sessions opened", stats), " 3"));
    CHECK(has(lineOf("Users available", stats), " 1"));  // juliet
    CHECK(has(lineOf("Records", stats), "2 on disk, 0 waiting"));
    CHECK(has(stats, "localhost"));
  }
}

}  // namespace liveness::e2e
