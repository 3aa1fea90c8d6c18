// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_database.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/socket.h>

#include <utility>

#include "store/news.h"
#include "store/postgresql_errors.h"
#include "store/postgresql_name.h"
#include "store/postgresql_pooler.h"
#include "store/postgresql_questions.h"
#include "store/postgresql_runs.h"
#include "store/postgresql_schema.h"
#include "store/postgresql_session.h"
#include "store/postgresql_transaction.h"
#include "store/postgresql_writing.h"
#include "store/rows.h"
#include "store/sql_questions.h"

namespace liveness::store {

namespace {

/// How often a transaction is tried again that another server's was in the way of.
constexpr int kAttempts = 3;

}  // namespace

/// What lives from open() to close(). Its prepared statements are the server's connection's, so they go with
/// it.
class PostgresqlDatabase::Connection {
 public:
  void connect(const std::string& keywords) { store::connect(sql_, keywords); }

  void prepare(const std::string& keywords, Access access) {
    checkSessionIsOurs(sql_, keywords);
    setUp(sql_, access);
    if (access == Access::read) {
      postgresql::checkSchemaIsNew(sql_);
      return;
    }
    postgresql::migrate(sql_);
    writing_ = std::make_unique<postgresql::Writing>(sql_);
  }

  soci::session& sql() noexcept { return sql_; }
  int socket() { return PQsocket(static_cast<soci::postgresql_session_backend*>(sql_.get_backend())->conn_); }

  std::uint64_t write(const Run& run, const Batch& batch) {
    if (!writing_) writing_ = std::make_unique<postgresql::Writing>(sql_);
    try {
      postgresql::Transaction transaction(sql_);
      const auto beats = writing_->write(run, batch);
      transaction.commit();
      return beats;
    } catch (const soci::soci_error&) {
      writing_.reset();  // a statement that failed keeps what it was given until its end, and loses it at its
                         // next
      throw;
    }
  }

 private:
  soci::session sql_;
  std::unique_ptr<postgresql::Writing> writing_;
};

PostgresqlDatabase::PostgresqlDatabase(PostgresqlTarget target) : target_(std::move(target)) {}
PostgresqlDatabase::~PostgresqlDatabase() = default;

void PostgresqlDatabase::open() {
  connect(Access::write);
}

void PostgresqlDatabase::openToRead() {
  connect(Access::read);
}

void PostgresqlDatabase::connect(Access access) {
  close();
  connection_ = std::make_unique<Connection>();
  try {
    connection_->connect(target_.keywords);
    {
      const std::lock_guard lock(interrupting_);
      socket_ = connection_->socket();
    }
    connection_->prepare(target_.keywords, access);
  } catch (const soci::soci_error& e) {
    close();
    throw describePostgresql(e);
  } catch (...) {
    close();
    throw;
  }
}

void PostgresqlDatabase::close() noexcept {
  {
    const std::lock_guard lock(interrupting_);
    socket_ = -1;
  }
  connection_.reset();
}

void PostgresqlDatabase::interrupt() noexcept {
  const std::lock_guard lock(interrupting_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

template <class What>
auto PostgresqlDatabase::with(What what) {
  for (int attempt = 1;; ++attempt) {
    try {
      return what(*connection_);
    } catch (const soci::soci_error& e) {
      if (attempt == kAttempts || !wasInTheWay(e)) throw describePostgresql(e);
    }
  }
}

bool PostgresqlDatabase::takeName(const Run& run) {
  return with([&](Connection& c) {
    if (const int taken_by = postgresql::takeName(c.sql(), run)) {
      name_taken_by_ = taken_by;
      return true;
    }
    // A connection of our own that was cut off, and that the server has not noticed yet.
    if (name_taken_by_ != 0) postgresql::freeName(c.sql(), run, name_taken_by_);
    return false;
  });
}

void PostgresqlDatabase::freeName(const Run& run) {
  with([&](Connection& c) { postgresql::freeName(c.sql(), run, 0); });
}

std::uint64_t PostgresqlDatabase::beginRun(const Run& run, UtcTime now) {
  return with([&](Connection& c) { return postgresql::beginRun(c.sql(), run, now); });
}

std::uint64_t PostgresqlDatabase::write(const Run& run, const Batch& batch) {
  return with([&](Connection& c) { return c.write(run, batch); });
}

std::vector<Run> PostgresqlDatabase::runs() {
  return with([&](Connection& c) { return store::runs(c.sql(), postgresql::kPostgresql); });
}

std::size_t PostgresqlDatabase::recover(const Run& dead, std::int64_t taker, UtcTime now, std::size_t limit,
                                        bool keep_history) {
  return with(
      [&](Connection& c) { return postgresql::recover(c.sql(), dead, taker, now, limit, keep_history); });
}

void PostgresqlDatabase::endRun(const Run& run) {
  with([&](Connection& c) { postgresql::endRun(c.sql(), run); });
}

Database::Purged PostgresqlDatabase::purge(UtcTime from, UtcTime before, std::size_t limit) {
  return with([&](Connection& c) { return postgresql::purge(c.sql(), from, before, limit); });
}

std::optional<LastSeen> PostgresqlDatabase::find(const std::string& bare_jid) {
  if (!canBeOnRecord(bare_jid)) return std::nullopt;
  return with([&](Connection& c) { return store::find(c.sql(), postgresql::kPostgresql, bare_jid); });
}

std::vector<LastSeen> PostgresqlDatabase::history(const std::string& bare_jid, std::size_t limit) {
  if (!canBeOnRecord(bare_jid)) return {};
  return with(
      [&](Connection& c) { return store::history(c.sql(), postgresql::kPostgresql, bare_jid, limit); });
}

Store::Inactive PostgresqlDatabase::inactive(const std::string& domain, UtcTime before, std::size_t limit) {
  if (!canBeOnRecord(domain)) return {};
  return with([&](Connection& c) {
    return store::inactive(c.sql(), postgresql::kPostgresql, domain, before, limit);
  });
}

std::vector<std::uint64_t> PostgresqlDatabase::active(const std::string& domain,
                                                      const std::vector<UtcTime>& since) {
  if (!canBeOnRecord(domain)) return std::vector<std::uint64_t>(since.size(), 0);
  return with([&](Connection& c) { return store::active(c.sql(), postgresql::kPostgresql, domain, since); });
}

std::vector<std::string> PostgresqlDatabase::unknown(const std::vector<std::string>& bare_jids) {
  return with([&](Connection& c) { return postgresql::unknown(c.sql(), bare_jids); });
}

FoundUsers PostgresqlDatabase::users(const std::string& domain, const UsersQuestion& question) {
  if (!canBeOnRecord(domain) || !canBeOnRecord(question.text)) return {};
  return with(
      [&](Connection& c) { return store::users(c.sql(), postgresql::kPostgresql, domain, question); });
}

}  // namespace liveness::store
