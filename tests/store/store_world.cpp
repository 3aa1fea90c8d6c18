// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store_world.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "store/sqlite_migrations.h"

namespace liveness::store {

LastSeen logout(const std::string& bare_jid, std::chrono::milliseconds later) {
  LastSeen record;
  record.bare_jid = bare_jid;
  record.logged_out_at = UtcTime{std::chrono::milliseconds{1795394688123}} + later;
  record.last_heard = record.logged_out_at - std::chrono::milliseconds{4321};
  record.cause = Cause::timed_out;
  record.resource = "phone";
  return record;
}

News left(const std::string& bare_jid, std::chrono::milliseconds later, std::uint64_t login) {
  News news;
  news.bare_jid = bare_jid;
  news.logouts.push_back({login != 0 ? login : nextLogin(), logout(bare_jid, later)});
  return news;
}

News came(const std::string& bare_jid, std::uint64_t login) {
  News news;
  news.bare_jid = bare_jid;
  news.login = Store::Online{login, bare_jid, "phone", logout("").last_heard, logout("").last_heard};
  return news;
}

News forgotten(const std::string& bare_jid) {
  News news;
  news.bare_jid = bare_jid;
  news.forgotten = logout("").logged_out_at;
  return news;
}

std::uint64_t nextLogin() {
  static std::uint64_t last = 0;
  return ++last;
}

int newestSchema() {
  return static_cast<int>(std::size(kMigrations));
}

bool same(const LastSeen& a, const LastSeen& b) {
  return a.bare_jid == b.bare_jid && a.last_heard == b.last_heard && a.logged_out_at == b.logged_out_at &&
         a.cause == b.cause && a.evidence == b.evidence && a.resource == b.resource && a.status == b.status &&
         a.offline_presence == b.offline_presence;
}

bool tickUntil(Store& store, const std::function<bool()>& what) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (store.poll(); !what(); store.poll()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

std::optional<LastSeen> lookUp(Store& store, const std::string& bare_jid) {
  std::optional<std::optional<LastSeen>> answer;
  store.findLastSeen(bare_jid, [&](std::optional<LastSeen> found) { answer = std::move(found); });
  if (!tickUntil(store, [&] { return answer.has_value(); })) throw std::runtime_error("no answer");
  return *answer;
}

const std::vector<std::string>& Log::lines() {
  constexpr const char* kLevels[] = {"info: ", "warning: ", "error: "};
  for (const Notice& notice : store_.takeNotices())
    lines_.push_back(kLevels[static_cast<std::size_t>(notice.level)] + notice.text);
  return lines_;
}

bool Log::has(const std::string& part) {
  const auto& all = lines();
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

Sqlite::Sqlite(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  const int failed = sqlite3_open(file.c_str(), &opened);
  db_.reset(opened);
  if (failed != SQLITE_OK) throw std::runtime_error("cannot open " + file.string());
  sqlite3_busy_timeout(opened, 5000);
}

void Sqlite::execute(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
}

std::string Sqlite::ask(const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
  const int step = sqlite3_step(prepared);
  if (step != SQLITE_ROW && step != SQLITE_DONE)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
  const auto* text = step == SQLITE_ROW ? sqlite3_column_text(prepared, 0) : nullptr;
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

namespace {

std::vector<std::filesystem::path> threadsCalled(const std::string& name) {
  std::vector<std::filesystem::path> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    if (support::readFile(task.path() / "comm") == name + '\n') found.push_back(task.path());
  return found;
}

}  // namespace

std::vector<std::filesystem::path> writerThreads() {
  return threadsCalled("liveness-store");
}

std::vector<std::filesystem::path> readerThreads() {
  return threadsCalled("liveness-reader");
}

}  // namespace liveness::store
