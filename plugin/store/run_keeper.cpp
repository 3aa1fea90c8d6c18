// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/run_keeper.h"

#include <algorithm>
#include <random>
#include <utility>

#include "core/bounded_text.h"
#include "store/counted.h"
#include "store/spool_reader.h"
#include "store/utc_now.h"

namespace liveness::store {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kSlice = 8192, kLeast = 64;
constexpr std::chrono::seconds kLong{2};  // for one of them: much less than a lease
constexpr std::size_t kMaxNameBytes = 1023;
constexpr std::chrono::seconds kPatience{5};  // with what holds a run that is dead; then its lease decides

/// Of 63 bits, so that no two of all that will ever be are the same.
std::int64_t drawNumber() {
  std::random_device lot;
  const auto high = std::uint64_t{lot()}, low = std::uint64_t{lot()};
  return static_cast<std::int64_t>(((high << 32 | low) >> 1) | 1);
}

}  // namespace

RunKeeper::RunKeeper(const Identity& identity, const Timing& timing, Mailbox& mailbox, Counters& counters)
    : run_{drawNumber(), core::boundedText(identity.node, kMaxNameBytes),
           core::boundedText(identity.domain, kMaxNameBytes), 0, UtcTime{}},
      spool_(identity.spool_path),
      timing_(timing),
      mailbox_(mailbox),
      counters_(counters),
      leases_(timing.lease, run_.number),
      namesakes_(timing.lease, run_.number),
      slice_(kSlice) {}

bool RunKeeper::keepsHistory() const noexcept {
  const auto kept = mailbox_.historyKept();
  return !kept || kept->count() != 0;
}

void RunKeeper::open(Database& database) {
  takeName(database);
  if (lost_) return beginAgain(database);
  if (!spool_taken_) takeSpool(database);
  spool_taken_ = true;
  if (looked_) {
    Batch beat;
    beat.now = utcNow();
    return onWritten(database.write(run_, beat));
  }
  begun_ = true;
  begin(database);
  const auto all = database.runs();
  std::set<std::int64_t> earlier;
  for (const Run& other : all)
    if (other.number != run_.number && isOurs(other)) earlier.insert(other.number);
  for (const Run& other : all)  // and those whom these did not get done with
    if (earlier.count(other.number) != 0 || earlier.count(other.taken_by) != 0) queue(other);
  looked_ = true;
}

/// Whoever has it may have died just now, or be our own cut connection: that takes the server a moment to
/// see. One that died with its machine may be there for hours: then its lease decides, as it does for
/// anybody.
void RunKeeper::takeName(Database& database) {
  while (!database.takeName(run_)) {
    const auto now = Clock::now();
    if (!refused_since_) refused_since_ = now;
    if (namesakesAreDead(database)) {
      database.freeName(run_);
      refused_since_ = now;
      namesakes_.beginAnew();
    }
    if (now - *refused_since_ < kPatience && !mailbox_.closed()) {
      mailbox_.waitUntil(now + std::chrono::milliseconds{20});
      continue;
    }
    throw DatabaseError(
        DatabaseError::Kind::unfit,
        "another server that runs has the node name \"" + run_.node + "\" there, also for " + run_.domain +
            "; give each of them a name of its own, or stop the other. Where its machine has died, this one "
            "takes its place when it has not been heard of for " +
            std::to_string(std::chrono::ceil<std::chrono::seconds>(timing_.lease).count()) + " s");
  }
  refused_since_.reset();
  namesakes_.beginAnew();
}

bool RunKeeper::namesakesAreDead(Database& database) {
  auto all = database.runs();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Run& run) { return run.number == run_.number || !isOurs(run); }),
            all.end());
  const auto now = Clock::now();
  return namesakes_.look(all, now).size() == all.size() && now - *refused_since_ >= timing_.lease;
}

void RunKeeper::takeSpool(Database& database) {
  try {
    const auto taken = spool_.takeIn(database, utcNow(), keepsHistory());
    if (!taken) return;
    const std::string file = "store " + database.name() + ": the spool file " + spool_.path();
    if (!taken->aside.empty()) return mailbox_.tell({Notice::Level::error, file + ": " + describe(*taken)});
    mailbox_.tell({Notice::Level::info, file + " was taken in; it had " + records(taken->records)});
  } catch (const SpoolError& e) {
    mailbox_.tell({Notice::Level::error, "store " + database.name() + ": the spool file " + spool_.path() +
                                             ": " + e.what() + "; what is in it is not taken in"});
  }
}

