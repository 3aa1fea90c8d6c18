// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How fast logouts go into SQLite, for how long the server's thread is held up by handing them over, and what
// it costs to know who is here: the checkpoints, and the recovery after a crash.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/made_up_names.h"
#include "store/database.h"
#include "store/soci_store.h"
#include "store/sqlite_database.h"
#include "store/writer.h"

namespace {

using liveness::LastSeen;
using liveness::Store;
using liveness::bench::nameOf;
using Clock = std::chrono::steady_clock;
using Nanos = std::chrono::nanoseconds;

constexpr liveness::UtcTime kMoment{std::chrono::seconds{1795394688}};

bool brief = false;  // only to see that it runs: too small to judge by
bool all_reached = true;

LastSeen record(std::size_t user, std::chrono::seconds later) {
  LastSeen seen;
  seen.bare_jid = nameOf(user);
  seen.logged_out_at = kMoment + later;
  seen.last_heard = seen.logged_out_at - std::chrono::milliseconds{1234};
  seen.cause = user % 3 == 0 ? liveness::Cause::timed_out : liveness::Cause::logged_out;
  seen.resource = "laptop.4f1c";
  if (user % 4 == 0) {
    seen.status = "Back on Monday";
    seen.offline_presence = "<presence from='" + seen.bare_jid +
                            "/laptop.4f1c' type='unavailable'>"
                            "<status>Back on Monday</status></presence>";
  }
  return seen;
}

Store::Online login(std::uint64_t number, std::size_t user) {
  return {number, nameOf(user), "laptop.4f1c", kMoment, kMoment};
}

/// What the writer's thread has computed so far: on a busy machine it is what can be compared.
Nanos writerTime() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm"), schedstat(task.path() / "schedstat");
    std::string name;
    long long nanos = 0;
    if (comm >> name && name == "liveness-store" && schedstat >> nanos) return Nanos{nanos};
  }
  return {};
}

double millis(Nanos n) {
  return std::chrono::duration<double, std::milli>(n).count();
}

void judge(const char* what, double figure, const char* unit, double goal, bool at_least) {
  const bool reached = at_least ? figure >= goal : figure <= goal;
  if (!brief && !reached) all_reached = false;
  std::printf("  %-58s %10.0f %s; goal: %s %.0f: %s\n", what, figure, unit, at_least ? "at least" : "at most",
              goal,
              brief     ? "not judged, too short"
              : reached ? "reached"
                        : "NOT REACHED");
}

/// Waits as a server does, that has other things to do.
template <class Done>
void await(Store& store, const Done& done) {
  const auto deadline = Clock::now() + std::chrono::minutes{5};
  while (!done()) {
    if (Clock::now() > deadline) {
      std::fprintf(stderr, "not done after five minutes\n");
      std::exit(1);
    }
    store.poll();
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  }
}

void awaitAnswer(Store& store) {
  bool answered = false;
  store.countActive({}, [&](const auto&) { answered = true; });  // waits for all that came before it
  await(store, [&] { return answered; });
}

std::string calls(std::vector<Nanos>& took) {
  std::sort(took.begin(), took.end());
  char text[128];
  std::snprintf(text, sizeof text, "a call takes p50 %lld ns, p99 %lld ns, at most %.3f ms",
                static_cast<long long>(took[took.size() / 2].count()),
                static_cast<long long>(took[took.size() * 99 / 100].count()), millis(took.back()));
  return text;
}

/// All log in, then all log out, in another order, as fast as they can be handed over.
double comeAndGo(const char* what, Store& store, std::size_t count, std::chrono::seconds later) {
  static std::uint64_t last_login = 0;
  const std::uint64_t first = last_login + 1;
  last_login += count;
  const auto come = Clock::now();
  for (std::size_t i = 0; i < count; ++i) store.recordLogin(login(first + i, i));
  awaitAnswer(store);
  const auto came = Clock::now() - come;

  std::vector<std::pair<std::uint64_t, LastSeen>> records;
  records.reserve(count);
  for (std::size_t i = 0; i < count; ++i) records.emplace_back(first + i, record(i, later));
  std::shuffle(records.begin(), records.end(), std::minstd_rand(static_cast<unsigned>(later.count())));
  std::vector<Nanos> took(count);
  const auto before = store.stats();
  const Nanos computed = writerTime();

  const auto begin = Clock::now();
  auto last = begin;
  for (std::size_t i = 0; i < count; ++i) {
    store.recordLogout(records[i].first, std::move(records[i].second));
    const auto now = Clock::now();
    took[i] = now - last;
    last = now;
  }
  await(store, [&] { return store.stats().records_written >= before.records_written + count; });
  const auto on_disk = Clock::now() - begin;

  const double rate = 1000.0 * static_cast<double>(count) / millis(on_disk);
  std::printf(
      "%-11s %7zu: logins %7.0f /s; logouts on disk in %8.1f ms (the writer computed for %.1f ms), %7.0f /s, "
      "%3llu batches; %s\n",
      what, count, 1000.0 * static_cast<double>(count) / millis(came), millis(on_disk),
      millis(writerTime() - computed), rate,
      static_cast<unsigned long long>(store.stats().batches - before.batches), calls(took).c_str());
  return rate;
}

