// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How long a page of the list of users who are not here takes, of a hundred thousand of them, and for how
// long somebody who looks at it every second holds up a logout on its way to the disk.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/made_up_names.h"
#include "store/connection_string.h"
#include "store/soci_store.h"
#include "support/postgresql_server.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace {

using liveness::FoundUsers;
using liveness::LastSeen;
using liveness::Store;
using liveness::UsersQuestion;
using liveness::UtcTime;
using liveness::bench::nameOf;
using liveness::store::Batch;
using liveness::store::Database;
using Clock = std::chrono::steady_clock;
using Sort = UsersQuestion::Sort;

constexpr UtcTime kBegin{std::chrono::seconds{1795394688}};
constexpr double kGoal = 200;  // ms
constexpr std::size_t kPage = 100;

bool all_reached = true;

LastSeen record(std::size_t user) {
  LastSeen seen;
  seen.bare_jid = nameOf(user);
  seen.logged_out_at = kBegin + std::chrono::seconds{user};
  seen.last_heard = seen.logged_out_at - std::chrono::milliseconds{user * 7919 % 360'000};
  seen.cause = static_cast<liveness::Cause>(user % liveness::kCauses);
  seen.resource = "laptop.4f1c";
  if (user % 4 == 0) {
    seen.status = "Back on Monday, or so";
    seen.offline_presence = "<presence from='" + seen.bare_jid +
                            "/laptop.4f1c' type='unavailable'>"
                            "<status>Back on Monday, or so</status></presence>";
  }
  return seen;
}

/// As many who are not here, and half as many who are, of whom there is a record as well.
void fill(Database& database, std::size_t away) {
  database.open();
  liveness::store::Run run{1, "bench", "chat.example.org", 0, kBegin};
  run.beats = database.beginRun(run, kBegin);
  std::vector<LastSeen> records;
  std::vector<Store::Online> here;
  for (std::size_t user = 0; user < away + away / 2;) {
    Batch batch;
    batch.now = kBegin;
    records.clear();
    here.clear();
    for (std::size_t n = 0; n < 20'000 && user < away + away / 2; ++n, ++user) {
      records.push_back(record(user));
      if (user >= away) here.push_back({user + 1, nameOf(user), "laptop.4f1c", kBegin, kBegin});
    }
    for (const LastSeen& one : records) batch.last_seen.push_back(&one);
    for (const Store::Online& one : here) batch.online.push_back(&one);
    run.beats = database.write(run, batch);
  }
  database.close();  // the run lives on, and so those who are here do
}

/// What the store's threads have computed so far: on a busy machine it is what can be compared. PostgreSQL
/// computes elsewhere.
double computedMillis() {
  double millis = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm"), schedstat(task.path() / "schedstat");
    std::string name;
    double nanos = 0;
    if (comm >> name && (name == "liveness-store" || name == "liveness-reader") && schedstat >> nanos)
      millis += nanos / 1e6;
  }
  return millis;
}

double millisSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void judge(const char* what, double millis, double computed, bool judged) {
  if (judged && millis > kGoal) all_reached = false;
  std::printf("  %-58s %7.1f ms (the store computed for %6.1f ms); goal: at most %.0f: %s\n", what, millis,
              computed, kGoal,
              !judged           ? "not judged, too short"
              : millis <= kGoal ? "reached"
                                : "NOT REACHED");
}

template <class Done>
void await(Store& store, const Done& done) {
  const auto deadline = Clock::now() + std::chrono::minutes{1};
  while (!done()) {
    if (Clock::now() > deadline) throw std::runtime_error("no answer after a minute");
    store.poll();
    std::this_thread::sleep_for(std::chrono::microseconds{100});
  }
}

/// The middle one of a few.
void time(Store& store, const char* what, const UsersQuestion& question, std::size_t expected, bool judged) {
  std::vector<double> took, computed;
  FoundUsers found;
  for (int round = 0; round < 5; ++round) {
    bool answered = false;
    const double before = computedMillis();
    const auto begin = Clock::now();
    store.findUsers(question, [&](FoundUsers users) {
      found = std::move(users);
      answered = true;
    });
    await(store, [&] { return answered; });
    took.push_back(millisSince(begin));
    computed.push_back(computedMillis() - before);
  }
  if (found.matched != expected)
    throw std::runtime_error(std::string(what) + ": " + std::to_string(found.matched) + " were found, not " +
                             std::to_string(expected));
  std::sort(took.begin(), took.end());
  std::sort(computed.begin(), computed.end());
  judge(what, took[2], computed[2], judged);
}

void measure(const std::string& connection_string, std::size_t away, bool judged) {
  fill(*liveness::store::databaseFor(connection_string), away);
  const auto store = liveness::store::openStore(connection_string, {"another", "chat.example.org", ""});
  store->start();
  const auto page = [](Sort sort, bool descending, std::size_t offset) {
    UsersQuestion question;
    question.sort = sort;
    question.descending = descending;
    question.offset = offset;
    question.limit = kPage;
    return question;
  };
  for (const Sort sort : {Sort::jid, Sort::last_heard, Sort::logged_out, Sort::cause}) {
    const std::string by = std::string("by ") + toString(sort) + ", ";
    time(*store, (by + "the first page").c_str(), page(sort, true, 0), away, judged);
    time(*store, (by + "the last page").c_str(), page(sort, false, away - kPage), away, judged);
  }
  UsersQuestion question = page(Sort::logged_out, true, 0);
  question.text = "ON MONDAY";
  time(*store, "words that a quarter of them hold", question, away / 4, judged);
  question.text = nameOf(7);
  time(*store, "one name", question, 1, judged);
  question.text.clear();
  question.cause = liveness::Cause::timed_out;
  time(*store, "one cause of eight", question, away / 8, judged);

  double longest = 0;
  const double before = computedMillis();
  for (int i = 0; i < 20; ++i) {
    const auto written = store->stats().records_written;
    bool answered = false;
    store->findUsers(page(Sort::last_heard, true, away - kPage), [&](const auto&) { answered = true; });
    const auto begin = Clock::now();
    store->recordLogout(1'000'000 + static_cast<std::uint64_t>(i), record(static_cast<std::size_t>(i)));
    await(*store, [&] { return answered && store->stats().records_written > written; });
    longest = std::max(longest, millisSince(begin));
  }
  judge("a logout behind such a question is on disk in at most", longest, (computedMillis() - before) / 20,
        judged);
  store->stop();
  for (const auto& notice : store->takeNotices()) std::printf("notice: %s\n", notice.text.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  const std::size_t away = brief ? 4'000 : argc > 1 ? std::stoul(argv[1]) : 100'000;
  {
    const liveness::support::TempDir folder("liveness-bench");
    std::printf("SQLite, %zu users who are not here, %zu who are:\n", away, away / 2);
    measure("sqlite3://" + (folder.path() / "liveness.sqlite3").string(), away, !brief);
  }
  try {
    liveness::support::PostgresqlServer server;
    std::printf("PostgreSQL, the same:\n");
    measure(server.uri(server.makeDatabase()), away, !brief);
  } catch (const liveness::support::Skip& skip) {
    std::printf("skipped: %s\n", skip.what());
  }
  return all_reached ? 0 : 1;
}
