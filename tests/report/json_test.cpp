// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "report/made_up_sessions.h"
#include "report/words.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/json");

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json sessionObject(const SessionInfo& info) {
  return json::parse(report::sessionJson(kMadeUpNow, info, {}, {}))["session"];
}

std::vector<std::string> keys(const json& object) {
  std::vector<std::string> all;
  for (const auto& [key, value] : object.items()) all.push_back(key);
  return all;
}

LastSeen lastSeen() {
  LastSeen seen;
  seen.bare_jid = "romeo@localhost";
  seen.last_heard = kMadeUpNow - 1h;
  seen.logged_out_at = kMadeUpNow - 54min;
  seen.cause = Cause::timed_out;
  seen.evidence = Evidence::network_gone;
  seen.resource = "phone";
  seen.status = "at \"home\"";
  return seen;
}

}  // namespace

TEST_CASE("a reachable session is told in full") {
  SessionInfo info = madeUpSession();
  info.id = {7, 3};
  info.round_trip = 12345us;
  info.probes_sent = 4;
  info.presence->show = Show::dnd;
  info.presence->priority = -5;
  info.presence->status = "\"</script>\n";
  info.managed = true;
  info.next_in = 145250ms;
  const json o = sessionObject(info);
  CHECK(o["id"] == "12884901895");
  CHECK(o["jid"] == "romeo@localhost/phone");
  CHECK(o["user"] == "romeo@localhost");
  CHECK(o["resource"] == "phone");
  CHECK(o["state"] == "reachable");
  CHECK(o["state_since"] == "2026-11-23T03:40:00.123Z");
  CHECK(o["transport"] == "tcp");
  CHECK(o["opened_at"] == "2026-11-23T03:40:00.123Z");
  CHECK(o["last_heard_at"] == "2026-11-23T04:39:25.123Z");
  CHECK(o["silence"] == 35.0);
  CHECK(o["probes_unanswered"] == 0);
  CHECK(o["probes_sent"] == 4);
  CHECK(o["round_trip"] == doctest::Approx(0.012345));
  CHECK(o["available"] == true);
  CHECK(o["show"] == "dnd");
  CHECK(o["status"] == "\"</script>\n");
  CHECK(o["priority"] == -5);
  CHECK(o["managed"] == true);
  CHECK(o["resumable"] == false);
  CHECK(o["inactive"] == false);
  CHECK(o["doubted"] == false);
  CHECK(o["idle_timeout"] == 360.0);
  CHECK(o["held_because"] == nullptr);
  CHECK(o["shown"] == nullptr);
  CHECK(o["next"] == "probe");
  CHECK(o["next_in"] == 145.25);
  CHECK(o.size() == 26);
}

TEST_CASE(
    "a held session that is not available, and of which nothing is to come, is told with nothing made up") {
  SessionInfo info = madeUpSession("localhost");
  info.state = SessionState::held;
  info.held_because = Cause::timed_out;
  info.shown = HeldView{true, info.last_heard};
  info.presence.reset();
  info.next = Next::nothing;
  const json o = sessionObject(info);
  CHECK(o["state"] == "held");
  CHECK(o["held_because"] == "timed_out");
  CHECK(o["shown"] == "away");
  CHECK(o["resource"] == "");
  CHECK(o["available"] == false);
  CHECK(o["show"] == "");
  CHECK(o["status"] == "");
  CHECK(o["priority"] == 0);
  CHECK(o["round_trip"] == nullptr);
  CHECK(o["next"] == "nothing");
  CHECK(o["next_in"] == nullptr);
  info.shown->available = false;
  CHECK(sessionObject(info)["shown"] == "unavailable");
}

TEST_CASE("one session's document has its reasons and its timeline") {
  using Kind = SessionEvent::Kind;
  const json o = json::parse(
      report::sessionJson(kMadeUpNow, madeUpSession(), {"one", "two"},
                          {{kMadeUpNow - 60s, Kind::probed, 0},
                           {kMadeUpNow - 59s, Kind::answered, 250000},
                           {kMadeUpNow - 30s, Kind::answered, 0},
                           {kMadeUpNow - 20s, Kind::held, static_cast<std::int64_t>(Cause::timed_out)},
                           {kMadeUpNow - 10s, Kind::resumed, 0},
                           {kMadeUpNow, Kind::closed, static_cast<std::int64_t>(Cause::logged_out)}}));
  CHECK(o["now"] == "2026-11-23T04:40:00.123Z");
  CHECK(o["why"] == json::parse(R"(["one", "two"])"));
  CHECK(o["timeline"] == json::parse(R"([
      {"at": "2026-11-23T04:39:00.123Z", "event": "probed"},
      {"at": "2026-11-23T04:39:01.123Z", "event": "answered", "round_trip": 0.25},
      {"at": "2026-11-23T04:39:30.123Z", "event": "answered"},
      {"at": "2026-11-23T04:39:40.123Z", "event": "held", "cause": "timed_out"},
      {"at": "2026-11-23T04:39:50.123Z", "event": "resumed"},
      {"at": "2026-11-23T04:40:00.123Z", "event": "closed", "cause": "logged_out"}])"));
}

