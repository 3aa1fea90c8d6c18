// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <optional>

#include "store/connection_string.h"
#include "store/utc_text.h"
#include "store_world.h"
#include "test_database.h"

namespace liveness::store {

/// A database that is open, and a run in it: what a writer does with one, in few words.
struct DatabaseWorld {
  explicit DatabaseWorld(bool opened = true) {
    if (opened) open();
  }

  void open() {
    database->open();
    run = beginRun(1, "node", "x");
  }

  Run beginRun(std::int64_t number, const std::string& node, const std::string& domain) {
    Run begun{number, node, domain, 0, now};
    begun.beats = database->beginRun(begun, now);
    return begun;
  }

  Batch batch() const {
    Batch empty;
    empty.now = now;
    return empty;
  }

  std::uint64_t write(const Batch& batch, Run* who = nullptr) {
    Run& writer = who == nullptr ? run : *who;
    writer.beats = database->write(writer, batch);
    writer.beat_at = batch.now;
    return writer.beats;
  }

  void beat(Run& who) { write(batch(), &who); }

  void begin(std::uint64_t login, const std::string& bare_jid, const std::string& resource = "phone",
             Run* who = nullptr) {
    const Store::Online user{login, bare_jid, resource, logout("").last_heard, logout("").last_heard};
    Batch one = batch();
    one.online = {&user};
    write(one, who);
  }

  void end(const LastSeen& record, std::uint64_t login = nextLogin(), Run* who = nullptr) {
    Batch one = batch();
    one.ended = {{login, &record}};
    one.last_seen = {&record};
    write(one, who);
  }

  void connect(const Store::Connected& user, Run* who = nullptr) {
    Batch one = batch();
    one.connected = {&user};
    write(one, who);
  }

  template <class What>
  static std::optional<DatabaseError::Kind> kindOfError(What&& what) {
    try {
      what();
    } catch (const DatabaseError& e) {
      return e.kind;
    }
    return std::nullopt;
  }

  UtcTime now = logout("").logged_out_at + std::chrono::hours{48};
  TestDatabase test;
  std::unique_ptr<Database> database = databaseFor(test.connectionString());
  Run run;
};

}  // namespace liveness::store
