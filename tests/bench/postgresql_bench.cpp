// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How long the writer takes for its batches where the database is a PostgreSQL on loopback, with its
// defaults.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "store/connection_string.h"
#include "store/soci_store.h"
#include "support/postgresql_server.h"
#include "support/skip.h"

namespace {

using liveness::LastSeen;
using liveness::Store;
using liveness::UtcTime;
using liveness::store::Batch;
using liveness::store::Database;
using liveness::store::Run;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 32768;  // as the writer has it
constexpr std::size_t kRecovered = 1000;
const UtcTime kBegin{std::chrono::seconds{1795394688}};

bool all_reached = true;

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void verdict(const char* what, double figure, const char* unit, const char* sign, double goal, bool judged) {
  const bool reached = *sign == '<' ? figure <= goal : figure >= goal;
  if (judged && !reached) all_reached = false;
  std::printf("%-60s %10.1f %-3s goal %s= %.1f: %s\n", what, figure, unit, sign, goal,
              !judged   ? "not judged"
              : reached ? "reached"
                        : "MISSED");
  std::fflush(stdout);
}

/// Users do not come and go in the order of their names.
std::vector<std::string> users(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t n = 0; n < count; ++n) {
    char name[64];
    std::snprintf(name, sizeof name, "user-%010u@chat.example.org",
                  static_cast<unsigned>(n * std::size_t{2654435761}));
    names.emplace_back(name);
  }
  return names;
}

class Bench {
 public:
  Bench(Database& database, const std::vector<std::string>& names) : database_(database), names_(names) {}

  void beginRun(std::int64_t number) {
    run_ = {number, "node" + std::to_string(number), "chat.example.org", 0, kBegin};
    run_.beats = database_.beginRun(run_, kBegin);
  }

  double logins() {
    std::vector<Store::Online> all;
    for (std::size_t n = 0; n < names_.size(); ++n)
      all.push_back({n + 1, names_[n], "laptop.4f1c", kBegin, kBegin});
    return slices(all, [](Batch& batch, const Store::Online& user) { batch.online.push_back(&user); });
  }

  double checkpoint(std::chrono::seconds later) {
    std::vector<Store::LastHeard> all;
    for (std::size_t n = 0; n < names_.size(); ++n) all.push_back({n + 1, kBegin + later});
    return slices(all, [](Batch& batch, const Store::LastHeard& heard) { batch.heard.push_back(heard); });
  }

  double logouts(std::chrono::seconds later) {
    struct Logout {
      std::uint64_t login;
      LastSeen record;
    };
    std::vector<Logout> all;
    for (std::size_t n = 0; n < names_.size(); ++n) {
      LastSeen record;
      record.bare_jid = names_[n];
      record.last_heard = record.logged_out_at = kBegin + later;
      record.resource = "laptop.4f1c";
      if (n % 4 == 0) {
        record.status = "Back on Monday";
        record.offline_presence =
            "<presence from='" + names_[n] +
            "/laptop.4f1c' type='unavailable'><status>Back on Monday</status></presence>";
      }
      all.push_back({n + 1, std::move(record)});
    }
    std::shuffle(all.begin(), all.end(), std::minstd_rand(1));
    return slices(all, [](Batch& batch, const Logout& logout) {
      batch.ended.push_back({logout.login, &logout.record});
      batch.last_seen.push_back(&logout.record);
    });
  }

  double recover() {
    Run dead = run_;
    const std::int64_t taker = dead.number + 1;
    const auto begin = Clock::now();
    while (database_.recover(dead, taker, kBegin + std::chrono::hours{24}, kRecovered, true) == kRecovered)
      dead.taken_by = taker;
    return since(begin);
  }

