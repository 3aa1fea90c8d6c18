// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <sstream>

#include "e2e/page_visitor.h"

namespace liveness::e2e {
namespace {

struct BadOption {
  std::string line;
  std::vector<std::string> told;  ///< what the error line must name: option, value, what is accepted
};

const std::vector<BadOption>& badOptions() {
  static const std::vector<BadOption> all = {
      {"liveness_idle_timeout = \"soon\"", {"liveness_idle_timeout", "soon", "number"}},
      {"liveness_idle_timeout = true", {"liveness_idle_timeout", "true", "number"}},
      {"liveness_idle_timeout = { 1, 2 }", {"liveness_idle_timeout", "number"}},
      {"liveness_idle_timeout = -5", {"liveness_idle_timeout", "-5", "number"}},
      {"liveness_idle_timeout = 0/0", {"liveness_idle_timeout", "nan", "number"}},
      {"liveness_idle_timeout = 1/0", {"liveness_idle_timeout", "inf", "number"}},
      {"liveness_idle_timeout = 0.5", {"liveness_idle_timeout", "0.5", "from 1"}},
      {"liveness_ping = \"yes\"", {"liveness_ping", "yes", "true or false"}},
      {"liveness_ping = 1", {"liveness_ping", "1", "true or false"}},
      {"liveness_held_presence = \"gone\"", {"liveness_held_presence", "gone", "\"keep\""}},
      {"liveness_logout_rate = 0", {"liveness_logout_rate", "0", "whole number"}},
      {"liveness_ping_attempts = -1", {"liveness_ping_attempts", "-1", "whole number"}},
      {"liveness_ping_attempts = 2.5", {"liveness_ping_attempts", "2.5", "whole number"}},
      {"liveness_ping_attempts = 0/0", {"liveness_ping_attempts", "nan", "whole number"}},
      {"liveness_store = 5", {"liveness_store", "5", "sqlite3://"}},
      {"liveness_store = \"oracle://scott\"", {"liveness_store", "oracle://scott", "sqlite3://"}},
      {"liveness_idle_timout = 60", {"liveness_idle_timout", "60", "liveness_idle_timeout"}},
      {"liveness_page = \"yes\"", {"liveness_page", "yes", "true or false"}},
      {"liveness_page_networks = \"127.0.0.1\"", {"liveness_page_networks", "127.0.0.1", "a list"}},
      {"liveness_page_networks = { \"::1\", \"10.0.0.0/33\" }",
       {"liveness_page_networks", "10.0.0.0/33", "like"}},
      {"liveness_page_networks = { \"localhost\" }", {"liveness_page_networks", "localhost", "like"}},
      {"liveness_page_networks = { 1 }", {"liveness_page_networks", "a table", "like"}},
      {"liveness_public_presence = \"all\"", {"liveness_public_presence", "all", "true or false"}},
      {"liveness_page_network = { }", {"liveness_page_network", "liveness_page_networks"}},
      {"liveness_typo = \"x\"", {"liveness_typo", "x", "liveness_idle_timeout"}},
  };
  return all;
}

std::string hostOf(std::size_t i) {
  return "bad" + std::to_string(i) + ".example";
}

std::vector<std::string> errorLinesOf(const std::string& host, const std::string& log) {
  std::vector<std::string> found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);)
    if (line.find("\terror\t") != std::string::npos && line.find(host) != std::string::npos)
      found.push_back(line);
  return found;
}

}  // namespace

