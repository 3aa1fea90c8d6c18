// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/mailbox.h"

#include <utility>

namespace liveness::store {

void Mailbox::put(News news) {
  counters_.waiting.fetch_add(news.logouts.size(), std::memory_order_relaxed);
  if (overflow_.empty() && requests_.hasRoom()) {
    requests_.push(std::move(news));
    wake_.wake();
    return;
  }
  counters_.waiting.fetch_sub(overflow_.put(std::move(news)), std::memory_order_relaxed);
  pump(2);  // so that it shrinks, however fast it is filled, once the writer goes on
}

bool Mailbox::checkpoint(Heard heard) {
  return putWhereRoom(std::move(heard));
}

bool Mailbox::putConnected(Connections users) {
  return putWhereRoom(std::move(users));
}

bool Mailbox::putWhereRoom(Request request) {
  pump(2);
  if (!overflow_.empty() || !requests_.hasRoom()) return false;
  requests_.push(std::move(request));
  wake_.wake();
  return true;
}

void Mailbox::ask(Asked asked) {
  unsent_questions_.push_back(std::move(asked));
  pump(2);
}

void Mailbox::keepHistory(std::chrono::hours time) {
  hours_kept_.store(std::max<std::int64_t>(0, time.count()), std::memory_order_release);
  wake_.wake();
}

std::optional<std::chrono::hours> Mailbox::historyKept() const noexcept {
  const auto hours = hours_kept_.load(std::memory_order_acquire);
  if (hours == kNotSaid) return std::nullopt;
  return std::chrono::hours{hours};
}

void Mailbox::pump() {
  pump(kPumped);
}

void Mailbox::pump(std::size_t most) {
  bool sent = false;
  for (; most != 0 && !overflow_.empty() && requests_.hasRoom(); --most, sent = true)
    requests_.push(overflow_.popFront());
  // Where news are left there is no room, or it was enough for now.
  for (; most != 0 && !unsent_questions_.empty() && canAsk(); --most, sent = true) {
    requests_.push(std::move(unsent_questions_.front()));
    unsent_questions_.pop_front();
    ++questions_out_;
  }
  if (sent) wake_.wake();
}

std::unique_ptr<Reply> Mailbox::takeAnswer() noexcept {
  auto answer = answers_.pop();
  if (answer != nullptr) --questions_out_;
  return answer;
}

void Mailbox::close() {
  closed_.store(true, std::memory_order_release);
  wake_.wake();
}

bool Mailbox::answer(Reply reply) {
  if (!answers_.hasRoom()) return false;
  answers_.push(std::move(reply));
  return true;
}

void Mailbox::doubtDatabase() noexcept {
  doubted_.store(true, std::memory_order_release);
  wake_.wake();
}

void Mailbox::tell(Notice notice) {
  const std::lock_guard lock(telling_);
  if (notices_.hasRoom()) notices_.push(std::move(notice));
}

}  // namespace liveness::store
