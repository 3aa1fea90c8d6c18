// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/soci_store.h"

#include <pthread.h>

#include <csignal>
#include <deque>
#include <system_error>
#include <thread>
#include <utility>

#include "store/connection_string.h"
#include "store/mailbox.h"
#include "store/writer.h"

namespace liveness::store {

namespace {

/// A thread inherits what its maker blocks: the server's signals are for the server's thread.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

/// The server's side of the store.
class SociStore final : public Store {
 public:
  explicit SociStore(std::unique_ptr<Database> database)
      : name_(database->name()), mailbox_(counters_), writer_(std::move(database), mailbox_, counters_) {}
  ~SociStore() override { end(); }

  void start() override;
  void keepHistory(std::chrono::hours) override {}
  void recordLogin(Online) override {}
  bool checkpoint(std::vector<LastHeard>) override { return true; }
  void recordLogout(std::uint64_t, LastSeen record) override {
    if (!stopped_) mailbox_.put(std::move(record));
  }
  bool takeLoginsLost() override { return false; }
  void forget(std::string) override {}
  bool shared() const noexcept override { return false; }
  void findHistory(std::string, std::size_t, FoundHistory found) override { found({}); }
  void findInactive(UtcTime, std::size_t, FoundInactive found) override { found({}); }
  void countActive(std::vector<UtcTime> since, Counted counted) override {
    counted(std::vector<std::uint64_t>(since.size()));
  }
  void findUnknown(std::vector<std::string>, FoundUnknown found) override { found({}); }
  void findLastSeen(std::string bare_jid, Found found) override;
  void poll() override;
  bool reading() const override { return !asked_.empty(); }
  Stats stats() const override;
  std::vector<Notice> takeNotices() override;
  void stop() override;

 private:
  void end();
  void answerNext(Answer answer);

  const std::string name_;
  Counters counters_;
  Mailbox mailbox_;
  Writer writer_;
  std::thread thread_;
  std::deque<Found> asked_;  // answers come in the same order
  std::vector<Notice> notices_;
  bool stopped_ = false;
};

void SociStore::start() {
  if (stopped_ || thread_.joinable()) return;
  try {
    const AllSignalsBlocked blocked;
    thread_ = std::thread([this] { writer_.run(); });
    pthread_setname_np(thread_.native_handle(), "liveness-store");
  } catch (const std::system_error& e) {
    notices_.push_back({Notice::Level::error, "store " + name_ + ": no thread to write with: " + e.what()});
  }
}

void SociStore::findLastSeen(std::string bare_jid, Found found) {
  if (stopped_) return;
  asked_.push_back(std::move(found));
  mailbox_.ask({std::move(bare_jid)});
}

void SociStore::poll() {
  if (stopped_) return;
  mailbox_.pump();
  while (const auto answer = mailbox_.takeAnswer()) answerNext(std::move(*answer));
}

void SociStore::answerNext(Answer answer) {
  const Found found = std::move(asked_.front());  // may call us
  asked_.pop_front();
  found(std::move(answer));
}

Store::Stats SociStore::stats() const {
  const auto read = [](const std::atomic<std::uint64_t>& n) { return n.load(std::memory_order_relaxed); };
  return {read(counters_.written), read(counters_.waiting), read(counters_.batches), read(counters_.failures),
          0};
}

std::vector<Notice> SociStore::takeNotices() {
  while (const auto notice = mailbox_.takeNotice()) notices_.push_back(std::move(*notice));
  return std::exchange(notices_, {});
}

void SociStore::stop() {
  end();
  while (const auto answer = mailbox_.takeAnswer()) answerNext(std::move(*answer));
  for (auto& last = writer_.lastAnswers(); !last.empty();) {
    Answer answer = std::move(last.front());
    last.pop_front();
    answerNext(std::move(answer));
  }
  while (!asked_.empty()) answerNext(std::nullopt);
}

void SociStore::end() {
  if (stopped_) return;
  if (counters_.waiting.load(std::memory_order_relaxed) != 0 || !asked_.empty())
    start();  // it has work to do
  stopped_ = true;
  mailbox_.close();
  if (thread_.joinable()) thread_.join();
}

}  // namespace

std::unique_ptr<Store> openStore(const std::string& connection_string, const Identity&) {
  return std::make_unique<SociStore>(databaseFor(connection_string));
}

}  // namespace liveness::store
