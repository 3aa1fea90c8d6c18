// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <algorithm>

#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("e2e/operator_filters") {
  TEST_CASE("the table of sessions can be narrowed, sorted and cut, and a bad filter is named") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}, {}});
    Stage stage(setup);
    auto silent = stage.rawUser("silent");
    XmppClient user(stage.server.c2s(), {"romeo"});
    user.available("Reading by the window", "away");
    REQUIRE(stage.contact.sees(user.fullJid(), "available"));
    XmppClient elsewhere(stage.server.c2s(), {"romeo", "tablet", "other.example"});
    elsewhere.available();
    REQUIRE(elsewhere.roundTrip());

    const std::string juliet = stage.contact.fullJid();
    const std::vector<std::string> everybody = {juliet, user.fullJid(), stage.jid("silent"),
                                                elsewhere.fullJid()};
    const auto sees = [&](const std::string& filter, const std::vector<std::string>& expected) {
      const auto table = stage.server.shell("liveness:sessions" + filter);
      CAPTURE(filter);
      CAPTURE(table);
      for (const auto& jid : everybody) {
        const bool wanted = std::find(expected.begin(), expected.end(), jid) != expected.end();
        CHECK(has(table, jid) == wanted);
      }
      const auto n = std::to_string(expected.size());
      CHECK(has(table, "OK: " + n + (expected.size() == 1 ? " session" : " sessions")));
    };

    sees("()", everybody);
    sees("{}", everybody);
    sees("(\"other.example\")", {elsewhere.fullJid()});
    sees("(\"romeo@localhost/silent\")", {stage.jid("silent")});
    sees("{ state = \"held\" }", {});
    sees("{ state = \"reachable\" }", everybody);
    sees("{ via = \"tcp\", host = \"other.example\" }", {elsewhere.fullJid()});
    sees("{ via = \"bosh\" }", {});
    sees("{ user = \"romeo\" }", {user.fullJid(), stage.jid("silent"), elsewhere.fullJid()});
    sees("{ user = \"ROMEO@localhost\" }", {user.fullJid(), stage.jid("silent")});
    sees("{ silent = 3600 }", {});
    sees("{ silent = 0.0 }", everybody);
    CHECK(eventually(kPatience, [&] {
      user.sendBytes(" ");
      REQUIRE(user.roundTrip());
      const auto table = stage.server.shell(R"(liveness:sessions{ silent = 1, user = "romeo@localhost" })");
      return has(table, stage.jid("silent")) && !has(table, user.fullJid());
    }));
    sees("{ inactive = true }", {});
    sees("{ text = \"WINDOW\" }", {user.fullJid()});
    sees("{ text = \"%\" }", {});

    const auto ordered =
        stage.server.shell(R"(liveness:sessions{ user = "romeo@localhost", sort = "heard" })");
    CHECK(ordered.find(user.fullJid()) < ordered.find(stage.jid("silent")));
    const auto reversed =
        stage.server.shell(R"(liveness:sessions{ user = "romeo@localhost", sort = "-heard" })");
    CHECK(reversed.find(user.fullJid()) > reversed.find(stage.jid("silent")));
    const auto cut = stage.server.shell("liveness:sessions{ sort = \"jid\", limit = 1 }");
    CHECK(has(cut, juliet));
    CHECK_FALSE(has(cut, user.fullJid()));
    CHECK(has(cut, "OK: 1 of 4 sessions"));

    const auto refuses = [&](const std::string& filter, const std::vector<std::string>& told) {
      const auto answer = stage.server.shell("liveness:sessions{ " + filter + " }");
      CAPTURE(answer);
      CHECK(has(answer, "Error: "));
      for (const auto& word : told) CHECK(has(answer, word));
    };
    refuses("stat = \"held\"", {"no filter stat", "state", "silent"});
    refuses("1", {"no filter 1"});
    refuses("state = \"gone\"", {"state = \"gone\"", "\"reachable\", \"suspect\" or \"held\""});
    refuses("state = {}", {"state = table"});
    refuses("via = \"carrier pigeon\"", {"via", "carrier pigeon", "\"websocket\""});
    refuses("user = \"romeo@localhost/phone\"", {"user", "\"user@host\""});
    refuses("host = \"romeo@localhost\"", {"host", "name of a host"});
    refuses("silent = \"long\"", {"silent", "long", "number of seconds"});
    refuses("silent = 0/0", {"silent", "nan", "number of seconds"});
    refuses("inactive = 1", {"inactive", "true or false"});
    refuses("limit = 0", {"limit", "1 to 10000"});
    refuses("sort = \"age\"", {"sort", "age", "round_trip"});
  }

  TEST_CASE("the shell's help knows every command, and is the shell's own again when the module goes") {
    Stage stage;
    const auto list = stage.server.shell("liveness:help()");
    for (const char* name : {"sessions", "why", "probe", "disconnect", "last_seen", "history", "inactive",
                             "active", "stats", "help"}) {
      CAPTURE(name);
      CHECK(has(list, "liveness:" + std::string(name) + "("));
      const auto one = stage.server.shell("liveness:help(\"" + std::string(name) + "\")");
      CHECK(has(one, "OK: liveness:" + std::string(name)));
    }
    CHECK(has(stage.server.shell("help"), "liveness | Who is really there"));
    CHECK(has(stage.server.shell("help liveness"), "liveness:sessions(filters)"));
    CHECK(has(stage.server.shell("help(\"liveness\")"), "liveness:sessions(filters)"));
    CHECK(has(stage.server.shell("help liveness probe"), "Waits for ten seconds"));
    CHECK(has(stage.server.shell("help c2s"), "c2s:close"));
    CHECK(has(stage.server.ctl({"shell", "help", "liveness"}).output, "liveness:sessions(filters)"));
    CHECK(has(stage.server.ctl({"shell", "liveness", "help", "probe"}).output, "OK: liveness:probe"));
    CHECK(has(stage.server.shell("liveness:help(\"sing\")"), "no command sing"));

    stage.server.shell("module:reload(\"admin_shell\", \"*\")");
    CHECK(has(stage.server.shell("help liveness"), "liveness:sessions(filters)"));
    stage.module("unload");
    CHECK_FALSE(has(stage.server.shell("help"), "Who is really there"));
    CHECK_FALSE(has(stage.server.shell("help liveness"), "liveness:sessions(filters)"));
    CHECK(has(stage.server.shell("help c2s"), "c2s:close"));
  }
}

}  // namespace liveness::e2e
