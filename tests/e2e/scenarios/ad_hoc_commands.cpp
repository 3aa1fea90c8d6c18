// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <algorithm>

#include "e2e/stage.h"
#include "support/ad_hoc_client.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

using support::AdHocClient;
using support::CommandStep;

const std::vector<std::string> kNodes = {"liveness#sessions", "liveness#last-seen", "liveness#probe",
                                         "liveness#disconnect"};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// juliet is the administrator of localhost.
ServerSetup administered() {
  auto setup = usualSetup("admins = { \"juliet@localhost\" }");
  setup.hosts.push_back({"other.example", {{"romeo"}}, {}});
  return setup;
}

/// An administrator's client: fills the form of a command in.
class Administrator : public AdHocClient {
 public:
  explicit Administrator(Stage& stage) : AdHocClient(stage.server.c2s(), {"juliet", "console"}) {}

  CommandStep run(const std::string& name, const CommandStep::Fields& fields) {
    const auto form = execute("localhost", "liveness#" + name);
    REQUIRE(form.status == "executing");
    return submit("localhost", form, fields);
  }
};

/// The row of a table that has this address; empty where there is none.
CommandStep::Fields rowOf(const CommandStep& step, const std::string& jid) {
  const auto row = std::find_if(step.rows.begin(), step.rows.end(),
                                [&](const auto& fields) { return fields.at("jid") == jid; });
  return row == step.rows.end() ? CommandStep::Fields{} : *row;
}

}  // namespace

