// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/soci_store.h"

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <future>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "store/connection_string.h"
#include "store/mailbox.h"
#include "store/utc_now.h"
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

/// How long a database may take for one thing: much longer than what bounds its own time.
constexpr std::chrono::seconds kStandstill{60};

/// How often stop() looks whether the database still does something.
constexpr std::chrono::milliseconds kLook{50};

/// The server's side of the store.
class SociStore final : public Store {
 public:
  SociStore(std::unique_ptr<Database> database, std::unique_ptr<Database> to_ask, const Identity& identity,
            const Timing& timing)
      : name_(database->name()),
        shared_(database->shared()),
        patience_(timing.patience),
        mailbox_(counters_),
        writer_(std::move(database), std::move(to_ask), identity, timing, mailbox_, counters_) {}
  ~SociStore() override { end(); }

  void start() override;
  void keepHistory(std::chrono::hours time) override { mailbox_.keepHistory(time); }
  void recordLogin(Online user) override;
  bool checkpoint(std::vector<LastHeard> users) override;
  bool recordConnected(std::vector<Connected> users) override;
  void recordLogout(std::uint64_t login, LastSeen record) override;
  bool takeLoginsLost() override { return !stopped_ && mailbox_.takeLoginsLost(); }
  void forget(std::string bare_jid) override;
  bool shared() const noexcept override { return shared_; }
  void findLastSeen(std::string bare_jid, Found found) override;
  void findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) override;
  void findInactive(UtcTime before, std::size_t limit, FoundInactive found) override;
  void countActive(std::vector<UtcTime> since, Counted counted) override;
  void findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) override;
  void findUsers(UsersQuestion question, Listed listed) override;
  void poll() override;
  bool reading() const override { return !asked_.empty() || mailbox_.hasUnsent(); }
  Stats stats() const override;
  std::vector<Notice> takeNotices() override;
  void stop() override;

 private:
  using Answered = std::function<void(Answer*)>;  // nullptr: never

  template <class What>
  void ask(Question question, std::function<void(What)> found);
  void put(News news);
  void end();
  void answer(Reply& reply);

  const std::string name_;
  const bool shared_;
  const std::chrono::milliseconds patience_;
  Counters counters_;
  Mailbox mailbox_;
  Writer writer_;
  std::thread thread_;
  std::future<void> ended_;
  std::map<std::uint64_t, Answered> asked_;  // in the order asked, by the numbers of the questions
  std::uint64_t last_asked_ = 0;
  std::vector<Notice> notices_;
  bool has_news_ = false;  // that are worth a start
  bool stopped_ = false;
};

void SociStore::start() {
  if (stopped_ || thread_.joinable()) return;
  try {
    const AllSignalsBlocked blocked;
    std::packaged_task<void()> run([this] { writer_.run(); });
    ended_ = run.get_future();
    thread_ = std::thread(std::move(run));
    pthread_setname_np(thread_.native_handle(), "liveness-store");
  } catch (const std::system_error& e) {
    notices_.push_back({Notice::Level::error, "store " + name_ + ": no thread to write with: " + e.what()});
  }
}

void SociStore::recordLogin(Online user) {
  News news;
  news.bare_jid = user.bare_jid;
  news.login = std::move(user);
  if (!stopped_) mailbox_.put(std::move(news));
}

bool SociStore::checkpoint(std::vector<LastHeard> users) {
  return stopped_ || mailbox_.checkpoint(std::move(users));
}

bool SociStore::recordConnected(std::vector<Connected> users) {
  if (stopped_) return true;
  has_news_ = true;
  return mailbox_.putConnected(std::move(users));
}

void SociStore::recordLogout(std::uint64_t login, LastSeen record) {
  News news;
  news.bare_jid = record.bare_jid;
  news.logouts.push_back({login, std::move(record)});
  put(std::move(news));
}

void SociStore::forget(std::string bare_jid) {
  News news;
  news.bare_jid = std::move(bare_jid);
  news.forgotten = utcNow();
  put(std::move(news));
}

void SociStore::put(News news) {
  if (stopped_) return;
  has_news_ = true;
  mailbox_.put(std::move(news));
}

template <class What>
void SociStore::ask(Question question, std::function<void(What)> found) {
  if (stopped_) return;
  asked_.emplace(++last_asked_, [found = std::move(found)](Answer* answer) {
    found(answer != nullptr ? std::get<What>(std::move(*answer)) : What{});
  });
  mailbox_.ask({last_asked_, std::move(question)});
}

void SociStore::findLastSeen(std::string bare_jid, Found found) {
  ask(FindLastSeen{std::move(bare_jid)}, std::move(found));
}

void SociStore::findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) {
  ask(FindHistory{std::move(bare_jid), limit}, std::move(found));
}

void SociStore::findInactive(UtcTime before, std::size_t limit, FoundInactive found) {
  ask(FindInactive{before, limit}, std::move(found));
}

void SociStore::countActive(std::vector<UtcTime> since, Counted counted) {
  ask(CountActive{std::move(since)}, std::move(counted));
}

void SociStore::findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) {
  ask(FindUnknown{std::move(bare_jids)}, std::move(found));
}

void SociStore::findUsers(UsersQuestion question, Listed listed) {
  ask(FindUsers{std::move(question)}, std::move(listed));
}

void SociStore::poll() {
  if (stopped_) return;
  writer_.interruptAfter(kStandstill);
  mailbox_.pump();
  while (const auto reply = mailbox_.takeAnswer()) answer(*reply);
}

void SociStore::answer(Reply& reply) {
  const auto asked = asked_.extract(reply.number);
  if (asked) asked.mapped()(&reply.answer);  // may call us
}

Store::Stats SociStore::stats() const {
  const auto read = [](const std::atomic<std::uint64_t>& n) { return n.load(std::memory_order_relaxed); };
  return {read(counters_.written), read(counters_.waiting), read(counters_.batches), read(counters_.failures),
          read(counters_.recovered)};
}

std::vector<Notice> SociStore::takeNotices() {
  while (const auto notice = mailbox_.takeNotice()) notices_.push_back(std::move(*notice));
  return std::exchange(notices_, {});
}

void SociStore::stop() {
  end();
  while (const auto reply = mailbox_.takeAnswer()) answer(*reply);
  for (auto& last = writer_.lastAnswers(); !last.empty();) {
    Reply reply = std::move(last.front());
    last.pop_front();
    answer(reply);
  }
  while (!asked_.empty()) asked_.extract(asked_.begin()).mapped()(nullptr);
}

void SociStore::end() {
  if (stopped_) return;
  if (has_news_ || !asked_.empty()) start();  // it has work to do
  stopped_ = true;
  mailbox_.close();
  if (!thread_.joinable()) return;
  while (ended_.wait_for(kLook) != std::future_status::ready)
    writer_.interruptAfter(2 * patience_);  // a slow one may take a while for a batch
  thread_.join();
}

}  // namespace

std::unique_ptr<Store> openStore(const std::string& connection_string, const Identity& identity,
                                 const Timing& timing) {
  return std::make_unique<SociStore>(databaseFor(connection_string), databaseFor(connection_string), identity,
                                     timing);
}

}  // namespace liveness::store
