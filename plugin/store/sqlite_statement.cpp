// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_statement.h"

#include "store/utc_text.h"

namespace liveness::store {

namespace api = sqlite_api;

SqliteStatement::SqliteStatement(soci::session& sql, const char* text)
    : connection_(static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_) {
  const int code =
      api::sqlite3_prepare_v3(connection_, text, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void SqliteStatement::set(int at, std::string_view text) {
  const int code = text.empty() ? api::sqlite3_bind_null(statement_, at)
                                : api::sqlite3_bind_text(statement_, at, text.data(),
                                                         static_cast<int>(text.size()), nullptr);
  if (code != SQLITE_OK) fail(code);
}

void SqliteStatement::set(int at, std::int64_t number) {
  const int code = api::sqlite3_bind_int64(statement_, at, number);
  if (code != SQLITE_OK) fail(code);
}

void SqliteStatement::set(int at, UtcTime time) {
  std::string& text = times_.at(static_cast<std::size_t>(at));
  text = toUtcText(time);
  set(at, std::string_view(text));
}

int SqliteStatement::run() {
  int code = api::sqlite3_step(statement_);
  while (code == SQLITE_ROW) code = api::sqlite3_step(statement_);
  if (code != SQLITE_DONE) {
    api::sqlite3_reset(statement_);
    fail(code);
  }
  api::sqlite3_reset(statement_);
  return api::sqlite3_changes(connection_);
}

void SqliteStatement::fail(int code) const {
  throw soci::sqlite3_soci_error(api::sqlite3_errmsg(connection_), code);
}

}  // namespace liveness::store
