// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the JSON says, held against what clients did.

#include <algorithm>
#include <future>
#include <string>
#include <vector>

#include "e2e/page_visitor.h"
#include "support/bosh_client.h"
#include "support/postgresql_server.h"

namespace liveness::e2e {
namespace {

/// A moment as the documents write it.
std::string written(UtcMillis at) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03dZ",
                static_cast<int>(at.time_since_epoch().count() - seconds * 1000));
  return text;
}

/// Whether it is a moment between two others, written as it should be.
void checkBetween(const json& at, UtcMillis from, UtcMillis to) {
  CAPTURE(at);
  CHECK(at.get<std::string>() >= written(from - kTolerance));
  CHECK(at.get<std::string>() <= written(to + kTolerance));
  CHECK(at.get<std::string>().size() == 24);
}

json only(const json& list) {
  REQUIRE(list.size() == 1);
  return list[0];
}

std::vector<std::string> resources(const json& page) {
  std::vector<std::string> found;
  for (const auto& session : page.at("sessions")) found.push_back(session.at("resource"));
  return found;
}

using Names = std::vector<std::string>;

json sessionOf(const PageVisitor& visitor, const std::string& full_jid) {
  return only(visitor.api("sessions?q=" + support::percentEncode(full_jid)).at("sessions"));
}

std::vector<std::string> eventsOf(const json& document) {
  std::vector<std::string> events;
  for (const auto& event : document.at("timeline")) events.push_back(event.at("event"));
  return events;
}

}  // namespace

