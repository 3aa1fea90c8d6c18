// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/answerer.h"
#include "store/back_off.h"
#include "store/database.h"
#include "store/history_purge.h"
#include "store/history_quota.h"
#include "store/mailbox.h"
#include "store/pulse.h"
#include "store/questions.h"
#include "store/run_keeper.h"
#include "store/seldom.h"
#include "store/waiting.h"

namespace liveness::store {

/// Takes requests from the mailbox and keeps at it until the database has them. One transaction for each
/// batch: whatever came while the last one was being flushed. A question goes on to the Answerer when all
/// that was put before it is there. Lives on a thread of its own; nobody else's call waits for it but stop().
class Writer {
 public:
  static constexpr std::size_t kBatch = 65536;  // below a second's work
  static constexpr std::size_t kCollected = 4 * kBatch;

  /// The second database is the same as the first, for the questions; both are closed.
  Writer(std::unique_ptr<Database> database, std::unique_ptr<Database> to_ask, const Identity& identity,
         const Timing& timing, Mailbox& mailbox, Counters& counters);

  /// The thread's body: returns when the mailbox is closed and its requests are done or given up.
  void run() noexcept;

  /// From the server's thread: makes fail what the database has not answered for so long.
  void interruptAfter(std::chrono::steady_clock::duration silence) noexcept;

  /// Answers that had no room in the mailbox, after run().
  std::deque<Reply>& lastAnswers() noexcept { return answerer_.lastAnswers(); }

 private:
  using Clock = std::chrono::steady_clock;

  /// From the first failure to the first time that nothing waits any more.
  struct Trouble {
    Clock::time_point since;
    Clock::time_point retry_at;
    std::uint64_t failures = 0;
    std::uint64_t written_before = 0;
    bool told = true;
    bool spool_told = false;  // that it fails
  };

  /// A part of the requests, so that it ends however fast they come. True: that was all.
  bool collect();
  void collectRest();
  void take(News news);
  void take(const Heard& heard);
  void take(Connections users);
  void take(Asked asked);
  bool idle() const noexcept {
    return waiting_.empty() && heard_.empty() && connected_.empty() && questions_.empty();
  }
  Clock::time_point wakeAt() const noexcept;

  void work();
  void workThrough();
  void writeNews();
  void write(const std::vector<const News*>& news);
  void writeHeard();
  void keepUp();
  void writeConnected();
  void writeConnected(const std::vector<const Store::Connected*>& users);
  void passQuestions();
  void awaitAnswers();
  void refuse(const News& news, const std::string& why);
  void tellRefused(std::uint64_t count);

  void onWorked();
  void onFailed(DatabaseError::Kind kind, const std::string& why);
  void spool();
  void tellSetAside(const std::optional<Spool::Taken>& before);
  void dropSpool();
  void onSpoolFailed(const std::string& what, const std::string& why);
  void finish();
  void giveUp();
  void tell(Notice::Level level, const std::string& what);

  std::unique_ptr<Database> database_;
  const Timing timing_;
  Mailbox& mailbox_;
  Counters& counters_;
  RunKeeper keeper_;
  HistoryPurge purge_;
  HistoryQuota quota_;
  Answerer answerer_;
  Pulse pulse_;

  Waiting waiting_;
  std::unordered_map<std::uint64_t, UtcTime> heard_;  // by login; no larger than the number of users
  std::unordered_map<std::string, Store::Connected> connected_;  // by bare JID
  Questions questions_;

  Clock::time_point upkeep_due_ = Clock::time_point::max();
  bool open_ = false;
  bool stopping_ = false;
  BackOff back_off_;
  std::optional<Trouble> trouble_;
  Clock::time_point spool_at_{};  // not before; it failed
  Seldom troubles_, refusals_, spool_troubles_;
  std::uint64_t refused_ = 0;  // in this batch
  std::string why_refused_;
};

}  // namespace liveness::store