 private:
  template <class Item, class Add>
  double slices(const std::vector<Item>& items, Add add) {
    const auto begin = Clock::now();
    for (std::size_t at = 0; at < items.size();) {
      Batch batch;
      batch.now = kBegin + std::chrono::hours{1};
      for (const std::size_t end = std::min(items.size(), at + kBatch); at < end; ++at) add(batch, items[at]);
      run_.beats = database_.write(run_, batch);
      run_.beat_at = batch.now;
    }
    return since(begin);
  }

  Database& database_;
  const std::vector<std::string>& names_;
  Run run_;
};

/// Waits as a server does, that has other things to do.
void awaitWritten(Store& store, std::size_t written) {
  const auto deadline = Clock::now() + std::chrono::minutes{2};
  while (store.stats().records_written < written) {
    if (Clock::now() > deadline) throw std::runtime_error("the records are not on disk after two minutes");
    store.poll();
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  }
}

/// The same by way of the store: handed over by the server's thread as fast as it can.
void measureStore(const std::string& connection_string, std::size_t count, bool judged) {
  const auto names = users(count);
  const auto store = liveness::store::openStore(connection_string, {"store", "chat.example.org", ""});
  store->start();
  for (std::size_t n = 0; n < count; ++n)
    store->recordLogin({n + 1, names[n], "laptop.4f1c", kBegin, kBegin});
  bool answered = false;  // after the logins are on disk
  store->findLastSeen(names.back(), [&](const auto&) { answered = true; });
  for (const auto deadline = Clock::now() + std::chrono::minutes{2}; !answered && Clock::now() < deadline;) {
    store->poll();
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  }
  const auto begin = Clock::now();
  for (std::size_t n = 0; n < count; ++n) {
    LastSeen record;
    record.bare_jid = names[n];
    record.last_heard = record.logged_out_at = kBegin + std::chrono::hours{3};
    record.resource = "laptop.4f1c";
    store->recordLogout(n + 1, std::move(record));
  }
  awaitWritten(*store, count);
  verdict("logouts by way of the store, all known and here", static_cast<double>(count) / since(begin), "/s",
          ">", 30000, judged);
  store->stop();
  for (const auto& notice : store->takeNotices()) std::printf("notice: %s\n", notice.text.c_str());
}

void measure(Database& database, std::size_t count, bool judged) {
  const auto names = users(count);
  Bench bench(database, names);
  const auto rows = static_cast<double>(count);
  std::printf("%zu users:\n", count);
  bench.beginRun(static_cast<std::int64_t>(count));
  verdict("logins (an online row)", rows / bench.logins(), "/s", ">", 30000, judged);
  verdict("logouts of new users (row, last seen, history)", rows / bench.logouts(std::chrono::hours{1}), "/s",
          ">", 30000, judged);
  bench.logins();
  verdict("logouts of known users", rows / bench.logouts(std::chrono::hours{2}), "/s", ">", 30000, judged);
  bench.logins();
  const double per_million = 1e6 / rows;
  verdict("first checkpoint, for a million", per_million * bench.checkpoint(std::chrono::seconds{60}), "s",
          "<", 10, judged);
  verdict("second checkpoint, for a million", per_million * bench.checkpoint(std::chrono::seconds{120}), "s",
          "<", 10, judged);
  verdict("third checkpoint, for a million", per_million * bench.checkpoint(std::chrono::seconds{180}), "s",
          "<", 10, judged);
  verdict("recovery, for 100,000", 1e5 / rows * bench.recover(), "s", "<", 5, judged);
}

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  try {
    liveness::support::PostgresqlServer server;
    const std::string uri = server.uri(server.makeDatabase());
    const auto database = liveness::store::databaseFor(uri);
    database->open();
    measure(*database, brief ? 10'000 : 100'000, !brief);
    measureStore(uri, brief ? 10'000 : 100'000, !brief);
    if (!brief) measure(*database, 1'000'000, true);
  } catch (const liveness::support::Skip& skip) {
    std::printf("skipped: %s\n", skip.what());
    return liveness::support::kSkipped;
  }
  return all_reached ? 0 : 1;
}
