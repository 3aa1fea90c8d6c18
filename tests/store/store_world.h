// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "liveness/store.h"
#include "store/news.h"
#include "store/soci_store.h"
#include "support/eventually.h"
#include "support/temp_dir.h"
#include "test_database.h"

namespace liveness::store {

using support::kPatience;

/// A whole logout, as a core would hand it over: `later` after the first of them.
LastSeen logout(const std::string& bare_jid, std::chrono::milliseconds later = {});

/// News of one user: they left, they came, their account was deleted.
News left(const std::string& bare_jid, std::chrono::milliseconds later = {}, std::uint64_t login = 0);
News came(const std::string& bare_jid, std::uint64_t login);
News forgotten(const std::string& bare_jid);

/// Names a login that no other has.
std::uint64_t nextLogin();

/// The version of the schema that this Liveness makes, counted from 1.
int newestSchema();

bool same(const LastSeen& a, const LastSeen& b);

/// The server: it ticks until what it waits for is true. False where that does not happen.
bool tickUntil(Store& store, const std::function<bool()>& what);

/// Looks up, and waits for the answer. Throws where none comes.
std::optional<LastSeen> lookUp(Store& store, const std::string& bare_jid);

/// What the store had to say, all so far.
class Log {
 public:
  explicit Log(Store& store) : store_(store) {}

  /// In the order said: "warning: ..." and so on.
  const std::vector<std::string>& lines();
  bool has(const std::string& part);

 private:
  Store& store_;
  std::vector<std::string> lines_;
};

/// A store on a database of its own, not started yet, and what the operator sees of it.
struct World {
  TestDatabase database;
  std::filesystem::path file = database.file();  ///< for what is about SQLite's file
  std::unique_ptr<Store> store = openStore(database.connectionString());
  Log log{*store};

  bool written(std::uint64_t records) {
    return tickUntil(*store, [&] { return store->stats().records_written >= records; });
  }
};

/// An operator with SQLite's own library in hand. Throws std::runtime_error where SQLite says no.
class Sqlite {
 public:
  explicit Sqlite(const std::filesystem::path& file);

  void execute(const std::string& sql);

  /// The first column of the first row; "" where there is none.
  std::string ask(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
};

/// The threads of this process that write to a store, and those that ask one.
std::vector<std::filesystem::path> writerThreads();
std::vector<std::filesystem::path> readerThreads();

}  // namespace liveness::store
