// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/resumable_user.h"
#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("e2e/operator_sessions") {
  TEST_CASE("a probe from the shell says who answered and how fast, who did not, and who cannot be asked") {
    Stage stage("liveness_held_grace = 60");
    auto user = stage.user("tablet");
    auto told = stage.server.shell(R"(liveness:probe("romeo@localhost/tablet"))");
    CAPTURE(told);
    CHECK(has(told, "romeo@localhost/tablet answered in "));
    CHECK(has(told, " ms"));
    CHECK(has(told, "OK: 1 of 1 session answered"));
    CHECK(user->seen().pings.size() == 1);

    ResumableUser held(stage);
    held.loseConnection(stage);
    auto silent = stage.rawUser("silent");
    const auto begin = SteadyClock::now();
    told = stage.server.shell(R"(liveness:probe("romeo@localhost"))");
    CHECK(SteadyClock::now() - begin < kPatience);
    CHECK(has(told, "romeo@localhost/tablet answered in "));
    CHECK(has(told, "romeo@localhost/silent has not answered within 10 s"));
    CHECK(has(told, "is held: there is no connection to ask on"));
    CHECK(has(told, "OK: 1 of 3 sessions answered"));
    CHECK(silent->expect("<ping"));
    const auto suspects = stage.server.shell(R"(liveness:sessions{ state = "suspect" })");
    CHECK(has(suspects, stage.jid("silent")));
    CHECK(has(suspects, "OK: 1 session"));
    // It is asked already, and may answer yet.
    CHECK(has(stage.server.shell(R"(liveness:probe("romeo@localhost/silent"))"),
              "has not answered within 10 s"));
    stage.noDeparture(stage.jid("silent"));  // an operator's question costs nobody their session

    CHECK(has(stage.server.shell(R"(liveness:probe("romeo@localhost/nowhere"))"),
              "Error: romeo@localhost/nowhere is not here"));
    CHECK(has(stage.server.shell("liveness:probe()"), "Error: Which session?"));
    CHECK(has(stage.server.shell("liveness:probe({})"), "Error: Which session?"));
    CHECK(has(stage.server.shell(R"(liveness:probe("localhost"))"), "Error: Which session?"));
    CHECK(has(stage.server.shell(R"(liveness:probe("romeo@elsewhere.example"))"),
              "Error: The module liveness is not loaded"));
  }

  TEST_CASE("a disconnect from the shell ends one session, or all of a user's, the held ones too") {
    Stage stage;
    auto desk = stage.user("desk");
    auto tablet = stage.user("tablet");
    ResumableUser held(stage);
    const auto told = stage.server.shell(R"(liveness:disconnect("romeo@localhost/desk"))");
    CAPTURE(told);
    CHECK(has(told, stage.jid("desk")));
    CHECK(has(told, "OK: 1 session disconnected"));
    stage.departure(stage.jid("desk"));
    REQUIRE(desk->waitUntil([](const Seen& seen) { return !seen.connected; }));
    CHECK(tablet->roundTrip());

    held.loseConnection(stage);
    CHECK(
        has(stage.server.shell(R"(liveness:disconnect("romeo@localhost"))"), "OK: 2 sessions disconnected"));
    stage.departure(stage.jid("tablet"));
    stage.record("kicked");
    CHECK(has(stage.userSessions(), "OK: 0 sessions"));
    RawClient again(stage.server.c2s());
    CHECK(has(resume(again, held.id, held.handled()), "<failed"));
    CHECK(stage.contact.roundTrip());
    CHECK(stage.server.logContains("an operator at the shell disconnects romeo@localhost/desk"));
    CHECK(has(stage.server.shell(R"(liveness:disconnect("romeo@localhost"))"), "is not here"));
  }

  TEST_CASE("who waits for an answer is told so when the module goes meanwhile") {
    Stage stage;
    auto silent = stage.rawUser("silent");
    support::ChildProcess shell({{"prosodyctl", "--config", stage.server.files().config(), "shell",
                                  R"(liveness:probe("romeo@localhost"))"},
                                 stage.server.files().dir / "shell-output",
                                 {}});
    REQUIRE(silent->expect("<ping"));
    stage.module("unload");
    const auto output = [&] { return support::readFile(stage.server.files().dir / "shell-output"); };
    CHECK(eventually(kPatience,
                     [&] { return has(output(), "the module was unloaded or reloaded meanwhile"); }));
    CHECK(has(output(), "OK: 0 of 1 session answered"));
  }

  TEST_CASE("with the module gone from one of two hosts, the shell serves the other") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}, {}});
    Stage stage(setup);
    auto user = stage.user();
    stage.server.shell(R"(module:unload("liveness", "other.example"))");
    CHECK(has(stage.server.shell(R"(liveness:probe("romeo@localhost"))"), "OK: 1 of 1 session answered"));
    CHECK(has(stage.server.shell(R"(liveness:probe("romeo@other.example"))"),
              "is not loaded on other.example"));
  }
}

}  // namespace liveness::e2e