TEST_SUITE("e2e/page_api") {
  TEST_CASE("a session's every field is what its client did") {
    Stage stage(pageSetup("liveness_idle_timeout = 40"));
    const PageVisitor administrator(stage.server);
    const auto before = utcNow();
    auto user = stage.user("phone");
    const std::string words = "<script>alert(\"1\")</script> & ' \\ \u2603 \u202e \t end";
    user->available(words, "dnd", 7);
    REQUIRE(user->roundTrip());
    REQUIRE(stage.contact.waitUntil([&](const Seen& seen) {
      const auto seen_of = seen.from(stage.jid("phone"));
      return !seen_of.empty() && seen_of.back().show == "dnd";
    }));
    const auto heard = user->lastSentAt();
    const auto session = sessionOf(administrator, stage.jid("phone"));
    CAPTURE(session.dump());
    CHECK(session.at("jid") == stage.jid("phone"));
    CHECK(session.at("user") == Stage::kUser);
    CHECK(session.at("resource") == "phone");
    CHECK(session.at("state") == "reachable");
    CHECK(session.at("transport") == "tcp");
    checkBetween(session.at("state_since"), before, utcNow());
    checkBetween(session.at("opened_at"), before, utcNow());
    checkBetween(session.at("last_heard_at"), heard, utcNow());
    CHECK(session.at("silence") < 5);
    CHECK(session.at("probes_sent") == 0);
    CHECK(session.at("probes_unanswered") == 0);
    CHECK(session.at("round_trip").is_null());
    CHECK(session.at("available") == true);
    CHECK(session.at("show") == "dnd");
    CHECK(session.at("status") == words);
    CHECK(session.at("priority") == 7);
    CHECK(session.at("managed") == false);
    CHECK(session.at("resumable") == false);
    CHECK(session.at("inactive") == false);
    CHECK(session.at("doubted") == false);
    CHECK(session.at("idle_timeout") == 40);
    CHECK(session.at("held_because").is_null());
    CHECK(session.at("shown").is_null());
    CHECK(session.at("next") == "probe");
    CHECK(session.at("next_in") > 10);
    CHECK(session.at("next_in") <= 21);

    user->unavailable("gone");
    REQUIRE(user->roundTrip());
    const auto left = sessionOf(administrator, stage.jid("phone"));
    CHECK(left.at("available") == false);
    CHECK(left.at("status") == "");
  }

  TEST_CASE("sessions are filtered, sorted and paged as asked for") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    support::BoshClient browser(stage.server.http(), "localhost", 60s);
    browser.logIn("mercutio", "secret", "localhost", "browser");
    std::vector<std::unique_ptr<XmppClient>> users;
    for (const auto* resource : {"phone", "tablet", "desk"}) users.push_back(stage.user(resource));
    users[1]->available("in the garden", "away");
    REQUIRE(users[1]->roundTrip());

    const auto all = administrator.api("sessions");
    CHECK(all.at("total") == 5);
    CHECK(all.at("matched") == 5);
    CHECK(all.at("offset") == 0);
    CHECK(all.at("limit") == 50);
    checkBetween(all.at("now"), utcNow(), utcNow());
    const auto ask = [&](const std::string& query) { return administrator.api("sessions?" + query); };
    CHECK(resources(ask("user=romeo@localhost")) == Names{"desk", "phone", "tablet"});
    CHECK(resources(ask("q=GARDEN")) == Names{"tablet"});
    CHECK(resources(ask("q=rom&sort=resource&order=desc")) == Names{"tablet", "phone", "desk"});
    CHECK(resources(ask("transport=bosh")) == Names{"browser"});
    CHECK(resources(ask("state=held")) == Names{});
    CHECK(resources(ask("state=reachable")).size() == 5);
    CHECK(resources(ask("q=rom&sort=presence&order=desc"))[0] == "tablet");
    for (const auto* at : {"opened", "last_heard"}) {
      Names moments;
      const std::string sort = at == std::string("opened") ? "opened" : "heard";
      const auto sorted = ask("sort=" + sort);
      for (const auto& session : sorted.at("sessions"))
        moments.push_back(session.at(at + std::string("_at")));
      CHECK(std::is_sorted(moments.begin(), moments.end()));
    }
    for (const auto* sort : {"jid", "state", "round_trip", "transport", "next"})
      CHECK(resources(ask(std::string("sort=") + sort)).size() == 5);
    const auto page = ask("sort=resource&offset=1&limit=2");
    CHECK(resources(page) == Names{"browser", "desk"});
    CHECK(page.at("matched") == 5);
    CHECK(page.at("offset") == 1);
    CHECK(page.at("limit") == 2);
    CHECK(resources(ask("limit=0")) == Names{});
    CHECK(resources(ask("offset=5")) == Names{});
  }

  TEST_CASE("a session can be asked for a sign of life, and be ended, and its timeline tells of both") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    auto user = stage.user("phone");
    const std::string id = sessionOf(administrator, stage.jid("phone")).at("id");
    REQUIRE(eventually(kPatience,
                       [&] { return administrator.press("sessions/" + id + "/probe").status == 200; }));
    REQUIRE(user->waitUntil([](const Seen& seen) { return !seen.pings.empty(); }));
    json document;
    CHECK(eventually(kPatience, [&] {
      document = administrator.api("sessions/" + id);
      return eventsOf(document).back() == "answered";
    }));
    CAPTURE(document.dump());
    CHECK(document.at("session").at("id") == id);
    CHECK(document.at("session").at("probes_sent") == 1);
    CHECK(document.at("session").at("round_trip") > 0);
    CHECK(document.at("why").size() > 1);
    CHECK(eventsOf(document)[0] == "opened");
    CHECK(document.at("timeline").back().at("round_trip") > 0);

    const auto done = administrator.press("sessions/" + id + "/disconnect");
    CHECK(done.status == 200);
    CHECK(json::parse(done.body) == json{{"done", true}});
    CHECK(user->waitUntil([](const Seen& seen) { return !seen.connected; }));
    stage.departure(stage.jid("phone"));
    stage.record("kicked");
    document = administrator.api("sessions/" + id);
    CHECK(document.at("session").is_null());
    CHECK(document.at("why").empty());
    CHECK(eventsOf(document).back() == "closed");
    CHECK(document.at("timeline").back().at("cause") == "kicked");
    for (const auto* action : {"/probe", "/disconnect"})
      CHECK(administrator.press("sessions/" + id + action).status == 404);
    CHECK(administrator.get("api/v1/sessions/281474976710656").status == 404);
    CHECK(stage.server.log().find("juliet@localhost asked for disconnect of " + stage.jid("phone")) !=
          std::string::npos);
  }

  TEST_CASE("who cannot be asked just now is not, and that is said") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    auto user = stage.user("phone", PingReaction::none);
    const std::string id = sessionOf(administrator, stage.jid("phone")).at("id");
    REQUIRE(eventually(kPatience,
                       [&] { return administrator.press("sessions/" + id + "/probe").status == 200; }));
    const auto again = administrator.press("sessions/" + id + "/probe");
    CHECK(again.status == 409);
    CHECK(errorIn(again).find("cannot be asked just now") != std::string::npos);
  }

  TEST_CASE("users who are away are listed with when, why and what they said") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    auto user = stage.user("phone");
    const auto online = administrator.api("users/romeo@localhost");
    CHECK(online.at("online") == true);
    CHECK(online.at("last_seen").is_null());
    CHECK(online.at("history").empty());
    user->unavailable("back \"soon\" <b>");
    user->sendBytes("</stream:stream>");  // who is still connected would be here
    const auto left_at = utcNow();
    stage.record("logged_out");
    auto other = std::make_unique<XmppClient>(stage.server.c2s(), Login{"mercutio", "desk"});
    other->available();
    REQUIRE(other->roundTrip());
    other->drop();
    stage.record("mercutio@localhost", "connection_lost");

    auto all = administrator.api("users?sort=logged_out&order=desc");
    CHECK(eventually(kPatience, [&] {  // that a connection has ended is told in a tick
      all = administrator.api("users?sort=logged_out&order=desc");
      return all.at("matched") == 2;
    }));
    REQUIRE(all.at("users").size() == 2);
    const auto& romeo = all.at("users")[1];
    CHECK(romeo.at("jid") == Stage::kUser);
    CHECK(romeo.at("cause") == "logged_out");
    CHECK(romeo.at("resource") == "phone");
    CHECK(romeo.at("status") == "back \"soon\" <b>");
    CHECK(romeo.at("evidence") == "");
    checkBetween(romeo.at("logged_out_at"), left_at, left_at);
    checkBetween(romeo.at("last_heard_at"), left_at, left_at);
    const auto user_in = [&](const std::string& query) {
      return only(administrator.api("users?" + query).at("users")).at("jid").get<std::string>();
    };
    CHECK(user_in("cause=connection_lost") == "mercutio@localhost");
    CHECK(user_in("q=SOON") == Stage::kUser);
    CHECK(user_in("sort=jid&limit=1&offset=1") == Stage::kUser);
    CHECK(user_in("sort=cause&limit=1&order=asc").size() > 5);
    CHECK(administrator.api("users?q=nobody").at("matched") == 0);

    user = stage.user("phone");
    stage.contact.waitUntil(
        [&](const Seen& seen) { return seen.from(stage.jid("phone"), "available").size() > 1; });
    user->unavailable("again");
    CHECK(eventually(kPatience,
                     [&] { return administrator.api("users/ROMEO%40localhost").at("history").size() == 2; }));
    const auto found = administrator.api("users/romeo@localhost?limit=1");
    CHECK(found.at("online") == false);
    CHECK(found.at("last_seen").at("status") == "again");
    CHECK(only(found.at("history")).at("status") == "again");
    const auto unknown = administrator.api("users/nobody@localhost");
    CHECK(unknown.at("last_seen").is_null());
    CHECK(unknown.at("online") == false);
  }

  TEST_CASE("counters and series tell of what happened, and who asks of themselves") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    stage.user("phone")->unavailable();
    stage.record("logged_out");
    const auto stats = administrator.api("stats");
    CHECK(stats.at("sessions_opened") == 2);
    CHECK(stats.at("logouts").at("logged_out") == 1);
    CHECK(stats.at("sessions").at("reachable") >= 1);
    CHECK(stats.at("store").at("records_written") == 1);
    CHECK(stats.at("ticks") > 0);
    CHECK(stats.at("ticks_took").at("counts").size() == stats.at("ticks_took").at("bounds").size() + 1);
    for (const auto& [span, step] : {std::pair{"3600", 10}, std::pair{"86400", 60}}) {
      const auto series = administrator.api(std::string("series?span=") + span);
      CHECK(series.at("step") == step);
      const auto size = series.at("at").size();
      CHECK(size >= 1);
      for (const auto* state : {"reachable", "suspect", "held"})
        CHECK(series.at("sessions").at(state).size() == size);
      CHECK(series.at("logouts").size() == 8);
      CHECK(series.at("probes").at("sent").size() == size);
    }
    CHECK(administrator.api("series").at("step") == 10);
    const auto me = administrator.api("me");
    CHECK(me.at("user") == "juliet@localhost");
    CHECK(me.at("host") == "localhost");
    CHECK(me.at("version").get<std::string>().find('.') != std::string::npos);
    CHECK(me.size() == 4);
  }

  TEST_CASE("whoever waits for a database that is away gets an answer when the module goes") {
    support::PostgresqlServer postgresql;
    auto setup = pageSetup("liveness_store = \"" + postgresql.uri(postgresql.makeDatabase()) + "\"");
    Stage stage(setup);
    stage.server.expectError("store postgresql");
    const PageVisitor administrator(stage.server);
    REQUIRE(eventually(kPatience, [&] { return administrator.get("api/v1/users").status == 200; }));
    postgresql.stop();
    std::vector<std::future<HttpResponse>> asked;
    for (int i = 0; i < 8; ++i)
      asked.push_back(std::async(std::launch::async, [&] { return administrator.get("api/v1/users"); }));
    // Nobody has more than six at once; all else is served.
    CHECK(eventually(kPatience, [&] {
      return 2 == std::count_if(asked.begin(), asked.end(), [](const auto& one) {
               return one.wait_for(0s) == std::future_status::ready;
             });
    }));
    CHECK(administrator.get("").status == 200);
    CHECK(administrator.get("api/v1/stats").status == 200);
    stage.module("reload");
    int refused = 0;
    for (auto& one : asked) {
      const auto response = one.get();
      refused += response.status == 429 ? 1 : 0;
      if (response.status == 429) continue;
      CHECK(response.status == 503);
      CHECK(errorIn(response).find("reloaded") != std::string::npos);
    }
    CHECK(refused == 2);
    postgresql.start();
    CHECK(eventually(kPatience, [&] { return administrator.get("api/v1/users").status == 200; }));
  }
}

}  // namespace liveness::e2e
