// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/mailbox.h"

#include <utility>

namespace liveness::store {

void Mailbox::put(LastSeen record) {
  if (overflow_.empty() && requests_.hasRoom()) {
    counters_.waiting.fetch_add(1, std::memory_order_relaxed);
    requests_.push(std::move(record));
    wake_.wake();
    return;
  }
  if (overflow_.put(std::move(record))) counters_.waiting.fetch_add(1, std::memory_order_relaxed);
  pump(2);  // so that it shrinks, however fast it is filled, once the writer goes on
}

void Mailbox::ask(Read read) {
  unsent_reads_.push_back(std::move(read));
  pump(2);
}

void Mailbox::pump() {
  pump(kPumped);
}

void Mailbox::pump(std::size_t most) {
  bool sent = false;
  for (; most != 0 && !overflow_.empty() && requests_.hasRoom(); --most, sent = true)
    requests_.push(overflow_.popFront());
  for (; most != 0 && overflow_.empty() && !unsent_reads_.empty() && canAsk(); --most, sent = true) {
    requests_.push(std::move(unsent_reads_.front()));
    unsent_reads_.pop_front();
    ++reads_out_;
  }
  if (sent) wake_.wake();
}

std::unique_ptr<Answer> Mailbox::takeAnswer() noexcept {
  auto answer = answers_.pop();
  if (answer != nullptr) --reads_out_;
  return answer;
}

void Mailbox::close() {
  closed_.store(true, std::memory_order_release);
  wake_.wake();
}

bool Mailbox::answer(Answer answer) {
  if (!answers_.hasRoom()) return false;
  answers_.push(std::move(answer));
  return true;
}

void Mailbox::tell(Notice notice) {
  if (notices_.hasRoom()) notices_.push(std::move(notice));
}

}  // namespace liveness::store
