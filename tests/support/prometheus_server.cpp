// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/prometheus_server.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/http_client.h"
#include "support/skip.h"

namespace liveness::support {

PrometheusServer::PrometheusServer(const Endpoint& scraped, const std::filesystem::path& rules) {
  requireProgram("prometheus", "prometheus");
  const auto target = scraped.address + ":" + std::to_string(scraped.port);
  std::string config =
      "global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }\n"
      "scrape_configs: [ { job_name: prosody, static_configs: [ { targets: [ '" +
      target + "' ] } ] } ]\n";
  if (!rules.empty()) config += "rule_files: [ '" + rules.string() + "' ]\n";
  const auto config_file = dir_.path() / "prometheus.yml";
  const auto output = dir_.path() / "output";
  writeFile(config_file, config);
  process_.emplace(Command{{"prometheus", "--config.file=" + config_file.string(),
                            "--storage.tsdb.path=" + (dir_.path() / "data").string(),
                            "--web.listen-address=127.0.0.1:" + std::to_string(port_.port())},
                           output,
                           {}});
  const auto ready = eventually(kPatience, [&] {
    if (!process_->running()) return false;
    try {
      return fetch({"127.0.0.1", port_.port()}, {"GET", "/-/ready"}).status == 200;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!ready) throw std::runtime_error("Prometheus does not come up:\n" + readFile(output));
}

std::string PrometheusServer::ask(const std::string& target) const {
  return fetch({"127.0.0.1", port_.port()}, {"GET", "/api/v1/" + target}).body;
}

std::vector<PrometheusServer::Sample> PrometheusServer::query(const std::string& expression) const {
  const auto answer = nlohmann::json::parse(ask("query?query=" + percentEncode(expression)));
  if (answer.at("status") != "success")
    throw std::runtime_error(expression + ": " + answer.at("error").get<std::string>());
  std::vector<Sample> samples;
  for (const auto& series : answer.at("data").at("result"))
    samples.push_back({series.at("metric").get<std::map<std::string, std::string>>(),
                       std::stod(series.at("value").at(1).get<std::string>())});
  return samples;
}

std::optional<double> PrometheusServer::value(const std::string& expression) const {
  const auto samples = query(expression);
  return samples.size() == 1 ? std::optional(samples.front().value) : std::nullopt;
}

std::optional<double> PrometheusServer::valueOnceIs(const std::string& expression, double expected,
                                                    milliseconds deadline) const {
  std::optional<double> found;
  eventually(deadline, [&] {
    found = value(expression);
    return found == expected;
  });
  return found;
}

}  // namespace liveness::support
