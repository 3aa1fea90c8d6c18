// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/answerer.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

#include "store/counted.h"

namespace liveness::store {

namespace {

constexpr std::chrono::seconds kIdle{60};    // then the connection goes
constexpr std::chrono::seconds kSilence{5};  // of trouble that the writer may be about to tell of
constexpr std::chrono::hours kToldAgain{1};  // the same line
constexpr std::size_t kToldAtMost = 1024;

}  // namespace

Answerer::Answerer(std::unique_ptr<Database> database, std::string domain, Mailbox& mailbox)
    : database_(std::move(database)), domain_(std::move(domain)), mailbox_(mailbox) {}

void Answerer::ask(Asked asked) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back({std::move(asked), 0, {}, {}});
  }
  wake_.wake();
  if (thread_.joinable()) return;
  try {
    thread_ = std::thread([this] { run(); });  // which blocks what the writer's thread blocks: all signals
    pthread_setname_np(thread_.native_handle(), "liveness-reader");
  } catch (const std::system_error& e) {  // tried again with the next one
    tell(Notice::Level::error, std::string("no thread to ask with: ") + e.what());
  }
}

void Answerer::close(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = Clock::now() + patience;
    give_up_at_ = give_up_at_ ? std::min(*give_up_at_, at) : at;
  }
  wake_.wake();
}

bool Answerer::endedBy(Clock::time_point until) noexcept {
  if (!thread_.joinable()) return true;
  if (!ended_.load(std::memory_order_acquire)) ended_wake_.waitUntil(until);
  return ended_.load(std::memory_order_acquire);
}

void Answerer::end() noexcept {
  ending_.store(true, std::memory_order_release);
  wake_.wake();
  if (thread_.joinable()) thread_.join();
}

void Answerer::interruptAfter(Clock::duration silence) noexcept {
  if (pulse_.silence() > silence) database_->interrupt();
}

void Answerer::run() noexcept {
  try {
    while (collect())
      if (reach()) answerOne();
  } catch (const std::exception& e) {  // of memory: the database's errors do not come here
    tell(Notice::Level::error, std::string("questions are no longer answered: ") + e.what());
  }
  disconnect();
  ended_.store(true, std::memory_order_release);
  ended_wake_.wake();
}

/// Waits for something to do. False: that was all.
bool Answerer::collect() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      std::move(asked_.begin(), asked_.end(), std::back_inserter(line_));
      asked_.clear();
      closing_ = give_up_at_;
    }
    const auto now = Clock::now();
    if (ending_.load(std::memory_order_acquire) || (closing_ && line_.empty())) return false;
    const auto until = waitsUntil(now);
    if (!until) return true;
    if (closing_ && now >= *closing_) return false;
    if (open_ && line_.empty() && now >= used_at_ + kIdle) disconnect();
    wake_.waitUntil(closing_ ? std::min(*until, *closing_) : *until);
  }
}

/// nullopt: there is something to do.
std::optional<Answerer::Clock::time_point> Answerer::waitsUntil(Clock::time_point now) const noexcept {
  if (line_.empty()) return open_ ? std::max(now, used_at_ + kIdle) : Clock::time_point::max();
  auto until = Clock::time_point::max();
  for (const Pending& pending : line_) until = std::min(until, pending.due);
  if (away_) until = std::max(until, away_->retry_at);
  if (until <= now) return std::nullopt;
  return until;
}

bool Answerer::reach() {
  if (open_) return true;
  pulse_.beat();
  try {
    database_->openToRead();
    open_ = true;
  } catch (const DatabaseError& e) {
    onAway(e.kind, e.what());
  } catch (const std::exception& e) {
    onAway(DatabaseError::Kind::away, e.what());
  }
  pulse_.rest();
  if (open_) onReached();
  return open_ && !line_.empty();
}

/// So what failed before failed by itself.
void Answerer::onReached() {
  back_off_.reset();
  used_at_ = Clock::now();
  if (away_ && away_->told) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(used_at_ - away_->since);
    tell(Notice::Level::info, "answers questions again after " + std::to_string(seconds.count()) + " s");
  }
  away_.reset();
  const auto failed =
      std::find_if(line_.begin(), line_.end(), [](const Pending& pending) { return !pending.why.empty(); });
  if (failed == line_.end()) return;
  const std::string why = std::exchange(failed->why, {});
  if (++failed->tries < kTries) return;
  const Pending hopeless = std::move(*failed);
  line_.erase(failed);
  tellOnce(subjectOf(hopeless.asked.question) + ": " + why + "; it was tried " +
           counted(kTries, "time", "times") + ", and is answered with nothing");
  reply(hopeless, noAnswer(hopeless.asked.question));
}

void Answerer::onAway(DatabaseError::Kind kind, const std::string& why) {
  const auto now = Clock::now();
  if (!away_) {
    away_ = Away{now, now, false};
    mailbox_.doubtDatabase();
  }
  for (Pending& pending : line_) pending.why.clear();  // that was the database's failure
  away_->retry_at = now + (kind == DatabaseError::Kind::unfit ? BackOff::kLongest : back_off_.next());
  if (away_->told || now - away_->since < kSilence || writer_away_.load(std::memory_order_relaxed)) return;
  away_->told = true;
  tell(Notice::Level::warning, why + ". Until then questions wait for their answers; records do not wait");
}

void Answerer::answerOne() {
  const auto now = Clock::now();
  const auto next =
      std::find_if(line_.begin(), line_.end(), [&](const Pending& pending) { return pending.due <= now; });
  if (next == line_.end()) return;
  Pending pending = std::move(*next);
  line_.erase(next);
  pulse_.beat();
  try {
    Answer answer = answerTo(pending.asked.question, domain_, *database_);
    pulse_.rest();
    reply(pending, std::move(answer));
  } catch (const DatabaseError& e) {
    pulse_.rest();
    if (e.kind != DatabaseError::Kind::refused) return fail(std::move(pending), e.what());
    tellOnce(subjectOf(pending.asked.question) + ": " + e.what());
    reply(pending, noAnswer(pending.asked.question));
  } catch (const std::exception& e) {
    pulse_.rest();
    fail(std::move(pending), e.what());
  }
  used_at_ = Clock::now();
}

/// Its turn comes behind the others.
void Answerer::fail(Pending failed, const std::string& why) {
  disconnect();
  failed.why = why.empty() ? "it failed" : why;
  failed.due = Clock::now() + kBetweenTries;
  line_.push_back(std::move(failed));
}

void Answerer::reply(const Pending& pending, Answer answer) {
  Reply reply{pending.asked.number, std::move(answer)};
  if (last_answers_.empty() && mailbox_.answer(reply)) return;
  last_answers_.push_back(std::move(reply));
}

void Answerer::disconnect() noexcept {
  if (open_) database_->close();
  open_ = false;
}

/// A page that is looked at asks the same every second.
void Answerer::tellOnce(const std::string& what) {
  const auto now = Clock::now();
  if (told_.size() >= kToldAtMost) told_.clear();
  const auto [said, first] = told_.try_emplace(what, now);
  if (!first && now - said->second < kToldAgain) return;
  said->second = now;
  tell(Notice::Level::error, what);
}

void Answerer::tell(Notice::Level level, const std::string& what) {
  mailbox_.tell({level, "store " + database_->name() + ": " + what});
}

}  // namespace liveness::store
