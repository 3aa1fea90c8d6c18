// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_questions.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <new>
#include <string_view>
#include <unordered_set>

#include "core/folded_text.h"
#include "store/utc_text.h"

namespace liveness::store {

namespace {

namespace api = sqlite_api;

std::string_view textOf(api::sqlite3_value* value) noexcept {
  const auto* text = reinterpret_cast<const char*>(api::sqlite3_value_text(value));  // before its length
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(api::sqlite3_value_bytes(value))};
}

/// holds(text, part): whether the text, folded, has this in it. No part is in NULL.
void holds(api::sqlite3_context* context, int, api::sqlite3_value** arguments) noexcept {
  try {
    auto& text = *static_cast<std::string*>(api::sqlite3_user_data(context));
    core::fold(textOf(arguments[0]), text);
    const bool has = text.find(textOf(arguments[1])) != std::string::npos;
    api::sqlite3_result_int(context, has ? 1 : 0);
  } catch (const std::bad_alloc&) {
    api::sqlite3_result_error_nomem(context);
  }
}

void drop(void* text) noexcept {
  delete static_cast<std::string*>(text);
}

}  // namespace

void addSearch(soci::session& sql) {
  auto* connection = static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
  auto* text = new std::string;  // reused from row to row; SQLite drops it, also where this fails
  const int failed = api::sqlite3_create_function_v2(
      connection, "holds", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, text, holds, nullptr, nullptr, drop);
  if (failed != SQLITE_OK) throw soci::sqlite3_soci_error(api::sqlite3_errmsg(connection), failed);
}

// A list once, instead of a look for each: online_users has no index by user.
const Dialect kSqlite{"BEGIN",
                      "substr(bare_jid, -length(:suffix)) = :suffix",
                      "bare_jid NOT IN (SELECT bare_jid FROM online_users)",
                      ":moment",
                      "(holds(bare_jid, :text) OR holds(status, :text))",
                      "",
                      core::folded,
                      toUtcText,
                      fromUtcText};

std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids) {
  std::vector<std::string> found;
  std::string name;
  int known = 0;
  soci::statement seen = (sql.prepare << "SELECT count(*) FROM last_seen WHERE bare_jid = :name",
                          soci::use(name, "name"), soci::into(known));
  for (const std::string& user : bare_jids) {
    name = user;
    seen.execute(true);
    if (known == 0) found.push_back(user);
  }
  if (found.empty()) return found;

  std::unordered_set<std::string> unseen(found.begin(), found.end());
  soci::statement all = (sql.prepare << "SELECT bare_jid FROM online_users", soci::into(name));
  for (all.execute(); all.fetch();) unseen.erase(name);
  std::vector<std::string> never;
  for (std::string& user : found)
    if (unseen.count(user) != 0) never.push_back(std::move(user));
  return never;
}

}  // namespace liveness::store
