// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

namespace liveness::support {

/// An operator with PostgreSQL's own library in hand, who looks into the schema `liveness` first. Throws
/// std::runtime_error where PostgreSQL says no.
class PostgresqlClient {
 public:
  /// Keywords or a URI, as libpq takes them.
  explicit PostgresqlClient(const std::string& connection);

  /// One or more statements.
  void execute(const std::string& sql);

  /// The first column of the first row; "" where there is none.
  std::string ask(const std::string& sql);

  /// All rows; NULL is "".
  std::vector<std::vector<std::string>> rows(const std::string& sql);

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  std::unique_ptr<PGresult, Finish> run(const std::string& sql);

  std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace liveness::support
