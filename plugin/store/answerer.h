// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/back_off.h"
#include "store/database.h"
#include "store/mailbox.h"
#include "store/pulse.h"
#include "store/questions.h"
#include "store/wake.h"

namespace liveness::store {

/// Asks the database what it is given, on a connection and a thread of its own, so that no record waits for a
/// question. Both are there only while they are needed: the thread from the first question on, the connection
/// until nothing was asked for a minute.
///
/// A question that fails is tried again behind the others. Where the database can be reached after the
/// failure, it counts against the question: after a few of them it is answered with nothing, and a notice
/// says why. Where it cannot, the questions wait until it can.
class Answerer {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr int kTries = 3;
  static constexpr std::chrono::milliseconds kBetweenTries{500};

  /// The database is closed, and nobody else's; the domain that of questions about all users.
  Answerer(std::unique_ptr<Database> database, std::string domain, Mailbox& mailbox);
  ~Answerer() { end(); }
  Answerer(const Answerer&) = delete;
  Answerer& operator=(const Answerer&) = delete;

  // For the writer's thread.

  /// Whatever the question is to see is in the database.
  void ask(Asked asked);

  /// While it has trouble itself, which it tells of, this side does not.
  void onWriterAway(bool away) noexcept { writer_away_.store(away, std::memory_order_relaxed); }

  /// Nothing is asked any more. The thread ends when all is answered; from `patience` on, it does not wait
  /// any more for a database that is away, or try again what failed. An earlier time than said before holds.
  void close(std::chrono::milliseconds patience);

  /// Waits for the end of the thread, but not longer than until then; true where there is none.
  bool endedBy(Clock::time_point until) noexcept;

  /// Waits for the end of the thread, after the answer that it is at. Afterwards, what there was none to.
  void end() noexcept;
  std::size_t unanswered() const noexcept { return line_.size() + asked_.size(); }

  // For the server's.

  /// Makes a question fail that the database has not answered for so long.
  void interruptAfter(Clock::duration silence) noexcept;

  /// Answers that had no room in the mailbox, after end().
  std::deque<Reply>& lastAnswers() noexcept { return last_answers_; }

 private:
  struct Pending {
    Asked asked;
    int tries = 0;    // that failed while the database could be reached
    std::string why;  // of the last failure, while it is not known whether it counts; else empty
    Clock::time_point due{};
  };

  void run() noexcept;
  bool collect();
  std::optional<Clock::time_point> waitsUntil(Clock::time_point now) const noexcept;
  bool reach();
  void onReached();
  void onAway(DatabaseError::Kind kind, const std::string& why);
  void answerOne();
  void fail(Pending failed, const std::string& why);
  void reply(const Pending& pending, Answer answer);
  void disconnect() noexcept;
  void tellOnce(const std::string& what);
  void tell(Notice::Level level, const std::string& what);

  const std::unique_ptr<Database> database_;
  const std::string domain_;
  Mailbox& mailbox_;
  std::thread thread_;
  Pulse pulse_;
  std::atomic<bool> writer_away_{false};

  // Between the writer's thread and this one.
  std::mutex mutex_;  // never held while anybody waits
  std::deque<Pending> asked_;
  std::optional<Clock::time_point> give_up_at_;  // once closed
  Wake wake_, ended_wake_;
  std::atomic<bool> ending_{false}, ended_{false};

  // This one's.
  std::deque<Pending> line_;
  std::deque<Reply> last_answers_;
  std::optional<Clock::time_point> closing_;
  bool open_ = false;
  Clock::time_point used_at_{};
  struct Away {
    Clock::time_point since, retry_at;
    bool told = false;
  };
  std::optional<Away> away_;
  BackOff back_off_;
  std::map<std::string, Clock::time_point> told_;
};

}  // namespace liveness::store
