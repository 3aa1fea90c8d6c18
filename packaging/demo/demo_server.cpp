// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "demo_server.h"

#include <sstream>
#include <stdexcept>
#include <utility>

#include "support/prosody_stop.h"
#include "support/temp_dir.h"

namespace liveness::demo {
namespace {

using support::NetNamespaces;

/// The first line in which Prosody says that the plugin did not load.
std::string complaintIn(const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);)
    if (line.find("\terror\t") != std::string::npos && line.find("liveness") != std::string::npos)
      return line;
  return {};
}

}  // namespace

DemoServer::DemoServer(Prepared prepared) : prepared_(std::move(prepared)) {
  if (prepared_.cable) network_.emplace();
  support::writeFile(prepared_.log, "");
  const auto output = prepared_.config.parent_path() / "output";
  support::writeFile(output, "");
  process_ = std::make_unique<support::ChildProcess>(
      support::Command{{"prosody", "--config", prepared_.config, "-F"}, output, near().network_namespace});
  const bool up = support::eventually(support::kPatience,
                                      [&] { return !process_->running() || support::isServed(near()); });
  const auto log = support::readFile(prepared_.log);
  if (!up || !process_->running())
    throw std::runtime_error("Prosody does not start:\n" + support::readFile(output) + log);
  if (const auto complaint = complaintIn(log); !complaint.empty())
    throw std::runtime_error("the plugin does not load:\n" + complaint);
}

support::Endpoint DemoServer::near() const {
  if (!network_) return {"127.0.0.1", prepared_.port, {}};
  return {NetNamespaces::kServerAddress, prepared_.port, network_->server()};
}

support::Endpoint DemoServer::far() const {
  if (!network_) return near();
  return {NetNamespaces::kServerAddress, prepared_.port, network_->client()};
}

std::string DemoServer::shell(const std::string& line) const {
  return support::run({{"prosodyctl", "--config", prepared_.config, "shell", line}, {}, {}}).output;
}

std::optional<support::StoredLastSeen> DemoServer::lastSeen(const std::string& bare_jid) const {
  return support::readLastSeen(prepared_.store, bare_jid);
}

std::optional<int> DemoServer::stop() {
  const auto running = [&] { return process_->running(); };
  const auto log = [&] { return support::readFile(prepared_.log); };
  if (!support::stopProsody(process_->pid(), running, log)) return std::nullopt;
  return process_->wait(std::chrono::milliseconds{0});
}

}  // namespace liveness::demo
