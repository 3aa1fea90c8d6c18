// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_functions.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/folded_text.h"

namespace liveness::store {

namespace {

namespace api = sqlite_api;

std::string_view textOf(api::sqlite3_value* value) noexcept {
  const auto* text = reinterpret_cast<const char*>(api::sqlite3_value_text(value));  // before its length
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(api::sqlite3_value_bytes(value))};
}

template <class Object>
void drop(void* object) noexcept {
  delete static_cast<Object*>(object);
}

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

/// The users of kHere, for one statement.
class Here {
 public:
  /// SQLite's code for what went wrong.
  int read(api::sqlite3* connection) {
    api::sqlite3_stmt* all = nullptr;
    int code = api::sqlite3_prepare_v2(connection, kHere, -1, &all, nullptr);
    const std::unique_ptr<api::sqlite3_stmt, int (*)(api::sqlite3_stmt*)> closed(all, api::sqlite3_finalize);
    if (code != SQLITE_OK) return code;
    while ((code = api::sqlite3_step(all)) == SQLITE_ROW)
      users_.emplace(reinterpret_cast<const char*>(api::sqlite3_column_text(all, 0)),
                     static_cast<std::size_t>(api::sqlite3_column_bytes(all, 0)));
    return code == SQLITE_DONE ? SQLITE_OK : code;
  }

  bool has(std::string_view user) {
    asked_ = user;
    return users_.count(asked_) != 0;
  }

 private:
  std::unordered_set<std::string> users_;
  std::string asked_;  // its memory is reused
};

void isHere(api::sqlite3_context* context, int, api::sqlite3_value** arguments) noexcept {
  constexpr int kOnce = 1;  // the argument that is constant: SQLite keeps for the statement what goes with it
  try {
    auto* here = static_cast<Here*>(api::sqlite3_get_auxdata(context, kOnce));
    std::unique_ptr<Here> read;
    if (here == nullptr) {
      read = std::make_unique<Here>();
      here = read.get();
      const int code = here->read(api::sqlite3_context_db_handle(context));
      if (code != SQLITE_OK) return api::sqlite3_result_error_code(context, code);
    }
    api::sqlite3_result_int(context, here->has(textOf(arguments[0])) ? 1 : 0);
    if (read) api::sqlite3_set_auxdata(context, kOnce, read.release(), drop<Here>);
  } catch (const std::bad_alloc&) {
    api::sqlite3_result_error_nomem(context);
  }
}

}  // namespace

void addFunctions(soci::session& sql) {
  auto* connection = static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
  const auto add = [&](const char* name, auto function, int flags, void* data, void (*done)(void*)) {
    const int code = api::sqlite3_create_function_v2(connection, name, 2, SQLITE_UTF8 | flags, data, function,
                                                     nullptr, nullptr, done);
    if (code != SQLITE_OK) throw soci::sqlite3_soci_error(api::sqlite3_errmsg(connection), code);
  };
  // A text that is reused from row to row; SQLite drops it, also where this fails.
  add("holds", holds, SQLITE_DETERMINISTIC, new std::string, drop<std::string>);
  add("is_here", isHere, 0, nullptr, nullptr);
}

}  // namespace liveness::store
