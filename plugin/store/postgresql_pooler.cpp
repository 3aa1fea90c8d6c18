// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_pooler.h"

#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>

#include "store/postgresql_errors.h"

namespace liveness::store {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{2};  // with what a pooler without a free session leaves waiting
constexpr int kRounds = 3;                    // other clients of the pooler may be in the way of one

struct Free {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};

/// False where that is not within the time.
bool waitFor(PGconn* connection, short events, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd socket{PQsocket(connection), events, 0};
  return left.count() > 0 && ::poll(&socket, 1, static_cast<int>(left.count())) > 0;
}

std::unique_ptr<PGconn, Free> connectAnother(const std::string& keywords) {
  std::unique_ptr<PGconn, Free> connection(PQconnectStart(keywords.c_str()));
  if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) return nullptr;
  const auto deadline = Clock::now() + kPatience;
  for (auto wants = PGRES_POLLING_WRITING; wants != PGRES_POLLING_OK; wants = PQconnectPoll(connection.get()))
    if (wants == PGRES_POLLING_FAILED ||
        !waitFor(connection.get(), wants == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
      return nullptr;
  return connection;
}

struct Answer {
  std::optional<int> process;  // of PostgreSQL's; nullopt: none came, or no answer
  std::string error;
};

/// Which process of PostgreSQL's answers.
Answer ask(PGconn* connection, const char* query) {
  Answer answer;
  if (PQsendQuery(connection, query) == 0) return answer;
  const auto deadline = Clock::now() + kPatience;
  for (;;) {
    while (PQisBusy(connection) != 0)
      if (!waitFor(connection, POLLIN, deadline) || PQconsumeInput(connection) == 0) return answer;
    const std::unique_ptr<PGresult, Free> result(PQgetResult(connection));
    if (!result) return answer;
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK)
      answer.process = static_cast<int>(std::strtol(PQgetvalue(result.get(), 0, 0), nullptr, 10));
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) answer.error = PQresultErrorMessage(result.get());
  }
}

DatabaseError notOurs() {
  return describeState("26000", "");  // what would come of it
}

}  // namespace

void checkSessionIsOurs(soci::session& sql, const std::string& keywords) {
  constexpr const char* kWho = "SELECT pg_catalog.pg_backend_pid()";
  auto* connection = static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
  const auto process = ask(connection, kWho).process;
  if (process == PQbackendPID(connection)) return;  // a pooler has numbers of its own

  // Somebody else comes, and stays in a transaction. Are they given our process? Or are we another one, since
  // ours was given away?
  for (int round = 0; process && round < kRounds; ++round) {
    const auto another = connectAnother(keywords);
    const Answer theirs =
        another ? ask(another.get(), "BEGIN; SELECT pg_catalog.pg_backend_pid()") : Answer{};
    if (theirs.process == process || theirs.error.find("pooling mode") != std::string::npos) throw notOurs();
    if (!theirs.process) return;  // there is no other one to be had, and ours was not given away
    const Answer ours = ask(connection, kWho);
    if (!ours.process) break;
    if (ours.process != process) throw notOurs();
  }
  if (process) return;
  throw DatabaseError(DatabaseError::Kind::away,
                      "the pooler in front of it has no session for us; raise its pool_size, or see that "
                      "PostgreSQL can be reached from it");
}

}  // namespace liveness::store
