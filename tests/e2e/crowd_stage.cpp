// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/crowd_stage.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace liveness::e2e {
namespace {

constexpr const char* kTalkers[] = {"talker1", "talker2"};

std::vector<std::string> withTalkers(std::vector<std::string> names) {
  names.insert(names.end(), std::begin(kTalkers), std::end(kTalkers));
  return names;
}

}  // namespace

ServerSetup crowdSetup(const std::vector<std::string>& names, const std::string& options) {
  ServerSetup setup;
  setup.plugin_path = pluginPath();
  support::VirtualHost host;
  for (const auto& name : names) host.accounts.push_back({name});
  host.options = options;
  setup.hosts.push_back(std::move(host));
  return setup;
}

CrowdStage::CrowdStage(std::size_t users, const std::string& options, std::filesystem::path file)
    : server(crowdSetup(withTalkers(Crowd::names("user", users)), options)),
      prefix_("user"),
      users_(users),
      file_(std::move(file)),
      read_([this] { return support::readRecords(this->file()); }) {}

CrowdStage::CrowdStage(std::size_t users, const support::PostgresqlServer& postgresql,
                       const std::string& database, const std::string& options, const std::string& prefix)
    : server(crowdSetup(withTalkers(Crowd::names(prefix, users)),
                        "liveness_store = \"" + postgresql.uri(database) + "\"\n" + options)),
      prefix_(prefix),
      users_(users),
      read_([connection = postgresql.superuser(database)] {
        support::PostgresqlClient client(connection);
        return support::readRecords(client);
      }) {}

void CrowdStage::gather() {
  crowd_ = std::make_unique<Crowd>(server.c2s(), Crowd::names(prefix_, users_), seed_++, ledger);
}

void CrowdStage::slowDown() {
  crowd_->comeAtMost(7);  // and one is on the way: below the nine that are kept
  REQUIRE(eventually(kPatience, [&] { return ledger.missing(records()) == 0; }));
}

void CrowdStage::await(std::size_t logins) {
  const auto before = crowd_->logins();
  REQUIRE(eventually(kPatience, [&] { return crowd_->logins() >= before + logins; }));
}

void CrowdStage::stopServer() {
  const auto at = utcNow();
  CHECK(server.stop());
  ledger.serverEnded({at, utcNow(), at, "server_stopped"});
}

void CrowdStage::killServer(milliseconds window, milliseconds checkpoint_interval, const std::string& cause,
                            UtcMillis at) {
  server.kill();
  ledger.serverEnded({at, utcNow(), at - window, cause, checkpoint_interval});
}

void CrowdStage::goHome() {
  crowd_->goHome();
  CHECK(eventually(kPatience, [&] { return ledger.missing(records()) == 0; }));
}

StoredRecords CrowdStage::records() const {
  auto records = read_();
  const auto stranger = [this](const std::string& jid) { return jid.rfind(prefix_, 0) != 0; };
  auto& rows = records.logouts;
  rows.erase(
      std::remove_if(rows.begin(), rows.end(), [&](const auto& row) { return stranger(row.bare_jid); }),
      rows.end());
  for (auto at = records.last_seen.begin(); at != records.last_seen.end();)
    at = stranger(at->first) ? records.last_seen.erase(at) : std::next(at);
  return records;
}

void CrowdStage::judge() const {
  for (const auto& complaint : ledger.judge(records())) FAIL_CHECK(complaint);
}

std::vector<std::string> CrowdStage::storeLines() const {
  std::vector<std::string> found;
  std::istringstream lines(server.log());
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\tstore ") == std::string::npos) continue;
    if (line.find("\tinfo\t") == std::string::npos || line.find("works again") != std::string::npos)
      found.push_back(line);
  }
  return found;
}

}  // namespace liveness::e2e
