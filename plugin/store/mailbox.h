// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "liveness/store.h"
#include "store/pipe.h"
#include "store/questions.h"
#include "store/waiting.h"
#include "store/wake.h"

namespace liveness::store {

/// What Store::Stats reads, counted where it happens.
struct Counters {
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> recovered{0};
};

using Heard = std::vector<Store::LastHeard>;
using Connections = std::vector<Store::Connected>;
using Request = std::variant<News, Heard, Connections, Asked>;

/// Between the server's thread and the store's own: requests go to the writer's, answers come from the one
/// that asks the database (Answerer), notices from both. The server's never waits for the others, or takes a
/// lock. Requests arrive in the order in which they were made, but where the line is full news wait on this
/// side of it, one piece for each user, and questions behind them all: so that a writer stuck in its database
/// costs memory for the users, not for the requests.
class Mailbox {
 public:
  explicit Mailbox(Counters& counters) : counters_(counters) {}

  // For the server's thread.

  void put(News news);
  bool checkpoint(Heard heard);          ///< false, and not taken, where the line is full
  bool putConnected(Connections users);  ///< the same
  void ask(Asked asked);
  void keepHistory(std::chrono::hours time);

  /// True once after the writer said so.
  bool takeLoginsLost() noexcept { return logins_lost_.exchange(false, std::memory_order_acq_rel); }

  /// Sends on what had no room; a bounded part of it.
  void pump();
  bool hasUnsent() const noexcept { return !overflow_.empty() || !unsent_questions_.empty(); }
  std::unique_ptr<Reply> takeAnswer() noexcept;
  std::unique_ptr<Notice> takeNotice() noexcept { return notices_.pop(); }

  /// The last request: writes everything that was asked before, then ends. Nothing is asked after it.
  void close();

  // For the writer's. answer() is the other one's, tell() that of both.

  std::unique_ptr<Request> takeRequest() noexcept { return requests_.pop(); }

  /// True once close() was called: then this side has everything that was asked, takeRest() included.
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  /// What never had room in the line. Once closed(), and after the line was emptied.
  Waiting takeRest() noexcept { return std::move(overflow_); }
  std::deque<Asked> takeRestOfQuestions() noexcept { return std::move(unsent_questions_); }

  /// nullopt: nobody has said yet.
  std::optional<std::chrono::hours> historyKept() const noexcept;

  /// False, and nothing done, where there is no room; never before closed().
  bool answer(Reply reply);

  /// Dropped where nobody has read the last dozens of them.
  void tell(Notice notice);
  void tellLoginsLost() noexcept { logins_lost_.store(true, std::memory_order_release); }

  /// The one that asks has found the database away: true once for the writer's, which is woken to look as
  /// well.
  void doubtDatabase() noexcept;
  bool takeDoubt() noexcept { return doubted_.exchange(false, std::memory_order_acq_rel); }

  void waitUntil(std::chrono::steady_clock::time_point until) noexcept { wake_.waitUntil(until); }

 private:
  static constexpr std::size_t kRequests = 65536;
  static constexpr std::size_t kAnswers = 1024;
  static constexpr std::size_t kNotices = 64;
  static constexpr std::size_t kPumped = 1024;
  static constexpr std::int64_t kNotSaid = -1;

  bool putWhereRoom(Request request);
  void pump(std::size_t most);
  bool canAsk() const noexcept { return questions_out_ < kAnswers && requests_.hasRoom(); }

  Counters& counters_;
  Pipe<Request, kRequests> requests_;
  Pipe<Reply, kAnswers> answers_;
  Pipe<Notice, kNotices> notices_;
  std::mutex telling_;  // two tell, one at a time
  Wake wake_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> logins_lost_{false}, doubted_{false};
  std::atomic<std::int64_t> hours_kept_{kNotSaid};

  // The server's side; the writer's after close().
  Waiting overflow_;
  std::deque<Asked> unsent_questions_;
  std::size_t questions_out_ = 0;  // sent and unanswered: there is room for as many answers
};

}  // namespace liveness::store
