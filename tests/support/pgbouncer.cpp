// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/pgbouncer.h"

#include <filesystem>
#include <stdexcept>

#include "support/postgresql_client.h"
#include "support/skip.h"

namespace liveness::support {
namespace {

constexpr const char* kProgram = "/usr/sbin/pgbouncer";  // not on everybody's PATH

}  // namespace

PgBouncer::PgBouncer(const PostgresqlServer& server, const std::vector<std::string>& settings) {
  if (!std::filesystem::exists(kProgram)) throw Skip("PgBouncer is not installed: apt-get install pgbouncer");
  std::string config =
      "[databases]\n* = host=127.0.0.1 port=" + std::to_string(server.port()) + " user=liveness password='" +
      PostgresqlServer::kPassword +
      "'\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(port_.port()) +
      "\nunix_socket_dir =\nauth_type = any\n";
  for (const auto& setting : settings) config += setting + '\n';
  const auto file = folder_.path() / "pgbouncer.ini";
  writeFile(file, config);
  for (const auto& mine : {folder_.path(), file}) PostgresqlServer::giveAway(mine);

  Command command{};
  command.arguments = PostgresqlServer::asUnprivileged({kProgram, file.string()});
  command.output = folder_.path() / "log";
  process_ = std::make_unique<ChildProcess>(command);
  const bool ready = eventually(kPatience, [&] {
    if (!process_->running()) throw std::runtime_error("PgBouncer does not start:\n" + log());
    try {
      return PostgresqlClient(uri("postgres")).ask("SELECT 1") == "1";
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!ready) throw std::runtime_error("PgBouncer does not come up:\n" + log());
}

std::string PgBouncer::uri(const std::string& database) const {
  return "postgresql://liveness@127.0.0.1:" + std::to_string(port_.port()) + '/' + database;
}

}  // namespace liveness::support