TEST_CASE("a session that is gone has a timeline only") {
  const json o = json::parse(
      report::sessionJson(kMadeUpNow, std::nullopt, {}, {{kMadeUpNow, SessionEvent::Kind::opened, 0}}));
  CHECK(o["session"] == nullptr);
  CHECK(o["why"] == json::array());
  CHECK(o["timeline"].size() == 1);
}

TEST_CASE("users who are not here are listed with how they went") {
  UsersQuestion question;
  question.offset = 50;
  question.limit = 25;
  const json o = json::parse(report::usersJson(kMadeUpNow, question, {1234, {lastSeen()}}));
  CHECK(o == json::parse(R"({"now": "2026-11-23T04:40:00.123Z", "matched": 1234, "offset": 50, "limit": 25,
      "users": [{"jid": "romeo@localhost", "last_heard_at": "2026-11-23T03:40:00.123Z",
                 "logged_out_at": "2026-11-23T03:46:00.123Z", "cause": "timed_out",
                 "evidence": "network_gone", "resource": "phone", "status": "at \"home\""}]})"));
}

TEST_CASE("one user's document has what contacts see, the last logout and those before") {
  UserInfo here;
  here.available = 2;
  here.held = 2;
  here.hidden = 1;
  LastSeen older = lastSeen();
  older.cause = Cause::logged_out;
  older.evidence = Evidence::none;
  const json o =
      json::parse(report::userJson(kMadeUpNow, "romeo@localhost", here, lastSeen(), {lastSeen(), older}));
  CHECK(o["jid"] == "romeo@localhost");
  CHECK(o["online"] == true);
  CHECK(o["available"] == 2);
  CHECK(o["held"] == 2);
  CHECK(o["hidden"] == 1);
  CHECK(o["last_heard_at"] == nullptr);
  CHECK(o["last_seen"]["cause"] == "timed_out");
  CHECK(o["history"].size() == 2);
  CHECK(o["history"][1]["cause"] == "logged_out");
  CHECK(o["history"][1]["evidence"] == "");
  const json never =
      json::parse(report::userJson(kMadeUpNow, "nobody@localhost", UserInfo{}, std::nullopt, {}));
  CHECK(never["last_seen"] == nullptr);
  CHECK(never["history"] == json::array());
  CHECK(never["online"] == false);

  UserInfo held;
  held.held = held.hidden = 1;
  held.away = HeldAway{kMadeUpNow, "", "", kMadeUpNow};
  const json hidden = json::parse(report::userJson(kMadeUpNow, "romeo@localhost", held, std::nullopt, {}));
  CHECK(hidden["online"] == false);
  CHECK(hidden["hidden"] == 1);
  CHECK(hidden["last_heard_at"] == report::utcExactly(kMadeUpNow));
}

TEST_CASE("statistics name every counter, and histograms have a count more than bounds") {
  Plugin::Stats stats;
  stats.sessions = {10, 2, 1};
  stats.logouts[static_cast<std::size_t>(Cause::replaced)] = 4;
  stats.round_trips[0] = 5;
  stats.round_trips.back() = 1;
  stats.round_trips_sum = 61s;
  stats.detections[3] = 2;
  stats.detections_sum = 14500ms;
  stats.false_logouts = 1;
  stats.store.records_waiting = 9;
  report::TickMeter ticks;
  ticks.began(madeUpNow().monotonic);
  ticks.ended(madeUpNow().monotonic + 3ms, 1s);
  const json o = json::parse(report::statsJson(kMadeUpNow, stats, ticks));
  CHECK(keys(o).size() == 20);
  CHECK(o["sessions"] == json::parse(R"({"reachable": 10, "suspect": 2, "held": 1})"));
  CHECK(o["logouts"].size() == kCauses);
  CHECK(o["logouts"]["replaced"] == 4);
  CHECK(o["false_logouts"] == 1);
  CHECK(o["round_trips"]["bounds"][0] == 0.005);
  CHECK(o["round_trips"]["counts"][0] == 5);
  CHECK(o["round_trips"]["counts"].back() == 1);
  CHECK(o["round_trips"]["sum"] == 61.0);
  CHECK(o["detections"]["counts"][3] == 2);
  CHECK(o["detections"]["sum"] == 14.5);
  CHECK(o["ticks_took"]["sum"] == 0.003);
  CHECK(o["store"]["records_waiting"] == 9);
  for (const char* name : {"round_trips", "detections", "ticks_took", "ticks_late_by"})
    CHECK(o[name]["counts"].size() == o[name]["bounds"].size() + 1);
}

