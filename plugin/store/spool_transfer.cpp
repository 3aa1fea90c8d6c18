// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_transfer.h"

#include <iterator>
#include <random>
#include <utility>

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = 8192;

}  // namespace

SpoolTransfer::SpoolTransfer(SpoolReader& from, Database& to, UtcTime now, bool keep_history)
    : from_(from), to_(to) {
  common_.now = now;
  common_.keep_history = keep_history;
  common_.late = true;
  for (const Run& run : to.runs()) there_.insert(run.number);
}

void SpoolTransfer::forget(std::vector<Forgotten> users) {
  if (users.empty()) return;
  Batch batch = common_;
  batch.forgotten = std::move(users);
  Run run = lastRun();
  begin(run);
  to_.write(run, batch);
}

void SpoolTransfer::giveLogouts() {
  const auto add = [](const SpoolReader::Logout& logout, Batch& batch) {
    batch.ended.push_back({logout.login, &logout.record});
  };
  for (auto slice = from_.logouts(kSlice); !slice.empty(); slice = from_.logouts(kSlice)) {
    std::stable_sort(slice.begin(), slice.end(),
                     [](const auto& a, const auto& b) { return a.run.number < b.run.number; });
    for (auto at = slice.begin(); at != slice.end();) {
      Run run = at->run;
      const auto next =
          std::find_if(at, slice.end(), [&](const auto& logout) { return logout.run.number != run.number; });
      begin(run);
      write(run, std::vector<SpoolReader::Logout>(at, next), logouts_, add);
      at = next;
    }
  }
}

void SpoolTransfer::giveLastSeen() {
  const auto add = [](const LastSeen& record, Batch& batch) { batch.last_seen.push_back(&record); };
  Run run = lastRun();
  for (auto slice = from_.lastSeen(kSlice); !slice.empty(); slice = from_.lastSeen(kSlice)) {
    begin(run);
    write(run, slice, last_seen_, add);
  }
}

void SpoolTransfer::endRuns() {
  for (const Run& run : from_.runs()) to_.endRun(run);
  for (const std::int64_t number : made_up_) {
    Run run;
    run.number = number;
    to_.endRun(run);
  }
}

/// Where the file has none that can be read, one of our own.
Run SpoolTransfer::lastRun() {
  if (!from_.runs().empty()) return from_.runs().back();
  if (lot_ == 0) lot_ = static_cast<std::int64_t>(std::random_device{}()) + 1;
  Run run;
  run.number = lot_;
  return run;
}

/// Of a run whose row was lost nobody knows whether it ended in order: what the database has of it stays.
void SpoolTransfer::begin(Run& run) {
  const auto known = std::find_if(from_.runs().begin(), from_.runs().end(),
                                  [&](const Run& other) { return other.number == run.number; });
  if (known != from_.runs().end())
    run = *known;
  else if (there_.count(run.number) == 0)
    made_up_.insert(run.number);
  run.beats = 0;
  run.beats = to_.beginRun(run, common_.now);
}

template <class Row, class Add>
void SpoolTransfer::write(Run& run, const std::vector<Row>& rows, Count& count, const Add& add) {
  Batch batch = common_;
  for (const Row& row : rows) add(row, batch);
  try {
    run.beats = to_.write(run, batch);
    count.written += rows.size();
    return;
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    if (rows.size() == 1) {
      ++count.refused;
      const LastSeen& record = batch.ended.empty() ? *batch.last_seen.front() : *batch.ended.front().record;
      why_refused_ = record.bare_jid + ": " + e.what();
      return;
    }
  }
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  write(run, std::vector<Row>(rows.begin(), middle), count, add);
  write(run, std::vector<Row>(middle, rows.end()), count, add);
}

}  // namespace liveness::store
