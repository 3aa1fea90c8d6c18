// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The way that the numbers really take: into a Prometheus, and from there into alerts and a dashboard.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "e2e/stage.h"
#include "support/http_client.h"
#include "support/prometheus_server.h"

namespace liveness::e2e {
namespace {

using nlohmann::json;
using support::PrometheusServer;

std::filesystem::path packaging() {
  const char* path = std::getenv("LIVENESS_PACKAGING");
  if (path == nullptr) throw Skip("LIVENESS_PACKAGING is not set: run this with `meson test --suite e2e`");
  return path;
}

ServerSetup scraped(const std::string& options) {
  auto setup = usualSetup(options);
  setup.modules = {"http_openmetrics"};
  setup.options = "statistics = \"internal\"; statistics_interval = \"manual\"";
  return setup;
}

/// PromQL for a metric of ours, of the one host there is.
std::string of(const std::string& name, const std::string& label = {}) {
  return "prosody_mod_liveness__" + name + "{host=\"localhost\"" + (label.empty() ? "" : "," + label) + "}";
}

std::set<std::string> ourNamesIn(const std::string& text) {
  static const std::regex name("prosody_mod_liveness__[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match)
    names.insert(match->str());
  return names;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// Every PromQL expression in a dashboard, with what Grafana would put in for its variables.
std::vector<std::string> expressions(const json& part) {
  std::vector<std::string> found;
  for (const auto& [key, value] : part.items()) {
    if (key == "expr") found.push_back(replaced(replaced(value, "$__rate_interval", "5s"), "$host", ".*"));
    if (value.is_structured())
      for (auto& expression : expressions(value)) found.push_back(std::move(expression));
  }
  return found;
}

}  // namespace

TEST_SUITE("e2e/prometheus") {
  TEST_CASE("Prometheus finds what the clients did, and the dashboard and the alerts find it there") {
    Stage stage(scraped("liveness_idle_timeout = 3"));
    const auto rules = packaging() / "prometheus/liveness.rules.yml";
    const PrometheusServer prometheus(stage.server.http(), rules);

    stage.user("broken")->reset();
    stage.record("connection_lost");
    stage.user("polite")->unavailable("good night");
    stage.record("logged_out");
    REQUIRE(prometheus.valueOnceIs("up", 1) == 1);  // it begins to scrape some seconds after its start
    auto silent = stage.rawUser("silent");
    REQUIRE(silent->expect("<ping"));
    CHECK(prometheus.valueOnceIs(of("sessions", "state=\"suspect\""), 1) == 1);
    CHECK(prometheus.value(of("sessions", "state=\"held\"")) == 0);
    REQUIRE(silent->expect("<connection-timeout"));
    stage.departure(stage.jid("silent"));
    stage.record("timed_out");

    for (const auto* cause : {"connection_lost", "logged_out", "timed_out"}) {
      CAPTURE(cause);
      CHECK(prometheus.valueOnceIs(of("logouts_total", "cause=\"" + std::string(cause) + "\""), 1) == 1);
    }
    CHECK(prometheus.value("sum(" + of("logouts_total") + ")") == 3);
    CHECK(prometheus.value(of("detection_seconds_count")) == 1);
    const auto detected = prometheus.value(of("detection_seconds_sum"));
    REQUIRE(detected);
    CHECK(*detected == doctest::Approx(3).epsilon(0.15));
    CHECK(prometheus.value(of("false_logouts_total")) == 0);

    const auto back = stage.user("back");
    CHECK(prometheus.valueOnceIs(of("false_logouts_total"), 1) == 1);
    CHECK(prometheus.valueOnceIs(of("sessions", "state=\"reachable\""), 2) == 2);
    CHECK(prometheus.value(of("users_available")) == 2);

    // juliet and who is back answer every one and a half seconds.
    REQUIRE(eventually(kPatience,
                       [&] { return prometheus.value(of("round_trip_seconds_count")).value_or(0) >= 3; }));
    CHECK(prometheus.value(of("round_trip_seconds_count") + " == " + of("probes_answered_total")));
    CHECK(prometheus.value(of("round_trip_seconds_bucket", "le=\"+Inf\"") + " == ignoring(le) " +
                           of("round_trip_seconds_count")));
    CHECK(prometheus.value("histogram_quantile(0.5, " + of("round_trip_seconds_bucket") + ") < 1"));
    CHECK(prometheus.value(of("tick_seconds_count") + " > 5"));
    CHECK(prometheus.value(of("tick_lateness_seconds_count") + " > 5"));

    const auto known = json::parse(prometheus.ask("label/__name__/values")).at("data");
    const std::set<std::string> names(known.begin(), known.end());
    const auto dashboard_text = support::readFile(packaging() / "grafana/liveness.json");
    const auto manual = support::readFile(packaging() / "man/mod_liveness.7");
    for (const auto& text : {dashboard_text, support::readFile(rules), manual}) {
      CHECK(ourNamesIn(text).size() >= 8);
      for (const auto& name : ourNamesIn(text)) {
        CAPTURE(name);
        CHECK(names.count(name) + names.count(name + "_bucket") == 1);
      }
    }
    const auto described = ourNamesIn(manual);
    for (const auto& name : names) {
      CAPTURE(name);
      static const std::regex part("_(bucket|sum|count)$");
      const bool ours = name.rfind("prosody_mod_liveness__", 0) == 0;
      if (ours && name.find("_created") == std::string::npos)
        CHECK(described.count(std::regex_replace(name, part, "")) == 1);
    }
    const auto asked = expressions(json::parse(dashboard_text).at("panels"));
    CHECK(asked.size() >= 20);
    for (const auto& expression : asked) {
      CAPTURE(expression);
      CHECK_FALSE(prometheus.query(expression).empty());
    }
    const auto groups = json::parse(prometheus.ask("rules")).at("data").at("groups");
    REQUIRE(groups.size() == 1);
    CHECK(groups.at(0).at("rules").size() >= 6);
    for (const auto& rule : groups.at(0).at("rules")) {
      const auto name = rule.at("name").get<std::string>();
      CAPTURE(name);
      CHECK(rule.at("health") == "ok");
      // How late ticks are is the machine's affair, which runs other tests beside this one.
      if (name != "LivenessTicksLate") CHECK(rule.at("state") == "inactive");
    }
  }

  TEST_CASE("promtool finds nothing wrong with the format but that it is the newer one") {
    support::requireProgram("promtool", "prometheus");
    Stage stage(scraped("liveness_idle_timeout = 2"));
    const auto answer = support::fetch(stage.server.http(), {"GET", "/metrics"});
    CHECK(answer.headers.at("content-type").rfind("application/openmetrics-text", 0) == 0);
    const support::TempDir folder;
    const auto file = folder.path() / "metrics";
    support::writeFile(file, answer.body);
    const auto judged = support::run({{"sh", "-c", "promtool check metrics < " + file.string()}});
    CAPTURE(judged.output);
    CHECK(judged.output.find("error while") == std::string::npos);
    // It reads the format of before OpenMetrics, where a counter's help goes by the name with its suffix.
    static const std::regex expected("^(\\S+)_(total|created) no help text$");
    std::istringstream lines(judged.output);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      if (line.find("liveness") != std::string::npos) CHECK(std::regex_match(line, expected));
    }
  }
}

}  // namespace liveness::e2e