TEST_SUITE("e2e/ad_hoc_commands") {
  TEST_CASE("the commands are listed for administrators and run by them, and by nobody else") {
    Stage stage(administered());
    auto user = stage.user();
    Administrator administrator(stage);
    const auto listed = administrator.commands("localhost");
    for (const auto& node : kNodes) {
      CAPTURE(node);
      CHECK(listed.count(node) == 1);
      CHECK(administrator.execute("localhost", node).status == "executing");
    }
    const std::vector<Login> others = {{"romeo", "console"}, {"romeo", "console", "other.example"}};
    for (const auto& login : others) {
      CAPTURE(login.fullJid());
      AdHocClient other(stage.server.c2s(), login);
      const auto of_other = other.commands("localhost");
      for (const auto& node : kNodes) {
        CAPTURE(node);
        CHECK(of_other.count(node) == 0);
        CHECK(other.execute("localhost", node).error == "forbidden");
        const auto form = administrator.execute("localhost", node);  // with an administrator's own session
        CHECK(
            other.submit("localhost", form, {{"jid", user->fullJid()}, {"ids", "1 2 3"}, {"confirmed", "1"}})
                .error == "forbidden");
      }
    }
    // An administrator of one host is nobody on another.
    CHECK(administrator.execute("other.example", "liveness#sessions").error == "forbidden");
    CHECK(user->roundTrip());
    CHECK(user->seen().connected);
  }

  TEST_CASE("the sessions are a table, as narrow as the form says, whatever clients call themselves") {
    Stage stage(administered());
    Administrator administrator(stage);
    XmppClient user(stage.server.c2s(), {"romeo"});
    user.available("<b>&amp;\x7f\n]]> \xc2\x9b\xe2\x82\xac", "dnd", 5);
    REQUIRE(stage.contact.sees(user.fullJid(), "available"));
    const auto all = administrator.run("sessions", {});
    CHECK(all.status == "completed");
    CHECK(all.noted("info: 3 sessions"));
    REQUIRE(all.rows.size() == 3);
    const auto row = rowOf(all, user.fullJid());
    REQUIRE_FALSE(row.empty());
    CHECK(row.at("state") == "reachable");
    CHECK(row.at("via") == "tcp");
    CHECK(has(row.at("heard"), " ago"));
    CHECK(has(row.at("presence"), "dnd (5): <b>&amp;"));
    CHECK(has(row.at("presence"), "\xe2\x82\xac"));
    CHECK_FALSE(has(row.at("presence"), "\n"));
    CHECK(rowOf(all, "juliet@localhost/console").at("presence") == "(not available)");

    CHECK(administrator.run("sessions", {{"user", "romeo@localhost"}, {"state", ""}, {"via", ""}})
              .rows.size() == 1);
    CHECK(administrator.run("sessions", {{"state", "held"}}).rows.empty());
    CHECK(administrator.run("sessions", {{"silent", "3600"}}).rows.empty());
    const auto cut = administrator.run("sessions", {{"limit", "1"}, {"sort", "jid"}, {"silent", ""}});
    CHECK(cut.rows.size() == 1);
    CHECK(cut.noted("1 of 3 sessions"));
    CHECK(administrator.run("sessions", {{"silent", "long"}}).noted("error: silent = \"long\""));
    CHECK(administrator.run("sessions", {{"limit", "none"}}).noted("error: limit"));
    CHECK(administrator.run("sessions", {{"sort", "age"}}).noted("error: sort"));
    const auto form = administrator.execute("localhost", "liveness#sessions");
    CHECK(administrator.submit("localhost", form, {}, "cancel").status == "canceled");
  }

  TEST_CASE("last seen is told of whoever is on record, and of nobody else") {
    Stage stage(administered());
    Administrator administrator(stage);
    auto user = stage.user();
    user->unavailable("gone to\nMantua");
    stage.record("logged_out");
    const auto seen = administrator.run("last-seen", {{"jid", "Romeo@localhost"}});
    CHECK(seen.status == "completed");
    CHECK(seen.fields.at("jid") == "romeo@localhost");
    CHECK(seen.fields.at("available") == "0");
    CHECK(seen.fields.at("cause") == "logged_out");
    CHECK(seen.fields.at("resource") == "phone");
    CHECK(seen.fields.at("status") == "gone to Mantua");
    CHECK(has(seen.fields.at("logged_out"), " UTC"));
    const auto unseen = administrator.run("last-seen", {{"jid", "mercutio@localhost"}});
    CHECK(unseen.noted("info: No logout is on record"));
    CHECK(unseen.fields.at("available") == "0");
    const auto here = administrator.run("last-seen", {{"jid", "juliet@localhost"}});
    CHECK(here.fields.at("available") == "1");
    CHECK(here.fields.at("held") == "0");
    CHECK(here.fields.at("now") == "juliet@localhost is here now, with 1 available resource");
    CHECK(administrator.run("last-seen", {{"jid", "romeo@other.example"}})
              .noted("error: Only users of localhost"));
    CHECK(administrator.run("last-seen", {{"jid", "@@@"}}).noted("error: jid"));
    CHECK(administrator.run("last-seen", {}).noted("error: jid"));
  }

  TEST_CASE("a record that holds what no stanza may is told all the same") {
    Stage stage(administered());
    auto user = stage.user();
    user->unavailable("gone");
    stage.record("logged_out");
    REQUIRE(stage.server.stop());
    {
      const auto file = stage.server.files().hostData("localhost") / "liveness.sqlite3";
      support::SqliteFile database(file, support::SqliteFile::Mode::write);
      database.execute(
          "UPDATE last_seen SET status = cast(x'61010bc3ff2e62' AS TEXT), resource = 'a' || char(7)");
    }
    stage.server.start();
    Administrator administrator(stage);
    const auto seen = administrator.run("last-seen", {{"jid", "romeo@localhost"}});
    CHECK(seen.status == "completed");
    CHECK(seen.fields.at("status") == "a  ??.b");
    CHECK(seen.fields.at("resource") == "a ");
  }

  TEST_CASE("a probe says who answered, the administrator's own client among them") {
    Stage stage(administered());
    Administrator administrator(stage);
    auto user = stage.user();
    const auto one = administrator.run("probe", {{"jid", user->fullJid()}});
    CHECK(one.status == "completed");
    REQUIRE(one.rows.size() == 1);
    CHECK(has(one.rows.front().at("said"), "answered in "));
    const auto own = administrator.run("probe", {{"jid", "juliet@localhost"}});
    REQUIRE(own.rows.size() == 2);
    CHECK(has(rowOf(own, stage.contact.fullJid()).at("said"), "answered in "));
    CHECK(rowOf(own, "juliet@localhost/console").at("said") == "is where this command comes from");
    CHECK(administrator.run("probe", {{"jid", "romeo@localhost/nowhere"}})
              .noted("error: romeo@localhost/nowhere is not here"));
    CHECK(administrator.run("probe", {{"jid", "romeo@other.example"}})
              .noted("error: The module liveness is not loaded"));
  }

  TEST_CASE("a disconnect asks once more, and ends those who were shown then") {
    Stage stage(administered());
    Administrator administrator(stage);
    auto phone = stage.user("phone");
    auto step = administrator.run("disconnect", {{"jid", "romeo@localhost"}});
    CHECK(step.status == "executing");
    CHECK(has(step.fields.at("whom"), "Disconnect romeo@localhost/phone?"));
    CHECK(phone->roundTrip());
    auto fields = step.fields;
    fields["confirmed"] = "0";
    CHECK(administrator.submit("localhost", step, fields).status == "canceled");
    CHECK(administrator.submit("localhost", step, fields, "cancel").status == "canceled");
    CHECK(phone->roundTrip());

    auto tablet = stage.user("tablet");  // comes while the administrator thinks about it
    fields["confirmed"] = "1";
    CHECK(administrator.submit("localhost", step, fields).noted("info: 1 session disconnected"));
    stage.departure(stage.jid("phone"));
    CHECK(tablet->roundTrip());
    CHECK(stage.server.logContains("juliet@localhost disconnects romeo@localhost/phone"));
    CHECK(administrator.submit("localhost", step, fields).noted("info: 0 sessions disconnected"));
    CHECK(administrator.run("disconnect", {{"jid", "mercutio@localhost"}})
              .noted("error: mercutio@localhost is not here"));
    CHECK(tablet->roundTrip());
  }

  TEST_CASE("a command that a reload or an unload cuts off has an end, and its client is read on") {
    auto setup = administered();
    Stage stage(withMoments(setup));
    auto silent = stage.rawUser("silent");
    Administrator administrator(stage);
    const auto run_in = [&](const std::string& verb, const std::string& name, const std::string& jid) {
      CAPTURE(verb);
      const auto form = administrator.execute("localhost", "liveness#" + name);
      REQUIRE(form.status == "executing");
      stage.server.shell("at_next_command(\"" + verb + "\", \"localhost\")");
      auto step = administrator.submit("localhost", form, {{"jid", jid}});
      if (verb == "unload") stage.module("load");
      return step;
    };
    for (const std::string verb : {"reload", "unload"}) {
      CAPTURE(verb);
      const auto seen = run_in(verb, "last-seen", "romeo@localhost");
      CHECK(seen.noted("ask again"));
      const auto probed = run_in(verb, "probe", "romeo@localhost");
      REQUIRE(probed.rows.size() == 1);
      CHECK(has(probed.rows.front().at("said"), "may have answered"));
      CHECK(administrator.run("last-seen", {{"jid", "mercutio@localhost"}}).status == "completed");
    }
  }

  TEST_CASE("the commands go with the module, and mod_adhoc may go without it") {
    Stage stage(administered());
    Administrator administrator(stage);
    auto user = stage.user();
    stage.server.shell(R"(module:unload("adhoc", "localhost"))");
    CHECK(has(stage.userSessions(), "OK: 1 session"));
    stage.server.shell(R"(module:load("adhoc", "localhost"))");
    CHECK(administrator.commands("localhost").count(kNodes.front()) == 1);
    stage.module("unload");
    CHECK(administrator.commands("localhost").count(kNodes.front()) == 0);
    CHECK_FALSE(administrator.execute("localhost", kNodes.front()).error.empty());
  }
}

}  // namespace liveness::e2e
