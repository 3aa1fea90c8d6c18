// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"

namespace liveness::store {

/// A database that does as it is told, and what came of it. Outlives those who are connected to it, each on a
/// thread of its own; it is read when they are done, or under its mutex.
struct Script {
  std::mutex mutex;
  int failures_to_come = 0;
  int names_to_wait = 0;  // until takeName() succeeds
  int names_freed = 0;
  int slices_that_fail = 0;  // of recover()
  bool throws_strangers = false;
  DatabaseError::Kind failure = DatabaseError::Kind::away;
  std::set<std::string> refused;
  std::map<std::string, int> failures_to_find;  // of each of these users
  bool falls = false;               // with each question that fails: it cannot be reached at once again
  std::string stuck;                // as long as somebody is asked for here, their question comes to no end
  std::condition_variable unstuck;  // to be told of another `stuck`
  std::vector<std::string> asked_for;

  std::map<std::string, LastSeen> rows;
  std::vector<std::pair<std::uint64_t, LastSeen>> history;
  std::map<std::uint64_t, Store::Online> online;  // of whatever run is there
  std::map<std::int64_t, Run> runs;
  std::vector<std::string> forgotten;
  int writes = 0, opens = 0, closes = 0, purges = 0;
  int beats = 0;

  struct Slice {
    std::size_t limit = 0;
    int beats_before = 0;
    std::size_t rows_before = 0;
  };
  std::vector<Slice> slices;  // that recover() was asked for

  void mayFail() {
    if (failures_to_come <= 0) return;
    --failures_to_come;
    if (throws_strangers) throw std::runtime_error("a stranger");
    throw DatabaseError(failure, "on strike");
  }
};

class ScriptedDatabase final : public Database {
 public:
  explicit ScriptedDatabase(Script& script) : script_(script) {}
  const std::string& name() const noexcept override { return name_; }
  bool shared() const noexcept override { return false; }
  void open() override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    ++script_.opens;
  }
  void openToRead() override { open(); }
  void close() noexcept override {
    const std::lock_guard lock(script_.mutex);
    ++script_.closes;
  }

  bool takeName(const Run&) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    return script_.names_to_wait-- <= 0;
  }
  void freeName(const Run&) override {
    const std::lock_guard lock(script_.mutex);
    script_.names_to_wait = 0;
    ++script_.names_freed;
  }

  std::uint64_t beginRun(const Run& run, UtcTime) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    script_.runs[run.number] = run;
    return ++script_.runs[run.number].beats;
  }
  std::uint64_t write(const Run& run, const Batch& batch) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    const auto row = script_.runs.find(run.number);
    if (row == script_.runs.end() || row->second.beats < run.beats)
      throw DatabaseError(DatabaseError::Kind::lost, "lost");
    ++script_.beats;
    if (!batch.empty()) ++script_.writes;
    for (const LastSeen* record : batch.last_seen)
      if (script_.refused.count(record->bare_jid) != 0)
        throw DatabaseError(DatabaseError::Kind::refused, "ugly");
    for (const Forgotten& user : batch.forgotten) script_.forgotten.push_back(user.bare_jid);
    for (const Batch::Ended& ended : batch.ended) {
      script_.online.erase(ended.login);
      if (batch.keep_history && ended.remembered) script_.history.emplace_back(ended.login, *ended.record);
    }
    for (const LastSeen* record : batch.last_seen) script_.rows[record->bare_jid] = *record;
    for (const Store::Online* user : batch.online) script_.online[user->login] = *user;
    for (const auto& [login, last_heard] : batch.heard) {
      const auto found = script_.online.find(login);
      if (found != script_.online.end()) found->second.last_heard = last_heard;
    }
    return ++row->second.beats;
  }
  std::vector<Run> runs() override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    std::vector<Run> all;
    for (const auto& [number, run] : script_.runs) all.push_back(run);
    return all;
  }
  std::size_t recover(const Run& dead, std::int64_t, UtcTime, std::size_t limit, bool) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    script_.slices.push_back({limit, script_.beats, script_.rows.size()});
    if (script_.slices_that_fail > 0) {
      --script_.slices_that_fail;
      throw DatabaseError(DatabaseError::Kind::away, "too much");
    }
    std::size_t some = 0;
    for (; some < limit && !script_.online.empty(); ++some) script_.online.erase(script_.online.begin());
    if (some < limit) script_.runs.erase(dead.number);
    return some;
  }
  void endRun(const Run& run) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    script_.runs.erase(run.number);
    script_.online.clear();
  }
  Purged purge(UtcTime, UtcTime, std::size_t) override {
    const std::lock_guard lock(script_.mutex);
    script_.mayFail();
    ++script_.purges;
    return {};
  }

  std::optional<LastSeen> find(const std::string& bare_jid) override {
    std::unique_lock lock(script_.mutex);
    script_.mayFail();
    script_.asked_for.push_back(bare_jid);
    script_.unstuck.wait(lock, [&] { return script_.stuck != bare_jid; });
    if (script_.failures_to_find[bare_jid]-- > 0) {
      if (script_.falls) script_.failures_to_come = 1;
      throw DatabaseError(DatabaseError::Kind::away, "too slow; see to it");
    }
    if (script_.refused.count(bare_jid) != 0) throw DatabaseError(DatabaseError::Kind::refused, "unreadable");
    const auto found = script_.rows.find(bare_jid);
    if (found == script_.rows.end()) return std::nullopt;
    return found->second;
  }
  std::vector<LastSeen> history(const std::string&, std::size_t) override { return {}; }
  Store::Inactive inactive(const std::string&, UtcTime, std::size_t) override {
    const std::lock_guard lock(script_.mutex);
    return {script_.rows.size(), {}};
  }
  std::vector<std::uint64_t> active(const std::string&, const std::vector<UtcTime>&) override {
    const std::lock_guard lock(script_.mutex);
    return {script_.rows.size()};
  }
  std::vector<std::string> unknown(const std::vector<std::string>& users) override { return users; }
  FoundUsers users(const std::string&, const UsersQuestion&) override {
    const std::lock_guard lock(script_.mutex);
    return {script_.rows.size(), {}};
  }

 private:
  Script& script_;
  const std::string name_ = "the base";
};

}  // namespace liveness::store
