// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/bounded_text.h"

namespace liveness::store {

namespace {

constexpr std::size_t kMaxJidBytes = 3071;  // RFC 7622 section 3.1
constexpr std::size_t kMaxResourceBytes = 1023;

/// Whoever handed it over has bounded it; but one text that a database refuses would come back for ever.
std::string clean(std::string text, std::size_t max_bytes) {
  const auto plain = [](unsigned char c) { return c != 0 && c < 0x80; };
  const bool as_it_is = text.size() <= max_bytes && std::all_of(text.begin(), text.end(), plain);
  if (as_it_is) return text;  // nearly always, and much faster
  return core::boundedText(text, max_bytes);
}

LastSeen clean(LastSeen record) {
  record.bare_jid = clean(std::move(record.bare_jid), kMaxJidBytes);
  record.resource = clean(std::move(record.resource), kMaxResourceBytes);
  record.status = clean(std::move(record.status), kMaxStatusBytes);
  record.offline_presence = clean(std::move(record.offline_presence), kMaxPresenceBytes);
  return record;
}

std::string counted(std::uint64_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

std::string records(std::uint64_t n) {
  return counted(n, "record", "records");
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, Mailbox& mailbox, Counters& counters)
    : database_(std::move(database)), mailbox_(mailbox), counters_(counters) {}

void Writer::run() noexcept {
  try {
    while (!mailbox_.closed()) {
      const bool all = collect();
      work();
      if (!all) continue;
      if (trouble_)
        mailbox_.waitUntil(trouble_->retry_at);
      else
        mailbox_.wait();
    }
    finish();
  } catch (const std::exception& e) {  // of memory: the database's errors do not come here
    mailbox_.tell({Notice::Level::error, "store " + database_->name() + ": the writer ended: " + e.what()});
  }
  database_->close();
}

bool Writer::collect() {
  for (std::size_t n = 0; n < kBatch; ++n) {
    const auto request = mailbox_.takeRequest();
    if (request == nullptr) return true;
    std::visit([this](auto& r) { take(std::move(r)); }, *request);
  }
  return false;
}

void Writer::collectRest() {
  while (!collect()) continue;
  for (Waiting rest = mailbox_.takeRest(); !rest.empty();) take(rest.popFront());
  for (Read& read : mailbox_.takeRestOfReads()) take(std::move(read));
}

void Writer::take(LastSeen record) {
  if (!waiting_.put(clean(std::move(record)))) counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
}

void Writer::take(Read read) {
  reads_.push_back({clean(std::move(read.bare_jid), kMaxJidBytes)});
}

void Writer::work() {
  if (trouble_ && Clock::now() < trouble_->retry_at) return;
  if (open_ && idle()) return;
  try {
    if (!open_) {
      database_->open();
      run_.beats = database_->beginRun(run_, {});
    }
    open_ = true;
    while (!idle()) {
      if (!waiting_.empty()) writeBatch();
      answerReads();
      collect();
    }
    onWorked();
  } catch (const DatabaseError& e) {
    onFailed(e.kind, e.what());
  } catch (const std::exception& e) {
    onFailed(DatabaseError::Kind::away, e.what());
  }
}

void Writer::writeBatch() {
  write(waiting_.front(kBatch));
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  if (refused_ == 0) return;
  mailbox_.tell({Notice::Level::error, "store " + database_->name() + ": " + records(refused_) +
                                           " refused and dropped; the last: " + why_refused_});
  refused_ = 0;
}

/// Writes the first records that wait, which are these. Halves them where one is refused, until it is alone.
void Writer::write(const std::vector<const LastSeen*>& batch) {
  try {
    Batch all;
    all.last_seen = batch;
    run_.beats = database_->write(run_, all);
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    if (batch.size() == 1) return refuse(e.what());
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    write({batch.begin(), middle});
    write({middle, batch.end()});
    return;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) waiting_.popFront();
  counters_.written.fetch_add(batch.size(), std::memory_order_relaxed);
  counters_.waiting.fetch_sub(batch.size(), std::memory_order_relaxed);
}

void Writer::refuse(const std::string& why) {
  ++refused_;
  why_refused_ = waiting_.popFront().bare_jid + ": " + why;
  counters_.waiting.fetch_sub(1, std::memory_order_relaxed);
}

void Writer::answerReads() {
  for (; !reads_.empty() && !waiting_.has(reads_.front().bare_jid); reads_.pop_front()) {
    Answer answer = find(reads_.front().bare_jid);
    if (!last_answers_.empty() || !mailbox_.answer(answer)) last_answers_.push_back(std::move(answer));
  }
}

Answer Writer::find(const std::string& bare_jid) {
  try {
    return database_->find(bare_jid);
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) throw;
    mailbox_.tell({Notice::Level::error, "store " + database_->name() + ": " + bare_jid + ": " + e.what()});
    return std::nullopt;
  }
}

void Writer::onWorked() {
  back_off_.reset();
  if (!trouble_) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - trouble_->since);
  const auto written = counters_.written.load(std::memory_order_relaxed) - trouble_->written_before;
  mailbox_.tell({Notice::Level::info,
                 "store " + database_->name() + ": works again after " + std::to_string(seconds.count()) +
                     " s and " + counted(trouble_->failures, "failed attempt", "failed attempts") + "; " +
                     records(written) + " that waited " + (written == 1 ? "is" : "are") + " on disk"});
  trouble_.reset();
}

void Writer::onFailed(DatabaseError::Kind kind, const std::string& why) {
  database_->close();
  open_ = false;
  counters_.failures.fetch_add(1, std::memory_order_relaxed);

  const auto now = Clock::now();
  const bool unfit = kind == DatabaseError::Kind::unfit;
  if (!trouble_) {
    trouble_ = Trouble{now, now, 0, counters_.written.load(std::memory_order_relaxed)};
    mailbox_.tell({unfit ? Notice::Level::error : Notice::Level::warning,
                   "store " + database_->name() + ": " + why +
                       ". Until then the latest logout of each user is kept in memory, and tried again"});
  }
  ++trouble_->failures;
  trouble_->retry_at = now + (unfit ? BackOff::kLongest : back_off_.next());
}

void Writer::finish() {
  collectRest();
  back_off_.reset();
  if (trouble_) trouble_->retry_at = Clock::now();
  for (auto give_up_at = Clock::now() + kPatienceAtStop; !idle();) {
    const auto left = waiting_.size();
    work();
    if (!trouble_) break;
    if (waiting_.size() < left) give_up_at = Clock::now() + kPatienceAtStop;
    if (trouble_->retry_at >= give_up_at) return giveUp();
    mailbox_.waitUntil(trouble_->retry_at);
  }
}

void Writer::giveUp() {
  std::string text = "store " + database_->name() + ": still does not work at the stop";
  if (!waiting_.empty()) text += "; " + records(waiting_.size()) + " lost";
  if (!reads_.empty())
    text += "; " + counted(reads_.size(), "look-up", "look-ups") + " answered with nothing";
  mailbox_.tell({Notice::Level::error, text});
}

}  // namespace liveness::store
