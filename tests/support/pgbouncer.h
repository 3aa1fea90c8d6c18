// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/postgresql_server.h"
#include "support/temp_dir.h"

namespace liveness::support {

/// A real PgBouncer in front of a PostgreSQL, with a folder and a port of its own, running for as long as the
/// object lives. Throws Skip where it is not installed, std::runtime_error with its log where it does not
/// come up.
class PgBouncer {
 public:
  /// Settings of pgbouncer.ini: "pool_mode = transaction".
  PgBouncer(const PostgresqlServer& server, const std::vector<std::string>& settings);

  /// "postgresql://liveness@127.0.0.1:PORT/DATABASE": whoever comes is the role `liveness`.
  std::string uri(const std::string& database) const;

 private:
  std::string log() const { return readFile(folder_.path() / "log"); }

  TempDir folder_{"pgbouncer"};
  PortLease port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace liveness::support
