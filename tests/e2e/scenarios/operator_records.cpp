// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// History, inactive and active, in the shell of a running server.
#include <cstdlib>
#include <future>

#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t at(const std::string& text, const std::string& part) {
  CAPTURE(text);
  const auto found = text.find(part);
  REQUIRE(found != std::string::npos);
  return found;
}

}  // namespace

TEST_SUITE("e2e/operator_records") {
  TEST_CASE("a user's history is every logout, the latest first, and words of clients are only words") {
    Stage stage;
    CHECK(has(stage.server.shell(R"(liveness:history("romeo@localhost"))"), "0 logouts"));
    auto phone = stage.user("phone");
    phone->unavailable("first\x7f\nwords");
    stage.departure(stage.jid("phone"));
    stage.user("tablet")->reset();
    stage.departure(stage.jid("tablet"));
    stage.settleRecords();

    const auto told = stage.server.shell(R"(liveness:history("romeo@localhost"))");
    CAPTURE(told);
    CHECK(has(told, "2 logouts of romeo@localhost"));
    CHECK(at(told, "connection_lost") < at(told, "logged_out"));
    CHECK(has(told, "first  words"));
    CHECK(has(told, " UTC"));

    const auto one = stage.server.shell(R"(liveness:history("romeo@localhost", 1))");
    CHECK(has(one, "there are more"));
    CHECK(has(one, "connection_lost"));
    CHECK_FALSE(has(one, "logged_out"));
    CHECK(has(stage.server.shell("liveness:history()"), "history("));
    CHECK(has(stage.server.shell(R"(liveness:history("x@elsewhere.example"))"), "not loaded"));
  }

  TEST_CASE("who was never seen is listed apart, as unknown") {
    Stage stage;
    stage.user()->unavailable("bye");
    stage.departure(stage.jid("phone"));
    const auto told = stage.server.shell("liveness:inactive(0)");
    CAPTURE(told);
    CHECK(has(told, "localhost: 1 user not heard for 0 days"));
    CHECK(at(told, "romeo@localhost") < at(told, "localhost: 1 account unknown"));
    CHECK(at(told, "localhost: 1 account unknown") < at(told, "mercutio@localhost"));
    CHECK_FALSE(has(told, "juliet@localhost"));  // is here
    CHECK(has(told, "1 inactive, 1 unknown"));

    const auto long_ago = stage.server.shell(R"(liveness:inactive(30, "localhost"))");
    CHECK(has(long_ago, "localhost: 0 users not heard for 30 days"));
    CHECK_FALSE(has(long_ago, "romeo@localhost"));
    CHECK(has(stage.server.shell("liveness:inactive()"), "inactive("));
    CHECK(has(stage.server.shell(R"(liveness:inactive("x"))"), "inactive("));
    CHECK(has(stage.server.shell(R"(liveness:inactive(1, "elsewhere.example"))"), "not loaded"));
  }

  TEST_CASE("of very many accounts that were never seen a bounded number is shown, and all are counted") {
    auto setup = usualSetup();
    for (int i = 0; i < 1234; ++i) setup.hosts.front().accounts.push_back({"user" + std::to_string(i)});
    Stage stage(setup);
    const auto told = stage.server.shell("liveness:inactive(1)");
    CAPTURE(told);
    CHECK(has(told, "1236 accounts unknown"));  // with romeo and mercutio
    CHECK(has(told, "... and 1136 more"));
    CHECK(countOf("@localhost", told) == 100);
  }

  TEST_CASE("active users are counted once, by host") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}});
    Stage stage(setup);
    for (int round = 0; round < 2; ++round) {
      stage.user()->unavailable("again");
      stage.departure(stage.jid("phone"), static_cast<std::size_t>(round) + 1);
    }
    const auto told = stage.server.shell("liveness:active()");
    CAPTURE(told);
    const auto row =
        told.substr(at(told, "localhost"), told.find('\n', at(told, "localhost")) - at(told, "localhost"));
    CAPTURE(row);
    CHECK(countOf("2", row) == 3);  // romeo and juliet; today, in 7 and in 30 days
    CHECK(countOf("0", told.substr(at(told, "other.example"), 80)) >= 3);
    CHECK(has(told, "2 hosts"));
  }

  TEST_CASE("a question that a reload cuts off has an answer that says so") {
    Stage stage("liveness_store = \"sqlite3:///no/such/folder/liveness.sqlite3\"");
    stage.server.expectError("liveness.sqlite3");
    auto asking = std::async(std::launch::async,
                             [&] { return stage.server.shell(R"(liveness:history("romeo@localhost"))"); });
    std::string said;  // a reload that comes before the question cuts off nothing
    CHECK(eventually(kPatience, [&] {
      said = stage.module("reload");
      return asking.wait_for(0s) == std::future_status::ready;
    }));
    const auto told = asking.get();
    CAPTURE(told);
    CHECK(has(told, "ask again"));
    CHECK(has(said, "OK"));
  }

  TEST_CASE("a question is answered, or has to be asked again, whatever happens before it is put") {
    Stage stage(withMoments(usualSetup()));
    stage.user()->unavailable("bye");
    stage.record("logged_out");
    const std::string questions[] = {R"(liveness:last_seen("romeo@localhost"))",
                                     R"(liveness:history("romeo@localhost"))", "liveness:inactive(0)",
                                     R"(liveness:active("localhost"))", "liveness:active()"};
    for (const std::string verb : {"reload", "unload"}) {
      for (const auto& question : questions) {
        CAPTURE(verb);
        CAPTURE(question);
        const auto told = stage.server.shell(R"((function () soon(")" + verb + R"(", "localhost"); return )" +
                                             question + " end)()");
        CAPTURE(told);
        CHECK(has(told, "ask again"));
        CHECK_FALSE(has(told, "stack traceback"));
        if (verb == "unload") stage.module("load");
        CHECK_FALSE(has(stage.server.shell(question), "Error"));
      }
    }
  }

  TEST_CASE("while the database is away the shell says so, and clients are not left waiting") {
    auto setup = usualSetup("liveness_store = \"sqlite3:///no/such/folder/liveness.sqlite3\"");
    Stage stage(setup);
    stage.server.expectError("liveness.sqlite3");
    RawClient asker(stage.server.c2s());
    asker.logIn("juliet", "secret", "localhost", "asker");
    asker.send("<iq type='get' id='last' to='romeo@localhost'><query xmlns='jabber:iq:last'/></iq>");
    asker.send("<presence type='probe' to='romeo@localhost'/>");

    const auto told = stage.server.shell(R"(liveness:history("romeo@localhost"))");
    CAPTURE(told);
    CHECK(has(told, "the database has not answered within 10 seconds"));

    const auto presence = asker.expect("type='unavailable'");
    REQUIRE(presence);
    CHECK(attribute(presence->xml, "from") == stage.kUser);
    const auto received = asker.receivedThat("id='last'");
    if (received.empty()) REQUIRE(asker.expect("id='last'"));
    CHECK(asker.receivedThat("id='last'").front().contains("<resource-constraint"));
    CHECK(asker.roundTrip());
  }
}

}  // namespace liveness::e2e
