// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <map>
#include <sstream>

#include "e2e/stage.h"
#include "support/http_client.h"

namespace liveness::e2e {
namespace {

/// Two hosts with the same accounts; what Prosody collects is collected when somebody looks.
ServerSetup counted(const std::string& statistics, const std::string& options = {}) {
  auto setup = usualSetup(options);
  setup.hosts.push_back({"second.example", {{"benvolio"}}});
  setup.modules = {"http_openmetrics"};
  setup.options = statistics;
  return setup;
}

constexpr const char* kManual = "statistics = \"internal\"; statistics_interval = \"manual\"";

/// What is of this plugin, by name and labels as they are written; names without Prosody's prefix.
std::map<std::string, double> scrape(const ProsodyServer& server) {
  const auto answer = support::fetch(server.http(), {"GET", "/metrics"});
  REQUIRE(answer.status == 200);
  std::map<std::string, double> samples;
  std::istringstream lines(answer.body);
  const std::string prefix = "prosody_mod_liveness__";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(prefix, 0) != 0) continue;
    const auto space = line.rfind(' ');
    const auto name = line.substr(prefix.size(), space - prefix.size());
    CAPTURE(line);
    CHECK(samples.emplace(name, std::stod(line.substr(space + 1))).second);
  }
  return samples;
}

/// Of the first host, of the first host with a label more, and of the other.
std::string here(const std::string& name, const std::string& label = {}) {
  return name + "{host=\"localhost\"" + (label.empty() ? "" : "," + label) + "}";
}
std::string there(const std::string& name, const std::string& label = {}) {
  return name + "{host=\"second.example\"" + (label.empty() ? "" : "," + label) + "}";
}

}  // namespace

TEST_SUITE("e2e/metrics") {
  TEST_CASE("the metrics count what clients did, for each host") {
    Stage stage(counted(kManual, "liveness_idle_timeout = 8"));
    XmppClient elsewhere(stage.server.c2s(), {"benvolio", "home", "second.example"});
    elsewhere.available();
    REQUIRE(elsewhere.roundTrip());
    auto user = stage.user();
    user->reset();
    stage.record("connection_lost");
    auto silent = stage.rawUser("silent");
    REQUIRE(silent->expect("<ping"));
    std::map<std::string, double> now;
    CHECK(eventually(kPatience, [&] {  // the onlooker may have been asked at this very moment
      now = scrape(stage.server);
      return now.at(here("sessions", "state=\"suspect\"")) == 1 &&
             now.at(here("sessions", "state=\"reachable\"")) == 1;
    }));
    CHECK(now.at(here("sessions", "state=\"held\"")) == 0);
    CHECK(now.at(there("sessions", "state=\"reachable\"")) == 1);
    CHECK(now.at(here("users_available")) == 2);
    CHECK(now.at(here("logouts_total", "cause=\"connection_lost\"")) == 1);
    CHECK(now.at(here("logouts_total", "cause=\"timed_out\"")) == 0);

    REQUIRE(silent->expect("<connection-timeout"));
    stage.record("timed_out");
    REQUIRE(eventually(kPatience, [&] {
      now = scrape(stage.server);
      return now.at(here("round_trip_seconds_count")) > 0;
    }));
    CHECK(now.at(here("logouts_total", "cause=\"timed_out\"")) == 1);
    CHECK(now.at(here("sessions_opened_total")) == 3);
    CHECK(now.at(here("probes_answered_total")) == now.at(here("round_trip_seconds_count")));
    CHECK(now.at(here("probes_sent_total")) >= now.at(here("probes_answered_total")) + 2);
    CHECK(now.at(here("store_errors_total")) == 0);
    CHECK(now.at(here("store_queue")) == 0);
    CHECK(now.at(there("logouts_total", "cause=\"timed_out\"")) == 0);
  }

  TEST_CASE("a histogram's buckets hold those before them, and add up") {
    Stage stage(counted(kManual, "liveness_idle_timeout = 2"));
    std::map<std::string, double> now;
    REQUIRE(eventually(kPatience, [&] {
      now = scrape(stage.server);
      return now.at(here("round_trip_seconds_count")) >= 3;
    }));
    double before = 0;
    for (const auto* bound :
         {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "15", "60", "+Inf"}) {
      CAPTURE(bound);
      const double so_far = now.at(here("round_trip_seconds_bucket", "le=\"" + std::string(bound) + "\""));
      CHECK(so_far >= before);
      before = so_far;
    }
    CHECK(before == now.at(here("round_trip_seconds_count")));
    CHECK(now.at(here("round_trip_seconds_sum")) > 0);
    CHECK(now.at(here("round_trip_seconds_sum")) < 8);
  }

  TEST_CASE("a reload sets no counter back, and an unload leaves no series behind") {
    Stage stage(counted(kManual));
    stage.user()->reset();
    stage.record("connection_lost");
    auto before = scrape(stage.server);
    stage.module("reload");
    const auto after = scrape(stage.server);
    for (const auto& was : before) {
      const auto& [series, value] = was;
      CAPTURE(was.first);
      REQUIRE(after.count(series) == 1);
      if (series.find("_created") == std::string::npos)
        CHECK(after.at(series) >= value);
      else
        CHECK(after.at(series) == value);
    }
    CHECK(after.at(here("logouts_total", "cause=\"connection_lost\"")) == 1);

    stage.module("unload");
    const auto left = scrape(stage.server);
    CHECK(left.size() == before.size() / 2);
    for (const auto& [series, value] : left) CHECK(series.find("localhost") == std::string::npos);
    stage.server.shell(R"(module:unload("liveness", "second.example"))");
    CHECK(scrape(stage.server).empty());
    CHECK(support::fetch(stage.server.http(), {"GET", "/metrics"}).body.find("liveness") ==
          std::string::npos);

    stage.module("load");
    const auto anew = scrape(stage.server);
    CHECK(anew.at(here("logouts_total", "cause=\"connection_lost\"")) == 0);
    CHECK(anew.at(here("logouts_created", "cause=\"connection_lost\"")) >
          before.at(here("logouts_created", "cause=\"connection_lost\"")));
  }

  TEST_CASE("a server that keeps no statistics, or sends them elsewhere, serves as ever") {
    std::string statistics;
    SUBCASE("none") {}
    SUBCASE("statsd") {
      statistics = "statistics = \"statsd\"; statistics_config = { statsd_server = \"127.0.0.1\" }";
    }
    Stage stage(counted(statistics));
    const auto answer = support::fetch(stage.server.http(), {"GET", "/metrics"});
    CHECK(answer.status == (statistics.empty() ? 404 : 200));
    stage.user()->reset();
    stage.record("connection_lost");
    CHECK(stage.module("reload").find("OK") != std::string::npos);
    CHECK(stage.server.stop());
  }

  TEST_CASE("statistics that are collected by the clock are ours too, to the server's end") {
    Stage stage(counted("statistics = \"internal\"; statistics_interval = 1"));
    stage.user()->reset();
    stage.record("connection_lost");
    CHECK(eventually(
        5s, [&] { return scrape(stage.server)[here("logouts_total", "cause=\"connection_lost\"")] == 1; }));
    CHECK(stage.server.stop());
  }
}

}  // namespace liveness::e2e