TEST_CASE("a series has one value for each of its times") {
  report::SampleRing ring(10s, 1h);
  Plugin::Stats stats;
  for (int n = 0; n < 3; ++n) {
    stats.sessions[1] = static_cast<std::uint64_t>(n);
    stats.probes_saved += 7;
    stats.logouts[static_cast<std::size_t>(Cause::kicked)] += 2;
    stats.round_trips[4] += 1;
    Now now = madeUpNow();
    now.utc += 10s * n;
    ring.add(now, stats);
  }
  const json o = json::parse(report::seriesJson(kMadeUpNow + 30s, ring));
  CHECK(o["now"] == "2026-11-23T04:40:30.123Z");
  CHECK(o["step"] == 10);
  CHECK(o["at"] == json::parse(R"(["2026-11-23T04:40:00.123Z", "2026-11-23T04:40:10.123Z",
                                   "2026-11-23T04:40:20.123Z"])"));
  CHECK(keys(o["sessions"]) == std::vector<std::string>{"held", "reachable", "suspect"});
  CHECK(o["sessions"]["suspect"] == json::parse("[0, 1, 2]"));
  CHECK(o["logouts"].size() == kCauses);
  CHECK(o["logouts"]["kicked"] == json::parse("[2, 2, 2]"));
  CHECK(o["logouts"]["timed_out"] == json::parse("[0, 0, 0]"));
  CHECK(o["probes"]["saved"] == json::parse("[7, 7, 7]"));
  CHECK(keys(o["probes"]) == std::vector<std::string>{"answered", "saved", "sent"});
  CHECK(o["round_trips"]["counts"][4] == 3);
  CHECK(o["round_trips"]["counts"].size() == o["round_trips"]["bounds"].size() + 1);
  const json none = json::parse(report::seriesJson(kMadeUpNow, report::SampleRing(10s, 1h)));
  CHECK(none["at"] == json::array());
  CHECK(none["sessions"]["held"] == json::array());
}

TEST_CASE("bytes that are no UTF-8 are replaced, in every document") {
  const std::string bad = "a\xff\xc0\xafz";
  SessionInfo info = madeUpSession("x" + bad + "@localhost/" + bad);
  info.presence->status = bad;
  CHECK(sessionObject(info)["status"] == "a\uFFFD\uFFFD\uFFFDz");
  LastSeen seen = lastSeen();
  seen.status = seen.resource = seen.bare_jid = bad;
  CHECK(json::parse(report::usersJson(kMadeUpNow, {}, {1, {seen}}))["users"][0]["jid"] ==
        "a\uFFFD\uFFFD\uFFFDz");
  CHECK(json::accept(report::userJson(kMadeUpNow, bad, UserInfo{}, seen, {seen})));
  CHECK(json::accept(report::sessionJson(kMadeUpNow, info, {bad}, {})));
}

TEST_CASE("times are told to the millisecond, whatever the calendar") {
  const auto exactly = [](std::int64_t ms) {
    return report::utcExactly(UtcTime{std::chrono::milliseconds{ms}});
  };
  CHECK(exactly(0) == "1970-01-01T00:00:00.000Z");
  CHECK(exactly(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(exactly(951782400000) == "2000-02-29T00:00:00.000Z");
  CHECK(exactly(951868799999) == "2000-02-29T23:59:59.999Z");
  CHECK(exactly(4107542400000) == "2100-03-01T00:00:00.000Z");
  CHECK(exactly(1795408800123) == "2026-11-23T04:40:00.123Z");
  CHECK(exactly(253402300799999) == "9999-12-31T23:59:59.999Z");
  CHECK(exactly(253402300800000) == "9999-12-31T23:59:59.999Z");
  // Against the C library, over four centuries in steps that are no whole number of anything.
  for (std::int64_t s = -5'000'000'000; s < 8'000'000'000; s += 12'345'678) {
    const std::string text = exactly(s * 1000);
    CHECK(text.substr(0, 10) + " " + text.substr(11, 8) + " UTC" ==
          report::utc(UtcTime{std::chrono::seconds{s}}));
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