void RunKeeper::onWritten(std::uint64_t beats) {
  run_.beats = beats;
  beat_due_ = Clock::now() + timing_.beat;
}

void RunKeeper::begin(Database& database) {
  run_.begun_at = utcNow();
  onWritten(database.beginRun(run_, run_.begun_at));
}

void RunKeeper::beginAgain(Database& database) {
  lost_ = true;
  std::string why =
      "it was replaced or restored from a backup, or another server took this one for dead, which had not "
      "been heard of for long";
  const auto all = database.runs();
  for (const Run& there : all) {
    if (there.number != run_.number) continue;
    if (there.beats >= run_.beats && there.taken_by != run_.number) {
      // Its rows are as we left them, but those that the other has had: it finds that we have begun again.
      why = "another server took this one for dead, which had not been heard of for long";
      continue;
    }
    while (const auto some = database.recover(there, run_.number, utcNow(), kSlice, keepsHistory()))
      counters_.recovered.fetch_add(some, std::memory_order_relaxed);
  }
  begin(database);
  lost_ = false;
  mailbox_.tellLoginsLost();
  if (losses_.happened(1, Clock::now()) == 0) return;
  mailbox_.tell({Notice::Level::warning,
                 "store " + database.name() + ": it no longer knew who is here, and is told again; " + why});
}

void RunKeeper::onAway() noexcept {
  leases_.beginAnew();
  if (!dead_.empty()) slice_ = std::max(kLeast, slice_ / 2);
}

void RunKeeper::queue(const Run& dead) {
  const auto same = [&](const Run& one) { return one.number == dead.number; };
  if (std::none_of(dead_.begin(), dead_.end(), same)) dead_.push_back(dead);
}

void RunKeeper::recover(Database& database) {
  if (dead_.empty()) return;
  Run& dead = dead_.front();
  const auto limit = slice_;
  const auto begin = Clock::now();
  const std::size_t some = database.recover(dead, run_.number, utcNow(), limit, keepsHistory());
  const auto took = Clock::now() - begin;
  slice_ = took > kLong ? std::max(kLeast, limit / 2) : std::min(kSlice, limit * 2);

  recovered_ += some;
  counters_.recovered.fetch_add(some, std::memory_order_relaxed);
  if (some != 0) dead.taken_by = run_.number;
  if (some != 0 && !isOurs(dead)) others_.insert('"' + dead.node + "\" (" + dead.domain + ')');
  if (some == limit || (some == 0 && isOurs(dead) && isHeld(database))) return;
  dead_.pop_front();
  held_since_.reset();
  if (dead_.empty()) tellRecovered(database.name());
}

/// A server may still be busy with what a process asked of it before it was killed. True: to be tried again.
bool RunKeeper::isHeld(Database& database) {
  const auto now = Clock::now();
  if (!held_since_) held_since_ = now;
  if (now - *held_since_ > kPatience || mailbox_.closed()) return false;
  for (const Run& run : database.runs()) {
    if (run.number != dead_.front().number) continue;
    dead_.front() = run;  // which may have beaten when that came to its end
    mailbox_.waitUntil(now + std::chrono::milliseconds{20});
    return true;
  }
  return false;
}

void RunKeeper::tellRecovered(const std::string& name) {
  std::string who;
  for (const std::string& other : others_) who += (who.empty() ? "" : ", ") + other;
  if (who.empty()) who = "this server";
  if (recovered_ != 0)
    mailbox_.tell({Notice::Level::info, "store " + name + ": " + counted(recovered_, "user", "users") +
                                            " who were with " + who +
                                            " when it died are on record as logged out then"});
  recovered_ = 0;
  others_.clear();
}

void RunKeeper::keep(Database& database) {
  const auto now = Clock::now();
  if (now >= beat_due_) {
    Batch beat;
    beat.now = utcNow();
    onWritten(database.write(run_, beat));
  }
  if (now < look_due_) return;
  look_due_ = now + timing_.beat;
  for (const Run& dead : leases_.look(database.runs(), now)) queue(dead);
}

void RunKeeper::end(Database& database) {
  database.endRun(run_);
  ended_ = true;
}

}  // namespace liveness::store