TEST_SUITE("e2e/bad_options") {
  TEST_CASE("a bad option is one clear line, the module does not load, and the server goes on serving") {
    auto setup = usualSetup("liveness_idle_timeout = 60");
    const auto& bad = badOptions();
    for (std::size_t i = 0; i < bad.size(); ++i) setup.hosts.push_back({hostOf(i), {{"romeo"}}, bad[i].line});
    Stage stage(setup);
    stage.server.expectError("on 'bad");

    for (std::size_t i = 0; i < bad.size(); ++i) {
      CAPTURE(bad[i].line);
      const auto lines = errorLinesOf(hostOf(i), stage.server.log());
      REQUIRE(lines.size() == 1);
      CAPTURE(lines.front());
      for (const auto& word : bad[i].told) CHECK(lines.front().find(word) != std::string::npos);
    }
    CHECK(countOf("traceback", stage.server.log()) == 0);

    // The hosts with bad options serve, without the module.
    XmppClient visitor(stage.server.c2s(), {"romeo", "phone", hostOf(0)});
    visitor.available();
    CHECK(visitor.roundTrip());
    const auto modules = stage.server.shell("module:list(\"" + hostOf(0) + "\")");
    CHECK(modules.find("roster") != std::string::npos);
    CHECK(modules.find("liveness") == std::string::npos);
    // The good one beside them has it.
    auto user = stage.user();
    const auto table = stage.server.shell("liveness:sessions()");
    CAPTURE(table);
    CHECK(table.find(stage.jid("phone")) != std::string::npos);
    CHECK(table.find(hostOf(0)) == std::string::npos);
  }

  TEST_CASE("a reload with a bad option changes nothing and says so, and one with a mended option takes it") {
    const std::string good = "liveness_idle_timeout = 600\nliveness_page = true";
    auto setup = usualSetup(good + "\nadmins = { \"juliet@localhost\" }");
    Stage stage(setup);
    stage.server.expectError("the old options stay in force");
    auto user = stage.user();
    auto silent = stage.rawUser("silent");
    const PageVisitor administrator(stage.server);
    const auto token = administrator.token();  // of one load of the module
    const auto reload = [&](const std::string& options) {
      setup.hosts.front().options = options + "\nadmins = { \"juliet@localhost\" }";
      stage.server.rewriteConfig(setup);
      stage.server.shell("config:reload()");
      return stage.module("reload");
    };
    const std::vector<BadOption> bad = {
        {"liveness_idle_timeout = -1", {"liveness_idle_timeout", "-1", "a number"}},
        {"liveness_store = \"oracle://scott\"", {"liveness_store", "oracle://scott", "sqlite3://"}},
        {"liveness_store = \"sqlite3:///no/such/folder/\"",
         {"liveness_store", "/no/such/folder/", "sqlite3://"}},
        {"liveness_store = \"postgresql://\\0\"", {"liveness_store", "postgresql://"}},
        {"liveness_node = \"\"", {"liveness_node", "at most 255 bytes"}},
        {"liveness_page_networks = { \"everywhere\" }", {"liveness_page_networks", "everywhere", "a list"}},
        {"liveness_pages = true", {"liveness_pages", "liveness_page"}},
    };
    std::size_t lines_before = 0;
    for (const auto& one : bad) {
      CAPTURE(one.line);
      const auto said = reload("liveness_idle_timeout = 1\nliveness_page = false\n" + one.line);
      CAPTURE(said);
      CHECK(said.find("rror") != std::string::npos);
      const auto lines = errorLinesOf("the old options stay in force", stage.server.log());
      REQUIRE(lines.size() == ++lines_before);
      CAPTURE(lines.back());
      for (const auto& word : one.told) CHECK(lines.back().find(word) != std::string::npos);
      CHECK(administrator.token() == token);
    }
    CHECK(countOf("traceback", stage.server.log()) == 0);
    CHECK(stage.userSessions().find("2 sessions") != std::string::npos);
    user->unavailable("bye");
    CHECK(stage.departure(stage.jid("phone")).status == "bye");
    CHECK_FALSE(silent->ended());

    CHECK(reload("liveness_idle_timeout = 2\nliveness_page = true").find("OK") != std::string::npos);
    CHECK(administrator.token() != token);
    CHECK(silent->expect("<connection-timeout", kPatience));
    stage.departure(stage.jid("silent"));
    stage.record("timed_out");
  }

  TEST_CASE(
      "a reload that is forced upon a bad option leaves nothing behind, and the next load begins anew") {
    auto setup = usualSetup("liveness_idle_timeout = 60\nforce_module_reload = true");
    Stage stage(setup);
    stage.server.expectError("liveness_idle_timeout");
    auto user = stage.user();
    const auto options = setup.hosts.front().options;
    setup.hosts.front().options = "liveness_idle_timeout = -1\nforce_module_reload = true";
    stage.server.rewriteConfig(setup);
    stage.server.shell("config:reload()");
    const auto threads = stage.server.threads();
    stage.module("reload");
    CHECK(stage.server.threads() < threads);
    CHECK(user->roundTrip());
    stage.noDeparture(stage.jid("phone"));

    setup.hosts.front().options = options;
    stage.server.rewriteConfig(setup);
    stage.server.shell("config:reload()");
    stage.module("load");
    CHECK(stage.userSessions().find("1 session") != std::string::npos);
    user->reset();
    stage.departure(stage.jid("phone"));
    stage.record("connection_lost");
  }
}

}  // namespace liveness::e2e
