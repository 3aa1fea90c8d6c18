// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// prosodyctl mod_liveness: what scripts ask.
#include <algorithm>
#include <sstream>

#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The fields of each line.
Rows rowsOf(const std::string& output) {
  Rows rows;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream fields(line + "\t");
    for (std::string field; std::getline(fields, field, '\t');) rows.back().push_back(field);
  }
  return rows;
}

/// Runs `prosodyctl mod_liveness ...`, which must end well.
Rows asked(const ProsodyServer& server, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "mod_liveness");
  const auto result = server.ctl(arguments);
  CAPTURE(result.output);
  CHECK(result.status == 0);
  return rowsOf(result.output);
}

/// The same, which must not end well. Answers with what it says.
std::string refused(const ProsodyServer& server, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "mod_liveness");
  const auto result = server.ctl(arguments);
  CAPTURE(result.output);
  CHECK(result.status == 1);
  return result.output;
}

bool isTime(const std::string& text) {
  const std::string form = "dddd-dd-ddTdd:dd:dd.dddZ";
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char c, char f) {
           return f == 'd' ? c >= '0' && c <= '9' : c == f;
         });
}

/// romeo comes and goes, with a word.
void visit(Stage& stage, const std::string& resource, const std::string& word) {
  auto user = stage.user(resource);
  user->unavailable(word);
  REQUIRE(stage.server.lastSeenThat(stage.kUser,
                                    [&](const StoredLastSeen& record) { return record.status == word; }));
}

}  // namespace

TEST_SUITE("e2e/operator_command") {
  TEST_CASE("a user's history is the same while the server runs and when it is down") {
    Stage stage;
    visit(stage, "phone", "first");
    visit(stage, "tablet", "tabs\tand lines\nare one line");
    const std::vector<std::string> history{"history", stage.kUser};
    const auto running = asked(stage.server, history);
    REQUIRE(running.size() == 2);
    for (const auto& row : running) {
      REQUIRE(row.size() == 5);
      CHECK(isTime(row[0]));
      CHECK(isTime(row[1]));
      CHECK(row[1] <= row[0]);
      CHECK(row[2] == "logged_out");
    }
    CHECK(running[0][3] == "tablet");
    CHECK(running[0][4] == "tabs and lines are one line");
    CHECK(running[1][4] == "first");

    REQUIRE(stage.server.stop());
    CHECK(asked(stage.server, history) == running);
    CHECK(asked(stage.server, {"history", stage.kUser, "1"}).size() == 1);
    CHECK(asked(stage.server, {"history", "mercutio@localhost"}).empty());

    const auto with_header = asked(stage.server, {"--header", "history", stage.kUser});
    REQUIRE(with_header.size() == 3);
    CHECK(with_header[0] ==
          std::vector<std::string>{"logged_out_at", "last_heard_at", "cause", "resource", "status"});
  }

  TEST_CASE("who was never seen is unknown, and not inactive") {
    Stage stage;
    visit(stage, "phone", "bye");
    const auto rows = asked(stage.server, {"inactive", "0"});  // not heard for no time at all: everybody gone
    REQUIRE(rows.size() == 2);
    CHECK(rows[0][0] == "inactive");
    CHECK(rows[0][1] == stage.kUser);
    CHECK(isTime(rows[0][2]));
    CHECK(rows[0][4] == "logged_out");
    CHECK(rows[1] ==
          std::vector<std::string>{"unknown", "mercutio@localhost", "-", "-", "-"});  // juliet is here
    CHECK(asked(stage.server, {"inactive", "1", "localhost"}).size() == 1);
  }

  TEST_CASE("active users are counted once, however often they came") {
    Stage stage;
    visit(stage, "phone", "one");
    visit(stage, "phone", "two");
    for (int round = 0; round < 2; ++round) {
      const auto rows = asked(stage.server, {"active"});
      REQUIRE(rows.size() == 1);
      CHECK(rows[0] == std::vector<std::string>{"localhost", "2", "2", "2"});  // with juliet
      if (round == 0) REQUIRE(stage.server.stop());  // then juliet is one who was here
    }
  }

  TEST_CASE("what cannot be answered is a line on standard error and status 1") {
    auto setup = usualSetup();
    setup.hosts.push_back({"bad.example", {}, "liveness_idle_timeout = -1"});
    setup.hosts.push_back({"away.example", {}, "liveness_store = \"sqlite3:///no/such/folder/x.sqlite3\""});
    Stage stage(setup);
    stage.server.expectError("bad.example");
    stage.server.expectError("x.sqlite3");
    CHECK(refused(stage.server, {}).find("usage:") != std::string::npos);
    CHECK(refused(stage.server, {"histroy"}).find("histroy") != std::string::npos);
    CHECK(refused(stage.server, {"history"}).find("USER@HOST") != std::string::npos);
    CHECK(refused(stage.server, {"history", "x@elsewhere.example"}).find("USER@HOST") != std::string::npos);
    CHECK(refused(stage.server, {"history", stage.kUser, "0"}).find("LIMIT") != std::string::npos);
    CHECK(refused(stage.server, {"inactive"}).find("DAYS") != std::string::npos);
    CHECK(refused(stage.server, {"inactive", "many"}).find("DAYS") != std::string::npos);
    CHECK(refused(stage.server, {"active", "elsewhere.example"}).find("elsewhere") != std::string::npos);
    CHECK(refused(stage.server, {"active", "bad.example"}).find("liveness_idle_timeout") !=
          std::string::npos);
    CHECK(refused(stage.server, {"active", "away.example"}).find("/no/such/folder") != std::string::npos);
    CHECK(refused(stage.server, {"inactive", "1", "away.example"}).find("/no/such/folder") !=
          std::string::npos);
    CHECK(refused(stage.server, {"history", "x@away.example"}).find("/no/such/folder") != std::string::npos);
    // Of all hosts, those that can be asked are.
    CHECK(refused(stage.server, {"active"}).find("localhost\t") != std::string::npos);
    CHECK(refused(stage.server, {"--haeder", "active"}).find("--haeder") != std::string::npos);

    const auto help = stage.server.ctl({"mod_liveness", "--help"});
    CHECK(help.status == 0);
    CHECK(help.output.find("history USER@HOST") != std::string::npos);
  }
}

}  // namespace liveness::e2e
