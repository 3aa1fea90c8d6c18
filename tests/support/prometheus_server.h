// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/tcp_socket.h"
#include "support/temp_dir.h"

namespace liveness::support {

/// A real Prometheus with a folder and a port of its own, which scrapes one server's /metrics each half
/// second, from at most five seconds after its start on. Throws Skip where Prometheus is not installed,
/// std::runtime_error with its output where it does not come up.
class PrometheusServer {
 public:
  struct Sample {
    std::map<std::string, std::string> labels;
    double value = 0;
  };

  /// `rules` is a file of alert rules to evaluate, each half second too; empty: none.
  explicit PrometheusServer(const Endpoint& scraped, const std::filesystem::path& rules = {});

  /// What a PromQL expression is now, each series a sample. Throws std::runtime_error with Prometheus' own
  /// words for one that it does not understand.
  std::vector<Sample> query(const std::string& expression) const;

  /// Of an expression that has one series: its value. nullopt: it has none, or several.
  std::optional<double> value(const std::string& expression) const;

  /// Waits until an expression has one series, of this value. What it was last is returned either way.
  std::optional<double> valueOnceIs(const std::string& expression, double expected,
                                    milliseconds deadline = kPatience) const;

  /// The answer of its HTTP API at a target below /api/v1/, as JSON text.
  std::string ask(const std::string& target) const;

 private:
  TempDir dir_{"lp"};
  PortLease port_;
  std::optional<ChildProcess> process_;
};

}  // namespace liveness::support
