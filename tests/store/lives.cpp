// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "lives.h"

#include <cstdlib>
#include <stdexcept>

#include "store/connection_string.h"

namespace liveness::store {

Run Lives::die(const Identity& who, const std::vector<Store::Online>& users, UtcTime beat_at) {
  const auto process = databaseFor(database.connectionString());
  process->open();
  Run run{++runs_, who.node, who.domain, 0, beat_at};
  run.beats = process->beginRun(run, beat_at);
  Batch batch;
  for (const Store::Online& user : users) batch.online.push_back(&user);
  batch.now = beat_at;
  run.beats = process->write(run, batch);
  return run;
}

Store::Online here(std::uint64_t login, const std::string& bare_jid, UtcTime since, UtcTime last_heard) {
  return {login, bare_jid, "phone", since, last_heard};
}

Store::Online here(std::uint64_t login, const std::string& bare_jid) {
  return here(login, bare_jid, utcNow(), utcNow());
}

void settle(Store& store) {
  bool answered = false;
  store.countActive({}, [&](const auto&) { answered = true; });
  if (!tickUntil(store, [&] { return answered; })) throw std::runtime_error("no answer");
}

std::string childProgram() {
  const char* path = std::getenv("LIVENESS_STORE_CHILD");
  if (path == nullptr) throw std::runtime_error("LIVENESS_STORE_CHILD is not set: run this with meson test");
  return path;
}

std::vector<LastSeen> historyOf(Store& store, const std::string& bare_jid, std::size_t limit) {
  std::optional<std::vector<LastSeen>> answer;
  store.findHistory(bare_jid, limit, [&](std::vector<LastSeen> found) { answer = std::move(found); });
  if (!tickUntil(store, [&] { return answer.has_value(); })) throw std::runtime_error("no answer");
  return *answer;
}

}  // namespace liveness::store
