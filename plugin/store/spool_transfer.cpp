// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_transfer.h"

#include <iterator>
#include <random>
#include <utility>

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = SpoolReader::kSlice;

template <class Row>
Run numbered(const Row& row) {
  Run run;
  run.number = row.run;
  return run;
}

/// Of a batch with one row.
std::string whose(const Batch& batch) {
  if (!batch.ended.empty()) return batch.ended.front().record->bare_jid;
  if (!batch.last_seen.empty()) return batch.last_seen.front()->bare_jid;
  return batch.online.empty() ? "a login" : batch.online.front()->bare_jid;
}

}  // namespace

SpoolTransfer::SpoolTransfer(SpoolReader& from, Database& to, UtcTime now, bool keep_history)
    : from_(from), to_(to) {
  common_.now = now;
  common_.keep_history = keep_history;
  common_.late = true;
  for (const Run& run : from.unfinished()) unfinished_.insert(run.number);
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
  const auto run_of = [](const SpoolReader::Logout& logout) { return logout.run; };
  for (auto slice = from_.logouts(kSlice); !slice.empty(); slice = from_.logouts(kSlice))
    writeByRun(std::move(slice), run_of, logouts_, add);
}

void SpoolTransfer::giveLastSeen() {
  const auto add = [](const LastSeen& record, Batch& batch) { batch.last_seen.push_back(&record); };
  Run run = lastRun();
  for (auto slice = from_.lastSeen(kSlice); !slice.empty(); slice = from_.lastSeen(kSlice)) {
    begin(run);
    write(run, slice, last_seen_, add);
  }
}

void SpoolTransfer::giveLogins() {
  const auto add = [](const SpoolReader::Login& login, Batch& batch) { batch.online.push_back(&login.user); };
  for (auto slice = from_.logins(kSlice); !slice.empty(); slice = from_.logins(kSlice))
    writeByRun(ofUnfinished(std::move(slice)), numbered<SpoolReader::Login>, logins_, add);
}

void SpoolTransfer::giveHeard() {
  Count not_counted;
  const auto add = [](const SpoolReader::Heard& heard, Batch& batch) { batch.heard.push_back(heard.user); };
  for (auto slice = from_.heard(kSlice); !slice.empty(); slice = from_.heard(kSlice))
    writeByRun(ofUnfinished(std::move(slice)), numbered<SpoolReader::Heard>, not_counted, add);
}

void SpoolTransfer::endRuns() {
  for (const Run& run : from_.runs())
    if (from_.hasEnded(run.number))
      to_.endRun(run);
    else
      to_.beginRun(run, run.beat_at);
  for (const std::int64_t number : made_up_) {
    Run run;
    run.number = number;
    to_.endRun(run);
  }
}

std::vector<Run> SpoolTransfer::keepRuns() {
  auto unfinished = from_.unfinished();
  for (const Run& run : from_.runs()) to_.beginRun(run, run.beat_at);
  for (const std::int64_t number : made_up_) unfinished.emplace_back().number = number;
  return unfinished;
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

template <class Row>
std::vector<Row> SpoolTransfer::ofUnfinished(std::vector<Row> rows) const {
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const Row& row) { return unfinished_.count(row.run) == 0; }),
             rows.end());
  return rows;
}

template <class Row, class RunOf, class Add>
void SpoolTransfer::writeByRun(std::vector<Row> rows, RunOf run_of, Count& count, const Add& add) {
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return run_of(a).number < run_of(b).number; });
  for (auto at = rows.begin(); at != rows.end();) {
    Run run = run_of(*at);
    const auto next =
        std::find_if(at, rows.end(), [&](const Row& row) { return run_of(row).number != run.number; });
    begin(run);
    write(run, std::vector<Row>(at, next), count, add);
    at = next;
  }
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
      why_refused_ = whose(batch) + ": " + e.what();
      return;
    }
  }
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  write(run, std::vector<Row>(rows.begin(), middle), count, add);
  write(run, std::vector<Row>(middle, rows.end()), count, add);
}

}  // namespace liveness::store
