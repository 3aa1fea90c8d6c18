// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How fast logouts go into SQLite, and for how long the server's thread is held up by handing them over.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/soci_store.h"

namespace {

std::uint64_t nextLogin() {
  static std::uint64_t last = 0;
  return ++last;
}

using liveness::LastSeen;
using Clock = std::chrono::steady_clock;
using Nanos = std::chrono::nanoseconds;

LastSeen record(std::size_t user, std::chrono::seconds later) {
  LastSeen seen;
  char jid[64];
  // Users do not leave in the order of their names: a multiplication scatters them.
  std::snprintf(jid, sizeof jid, "user-%010u@chat.example.org",
                static_cast<unsigned>(user * std::size_t{2654435761}));
  seen.bare_jid = jid;
  seen.logged_out_at = liveness::UtcTime{std::chrono::seconds{1795394688} + later};
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

double millis(Nanos n) {
  return std::chrono::duration<double, std::milli>(n).count();
}

/// Waits as a server does, that has other things to do.
void awaitWritten(liveness::Store& store, std::size_t written) {
  const auto deadline = Clock::now() + std::chrono::minutes{2};
  while (store.stats().records_written < written) {
    if (Clock::now() > deadline) {
      std::fprintf(stderr, "only %llu of %zu records are on disk after two minutes\n",
                   static_cast<unsigned long long>(store.stats().records_written), written);
      std::exit(1);
    }
    store.poll();
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  }
}

std::string calls(std::vector<Nanos>& took) {
  std::sort(took.begin(), took.end());
  char text[128];
  std::snprintf(text, sizeof text, "a call takes p50 %lld ns, p99 %lld ns, at most %.3f ms",
                static_cast<long long>(took[took.size() / 2].count()),
                static_cast<long long>(took[took.size() * 99 / 100].count()), millis(took.back()));
  return text;
}

/// Hands `count` logouts over as fast as it can.
void run(const char* what, liveness::Store& store, std::size_t count, std::chrono::seconds later) {
  std::vector<LastSeen> records;
  records.reserve(count);
  for (std::size_t i = 0; i < count; ++i) records.push_back(record(i, later));
  std::shuffle(records.begin(), records.end(), std::minstd_rand(static_cast<unsigned>(later.count())));
  std::vector<Nanos> took(count);
  const auto before = store.stats();

  const auto begin = Clock::now();
  auto last = begin;
  for (std::size_t i = 0; i < count; ++i) {
    store.recordLogout(nextLogin(), std::move(records[i]));
    const auto now = Clock::now();
    took[i] = now - last;
    last = now;
  }
  awaitWritten(store, before.records_written + count);
  const auto on_disk = Clock::now() - begin;

  std::printf("%-12s %8zu: on disk in %8.1f ms, %7.0f /s, %4llu batches; %s\n", what, count, millis(on_disk),
              1000.0 * static_cast<double>(count) / millis(on_disk),
              static_cast<unsigned long long>(store.stats().batches - before.batches), calls(took).c_str());
}

/// Each one when the writer sleeps, so that it has to be woken, and alone on its way to the disk.
void runOneByOne(liveness::Store& store, std::size_t count, std::chrono::seconds later) {
  std::vector<Nanos> took(count), on_disk(count);
  const auto written = store.stats().records_written;
  for (std::size_t i = 0; i < count; ++i) {
    LastSeen one = record(i, later);
    const auto begin = Clock::now();
    store.recordLogout(nextLogin(), std::move(one));
    took[i] = Clock::now() - begin;
    awaitWritten(store, written + i + 1);
    on_disk[i] = Clock::now() - begin;
  }
  std::sort(on_disk.begin(), on_disk.end());
  std::printf("%-12s %8zu: each on disk in p50 %.2f ms, p99 %.2f ms; %s\n", "one by one", count,
              millis(on_disk[count / 2]), millis(on_disk[count * 99 / 100]), calls(took).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  const std::size_t users = brief ? 5'000 : 100'000;
  const std::size_t many_users = brief ? 20'000 : 1'000'000;

  auto pattern = (std::filesystem::temp_directory_path() / "liveness-bench.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  const std::filesystem::path folder = pattern;
  {
    const auto store = liveness::store::openStore("sqlite3://" + (folder / "liveness.sqlite3").string());
    store->start();
    run("at once", *store, 10'000, std::chrono::seconds{0});
    run("new users", *store, users, std::chrono::seconds{1});
    run("known users", *store, users, std::chrono::seconds{2});
    run("new users", *store, many_users, std::chrono::seconds{3});
    run("known users", *store, many_users, std::chrono::seconds{4});
    runOneByOne(*store, brief ? 100 : 1000, std::chrono::seconds{5});
    store->stop();
    for (const auto& notice : store->takeNotices()) std::printf("notice: %s\n", notice.text.c_str());
  }
  std::printf("the file has %.1f MB\n",
              static_cast<double>(std::filesystem::file_size(folder / "liveness.sqlite3")) / 1e6);
  std::filesystem::remove_all(folder);
}
