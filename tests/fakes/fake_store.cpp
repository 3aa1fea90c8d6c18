// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "fakes/fake_store.h"

#include <algorithm>

namespace liveness::fakes {

std::size_t FakeStore::countOf(const std::string& bare_jid) const {
  return static_cast<std::size_t>(std::count_if(records.begin(), records.end(),
                                                [&](const LastSeen& r) { return r.bare_jid == bare_jid; }));
}

const LastSeen* FakeStore::lastOf(const std::string& bare_jid) const {
  const auto found = latest_.find(bare_jid);
  return found == latest_.end() ? nullptr : &records[found->second];
}

void FakeStore::recordLogout(LastSeen record) {
  latest_[record.bare_jid] = records.size();
  records.push_back(std::move(record));
  if (when_recorded) when_recorded(records.back());
}

void FakeStore::findLastSeen(std::string bare_jid, Found found) {
  asked_.emplace_back(std::move(bare_jid), std::move(found));
}

void FakeStore::poll() {
  ++polls;
  if (database_is_away) return failIfAway();
  if (written_ < records.size()) {
    written_ = records.size();
    ++stats_.batches;
  }
  if (!answers) return;
  // What an answer asks for in its turn waits for the next poll, as it would with a real database.
  std::deque<std::pair<std::string, Found>> ready;
  ready.swap(asked_);
  for (auto& [bare_jid, found] : ready) {
    const LastSeen* record = lastOf(bare_jid);
    found(record == nullptr ? std::nullopt : std::optional<LastSeen>(*record));
  }
}

void FakeStore::failIfAway() {
  if (written_ == records.size() && asked_.empty()) return;
  if (stats_.failures++ == 0) notices_.push_back({Notice::Level::error, "the database is away"});
}

Store::Stats FakeStore::stats() const {
  Stats now = stats_;
  now.records_written = written_;
  now.records_waiting = records.size() - written_;
  return now;
}

void FakeStore::stop() {
  ++stops;
  written_ = records.size();
}

}  // namespace liveness::fakes
