// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/postgresql_client.h"

#include <stdexcept>

namespace liveness::support {

PostgresqlClient::PostgresqlClient(const std::string& connection)
    : connection_(PQconnectdb(connection.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  execute("SET search_path = liveness, public");
}

std::unique_ptr<PGresult, PostgresqlClient::Finish> PostgresqlClient::run(const std::string& sql) {
  std::unique_ptr<PGresult, Finish> result(PQexec(connection_.get(), sql.c_str()));
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection_.get()));
  return result;
}

void PostgresqlClient::execute(const std::string& sql) {
  run(sql);
}

std::string PostgresqlClient::ask(const std::string& sql) {
  const auto result = run(sql);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) == 0) return "";
  return PQgetvalue(result.get(), 0, 0);
}

std::vector<std::vector<std::string>> PostgresqlClient::rows(const std::string& sql) {
  const auto result = run(sql);
  std::vector<std::vector<std::string>> found;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& cells = found.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column)
      cells.emplace_back(PQgetvalue(result.get(), row, column));
  }
  return found;
}

}  // namespace liveness::support