/// Each one when the writer sleeps, so that it has to be woken, and alone on its way to the disk.
void runOneByOne(Store& store, std::size_t count, std::chrono::seconds later) {
  std::vector<Nanos> took(count), on_disk(count);
  const auto written = store.stats().records_written;
  for (std::size_t i = 0; i < count; ++i) {
    LastSeen one = record(i, later);
    const auto begin = Clock::now();
    store.recordLogout(1'000'000'000 + i, std::move(one));
    took[i] = Clock::now() - begin;
    await(store, [&] { return store.stats().records_written >= written + i + 1; });
    on_disk[i] = Clock::now() - begin;
  }
  std::sort(on_disk.begin(), on_disk.end());
  std::printf("%-11s %7zu: each on disk in p50 %.2f ms, p99 %.2f ms; %s\n", "one by one", count,
              millis(on_disk[count / 2]), millis(on_disk[count * 99 / 100]), calls(took).c_str());
}

void askAll(Store& store) {
  const auto time = [&](const char* what, auto ask) {
    bool answered = false;
    const auto begin = Clock::now();
    ask([&](const auto&) { answered = true; });
    await(store, [&] { return answered; });
    std::printf("%-11s %s in %.1f ms\n", "asked", what, millis(Clock::now() - begin));
  };
  time("history", [&](auto found) { store.findHistory(nameOf(7), 20, found); });
  time("inactive", [&](auto found) { store.findInactive(kMoment + std::chrono::hours{1}, 20, found); });
  time("active", [&](auto found) {
    store.countActive({kMoment, kMoment + std::chrono::hours{24}, kMoment + std::chrono::hours{168}}, found);
  });
}

liveness::store::Run someRun(std::int64_t number) {
  return {number, "bench", "chat.example.org", 0, {}};
}

void fill(liveness::store::Database& database, liveness::store::Run& run, std::size_t users) {
  std::vector<Store::Online> slice;
  for (std::size_t i = 0; i < users;) {
    liveness::store::Batch batch;
    slice.clear();
    for (; i < users && slice.size() < liveness::store::Writer::kBatch; ++i) slice.push_back(login(i + 1, i));
    for (const Store::Online& user : slice) batch.online.push_back(&user);
    batch.now = kMoment;
    run.beats = database.write(run, batch);
  }
}

/// The writer's part of it, in the slices in which the writer does it.
void checkpointEverybody(const std::string& path, std::size_t users) {
  liveness::store::SqliteDatabase database(path);
  database.open();
  auto run = someRun(1);
  run.beats = database.beginRun(run, kMoment);
  fill(database, run, users);
  for (int round = 1; round <= 2; ++round) {
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < users;) {
      liveness::store::Batch batch;
      for (; i < users && batch.heard.size() < liveness::store::Writer::kBatch; ++i)
        batch.heard.push_back({i + 1, kMoment + std::chrono::seconds{60 * round}});
      batch.now = kMoment;
      run.beats = database.write(run, batch);
    }
    char what[80];
    std::snprintf(what, sizeof what, "checkpoint of %zu open sessions, round %d", users, round);
    judge(what, millis(Clock::now() - begin), "ms", 10'000, false);
  }
  database.endRun(run);
}

/// From the start to the last of them, while others log in.
void recoverEverybody(const std::string& path, std::size_t users) {
  {
    liveness::store::SqliteDatabase database(path);
    database.open();
    auto run = someRun(2);
    run.beats = database.beginRun(run, kMoment);
    fill(database, run, users);
  }
  const auto store = liveness::store::openStore("sqlite3://" + path, {"bench", "chat.example.org", ""});
  const auto begin = Clock::now();
  store->start();
  for (std::size_t i = 0; i < users / 10; ++i) store->recordLogin(login(i + 1, i));
  await(*store, [&] { return store->stats().recovered >= users; });
  const auto took = Clock::now() - begin;
  awaitAnswer(*store);
  char what[80];
  std::snprintf(what, sizeof what, "recovery of %zu open sessions, while %zu users log in", users,
                users / 10);
  judge(what, millis(took), "ms", 5'000, false);
  store->stop();
}

}  // namespace

int main(int argc, char** argv) {
  brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  const std::size_t users = brief ? 5'000 : 100'000;
  const std::size_t many_users = brief ? 20'000 : 1'000'000;

  auto pattern = (std::filesystem::temp_directory_path() / "liveness-bench.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  const std::filesystem::path folder = pattern;
  const std::string path = (folder / "liveness.sqlite3").string();
  recoverEverybody((folder / "recovery.sqlite3").string(), users);
  checkpointEverybody((folder / "checkpoint.sqlite3").string(), many_users);
  {
    const auto store = liveness::store::openStore("sqlite3://" + path, {"bench", "chat.example.org", ""});
    store->start();
    comeAndGo("at once", *store, users / 10, std::chrono::seconds{0});
    comeAndGo("new users", *store, users, std::chrono::seconds{1});
    const double rate = comeAndGo("known users", *store, users, std::chrono::seconds{2});
    judge("logouts of a tenth of a million users", rate, "/s", 100'000, true);
    runOneByOne(*store, brief ? 100 : 1000, std::chrono::seconds{5});
    if (argc < 2 || brief) {
      comeAndGo("new users", *store, many_users, std::chrono::seconds{3});
      const double rate_of_many = comeAndGo("known users", *store, many_users, std::chrono::seconds{4});
      judge("logouts of a million users", rate_of_many, "/s", 100'000, true);
    }
    askAll(*store);
    store->stop();
    for (const auto& notice : store->takeNotices()) std::printf("notice: %s\n", notice.text.c_str());
  }
  std::printf("the file has %.1f MB\n", static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  std::filesystem::remove_all(folder);
  return all_reached ? 0 : 1;
}
