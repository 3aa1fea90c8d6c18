// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "store/counted.h"
#include "store/utc_now.h"

namespace liveness::store {

Writer::Writer(std::unique_ptr<Database> database, std::unique_ptr<Database> to_ask, const Identity& identity,
               const Timing& timing, Mailbox& mailbox, Counters& counters)
    : database_(std::move(database)),
      timing_(timing),
      mailbox_(mailbox),
      counters_(counters),
      keeper_(identity, timing, mailbox, counters),
      purge_(timing.purge),
      answerer_(std::move(to_ask), keeper_.run().domain, mailbox) {}

void Writer::run() noexcept {
  try {
    while (!mailbox_.closed()) {
      const bool all = collect();
      work();
      if (all) mailbox_.waitUntil(wakeAt());
    }
    finish();
    tellRefused(refusals_.rest());
  } catch (const std::exception& e) {  // of memory: the database's errors do not come here
    tell(Notice::Level::error, std::string("the writer ended: ") + e.what());
  }
  answerer_.end();
  database_->letGo();
}

void Writer::interruptAfter(Clock::duration silence) noexcept {
  if (pulse_.silence() > silence) database_->interrupt();
  answerer_.interruptAfter(silence);
}

bool Writer::collect() {
  for (std::size_t n = 0; n < kCollected; ++n) {
    const auto request = mailbox_.takeRequest();
    if (request == nullptr) return true;
    std::visit([this](auto& r) { take(std::move(r)); }, *request);
  }
  return false;
}

void Writer::collectRest() {
  while (!collect()) continue;
  for (Waiting rest = mailbox_.takeRest(); !rest.empty();) take(rest.popFront());
  for (Asked& asked : mailbox_.takeRestOfQuestions()) take(std::move(asked));
}

void Writer::take(News news) {
  for (const auto& logout : news.logouts) heard_.erase(logout.login);
  if (news.forgotten) connected_.erase(cleanJid(news.bare_jid));
  news = clean(std::move(news));
  keeper_.spool().onNews(news.bare_jid);
  counters_.waiting.fetch_sub(waiting_.put(std::move(news)), std::memory_order_relaxed);
}

void Writer::take(const Heard& heard) {
  for (const Store::LastHeard& one : heard) {
    heard_[one.login] = one.last_heard;
    keeper_.spool().onHeard(one.login, one.last_heard);
  }
}

void Writer::take(Connections users) {
  for (Store::Connected& one : users) {
    one = clean(std::move(one));
    connected_[one.bare_jid] = one;
  }
}

void Writer::take(Asked asked) {
  questions_.put(std::move(asked), waiting_);
}

Writer::Clock::time_point Writer::wakeAt() const noexcept {
  if (trouble_) return trouble_->retry_at;
  return std::min({keeper_.due(), purge_.due(mailbox_.historyKept()), upkeep_due_});
}

void Writer::work() {
  if (trouble_) spool();
  if (trouble_ && Clock::now() < trouble_->retry_at) return;
  pulse_.beat();
  try {
    try {
      workThrough();
    } catch (const DatabaseError& e) {
      if (e.kind != DatabaseError::Kind::lost) throw;
      keeper_.beginAgain(*database_);
      workThrough();
    }
    onWorked();
  } catch (const DatabaseError& e) {
    onFailed(e.kind, e.what());
  } catch (const std::exception& e) {
    onFailed(DatabaseError::Kind::away, e.what());
  }
  pulse_.rest();
}

/// Until there is nothing left to do.
void Writer::workThrough() {
  if (!open_) database_->open();
  const bool opened = !std::exchange(open_, true);
  if (opened) keeper_.open(*database_);
  pulse_.beat();
  do {
    keeper_.recover(*database_);
    if (keeper_.spool().holds()) spool();  // what comes now is not to be undone by what it holds
    if (!waiting_.empty()) writeNews();
    if (waiting_.empty()) writeHeard();
    if (waiting_.empty() && heard_.empty()) dropSpool();
    writeConnected();
    if (!keeper_.recovering()) passQuestions();  // who know of all that was before they were asked
    if (mailbox_.takeDoubt()) keeper_.beatNow();
    keeper_.keep(*database_);
    pulse_.beat();
    collect();
  } while (keeper_.recovering() || !idle());
  if (stopping_) {
    awaitAnswers();
    return keeper_.end(*database_);
  }
  if (!purge_.some(*database_, mailbox_.historyKept(), Clock::now())) keepUp();
}

void Writer::keepUp() {
  const Upkeep done = database_->keepUp();
  upkeep_due_ = done.again ? Clock::now() + *done.again : Clock::time_point::max();
  for (const Notice& notice : done.notices) tell(notice.level, notice.text);
}

void Writer::writeNews() {
  write(waiting_.some(kBatch));
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  if (refused_ != 0) tellRefused(refusals_.happened(std::exchange(refused_, 0), Clock::now()));
}

void Writer::tellRefused(std::uint64_t count) {
  if (count == 0) return;
  tell(Notice::Level::error, records(count) + " refused and dropped; the last: " + why_refused_ +
                                 (refusals_.isSilent() ? ". More of them are summed up now and then" : ""));
}

/// Writes news that wait. Halves them where one is refused, until it is alone.
void Writer::write(const std::vector<const News*>& news) {
  Batch batch;
  for (const News* one : news) {
    add(*one, batch);
    quota_.judge(*one, batch);
  }
  batch.now = utcNow();
  batch.keep_history = keeper_.keepsHistory();
  pulse_.beat();
  try {
    keeper_.onWritten(database_->write(keeper_.run(), batch));
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    if (news.size() == 1) return refuse(*news.front(), e.what());
    const auto middle = news.begin() + static_cast<std::ptrdiff_t>(news.size() / 2);
    write({news.begin(), middle});
    write({middle, news.end()});
    return;
  }
  const auto logouts = batch.ended.size();
  for (const News* one : news) {
    quota_.written(*one);
    waiting_.erase(*one);
  }
  counters_.written.fetch_add(logouts, std::memory_order_relaxed);
  counters_.waiting.fetch_sub(logouts, std::memory_order_relaxed);
}

/// What came before the row that is refused holds: the account was deleted.
void Writer::refuse(const News& news, const std::string& why) {
  if (news.forgotten && (!news.logouts.empty() || news.login)) {
    Batch batch;
    batch.forgotten.push_back({news.bare_jid, *news.forgotten});
    batch.now = utcNow();
    keeper_.onWritten(database_->write(keeper_.run(), batch));
  }
  refused_ += std::max<std::size_t>(1, news.logouts.size());
  why_refused_ = news.bare_jid + ": " + why;
  counters_.waiting.fetch_sub(news.logouts.size(), std::memory_order_relaxed);
  waiting_.erase(news);
}

/// A part of it, so that logouts do not wait for long behind it.
void Writer::writeHeard() {
  if (heard_.empty()) return;
  pulse_.beat();
  Batch batch;
  batch.now = utcNow();
  batch.heard.reserve(std::min(heard_.size(), kBatch));
  for (auto one = heard_.begin(); one != heard_.end() && batch.heard.size() < kBatch; ++one)
    batch.heard.push_back({one->first, one->second});
  // Rows lie in the order of their logins.
  std::sort(batch.heard.begin(), batch.heard.end(),
            [](const Store::LastHeard& a, const Store::LastHeard& b) { return a.login < b.login; });
  keeper_.onWritten(database_->write(keeper_.run(), batch));
  for (const Store::LastHeard& written : batch.heard) heard_.erase(written.login);
}

void Writer::writeConnected() {
  if (connected_.empty()) return;
  std::vector<const Store::Connected*> some;
  for (auto one = connected_.begin(); one != connected_.end() && some.size() < kBatch; ++one)
    some.push_back(&one->second);
  writeConnected(some);
  if (refused_ != 0) tellRefused(refusals_.happened(std::exchange(refused_, 0), Clock::now()));
}

/// Halves them where one is refused, until it is alone.
void Writer::writeConnected(const std::vector<const Store::Connected*>& users) {
  Batch batch;
  batch.now = utcNow();
  batch.connected = users;
  pulse_.beat();
  try {
    keeper_.onWritten(database_->write(keeper_.run(), batch));
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    if (users.size() > 1) {
      const auto middle = users.begin() + static_cast<std::ptrdiff_t>(users.size() / 2);
      const std::vector<const Store::Connected*> halves[] = {{users.begin(), middle}, {middle, users.end()}};
      for (const auto& half : halves) writeConnected(half);
      return;
    }
    ++refused_;
    why_refused_ = users.front()->bare_jid + ": " + e.what();
  }
  for (const Store::Connected* one : users) connected_.erase(std::string(one->bare_jid));
}

void Writer::passQuestions() {
  while (auto asked = questions_.takeReady(waiting_)) answerer_.ask(std::move(*asked));
}

/// They are about who is here, too, so they come before the end of the run.
void Writer::awaitAnswers() {
  answerer_.close(timing_.patience);
  for (pulse_.rest(); !answerer_.endedBy(keeper_.due()); pulse_.rest()) {
    pulse_.beat();
    keeper_.keep(*database_);
  }
  pulse_.beat();
}

}  // namespace liveness::store
