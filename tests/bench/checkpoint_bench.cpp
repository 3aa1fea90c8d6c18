// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
//
// What it costs to note in the database when everybody was last heard: the server's thread, while it goes on
// ticking, and the writer's.
//
//   checkpoint_bench           the figures, for a million sessions; takes about two minutes
//   checkpoint_bench --short   few sessions, and only whether what is measured is what it should be

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "bench/crowded_server.h"
#include "store/soci_store.h"
#include "support/sqlite_file.h"
#include "support/temp_dir.h"

namespace {

using namespace liveness;
using namespace std::chrono_literals;
using bench::Clock;
using bench::CrowdedServer;
using bench::Millis;

constexpr auto kPace = 50ms;  // between two ticks: as often as during a pass, for the comparison's sake

bool all_well = true;

void expect(bool what, const char* sentence) {
  if (what) return;
  all_well = false;
  std::printf("WRONG: not true that %s\n", sentence);
}

/// Passes everything on, and knows in which ticks a checkpoint was made.
class WatchedStore : public Store {
 public:
  explicit WatchedStore(Store& store) : store_(store) {}
  std::uint64_t rows = 0;     ///< checkpointed
  std::uint64_t refused = 0;  ///< slices for which there was no room

  bool checkpoint(std::vector<LastHeard> users) override {
    const auto count = users.size();
    const bool taken = store_.checkpoint(std::move(users));
    taken ? rows += count : ++refused;
    return taken;
  }
  void start() override { store_.start(); }
  void keepHistory(std::chrono::hours time) override { store_.keepHistory(time); }
  void recordLogin(Online user) override { store_.recordLogin(std::move(user)); }
  bool recordConnected(std::vector<Connected> users) override {
    return store_.recordConnected(std::move(users));
  }
  void recordLogout(std::uint64_t login, LastSeen record) override {
    store_.recordLogout(login, std::move(record));
  }
  bool takeLoginsLost() override { return store_.takeLoginsLost(); }
  void forget(std::string bare_jid) override { store_.forget(std::move(bare_jid)); }
  bool shared() const noexcept override { return store_.shared(); }
  void findLastSeen(std::string bare_jid, Found found) override {
    store_.findLastSeen(std::move(bare_jid), std::move(found));
  }
  void findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) override {
    store_.findHistory(std::move(bare_jid), limit, std::move(found));
  }
  void findInactive(UtcTime before, std::size_t limit, FoundInactive found) override {
    store_.findInactive(before, limit, std::move(found));
  }
  void findUsers(UsersQuestion question, Listed listed) override {
    store_.findUsers(std::move(question), std::move(listed));
  }
  void countActive(std::vector<UtcTime> since, Counted counted) override {
    store_.countActive(std::move(since), std::move(counted));
  }
  void findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) override {
    store_.findUnknown(std::move(bare_jids), std::move(found));
  }
  void poll() override { store_.poll(); }
  bool reading() const override { return store_.reading(); }
  Stats stats() const override { return store_.stats(); }
  std::vector<Notice> takeNotices() override { return store_.takeNotices(); }
  void stop() override { store_.stop(); }

 private:
  Store& store_;
};

/// Of this thread, in milliseconds.
double processorTime() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

/// For how long the writer's thread has run on a processor.
double writerSeconds() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream name_file(task.path() / "comm"), stat(task.path() / "schedstat");
    std::string name;
    double nanoseconds = 0;
    if (std::getline(name_file, name) && name == "liveness-store" && stat >> nanoseconds)
      return nanoseconds / 1e9;
  }
  return 0;
}

/// Ticks of one kind: how long each took, and how much of that on a processor.
struct Kind {
  std::vector<double> wall, processor;
  void print(const char* what) const {
    std::printf(
        "  %-14s %6zu ticks: p50 %.3f ms, p99 %.3f ms; of that on a processor p50 %.3f ms, p99 %.3f ms\n",
        what, wall.size(), bench::percentile(wall, 50), bench::percentile(wall, 99),
        bench::percentile(processor, 50), bench::percentile(processor, 99));
  }
};

struct Ticks {
  Kind during, without;
  UtcTime last_pass_began{};
};

/// Lets the server tick for so many passes, each of which finds that everybody was heard: all within `round`.
Ticks watch(CrowdedServer& server, WatchedStore& store, std::size_t sessions, int passes,
            std::chrono::milliseconds round) {
  Ticks ticks;
  const auto hear_at_once = sessions * kPace.count() / static_cast<std::size_t>(round.count()) + 1;
  const auto deadline = Clock::now() + 10min;
  auto next = Clock::now();
  bool was_during = false;
  for (int ended = 0; ended < passes && Clock::now() < deadline;) {
    std::this_thread::sleep_until(next += kPace);
    server.hear(hear_at_once);
    const auto before = store.rows + store.refused;
    const double worked = processorTime();
    const double took = server.tick();
    const bool during = store.rows + store.refused != before;
    Kind& kind = during ? ticks.during : ticks.without;
    kind.processor.push_back(processorTime() - worked);
    kind.wall.push_back(took);
    if (during && !was_during) ticks.last_pass_began = hosts::readClocks().utc;
    if (was_during && !during) ++ended;
    was_during = during;
  }
  return ticks;
}

/// Hands the store all rows as fast as it takes them. Answers with how long it took until they were on disk.
double checkpointAtOnce(Store& store, const std::filesystem::path& file, std::size_t sessions) {
  const auto begin = Clock::now();
  const UtcTime heard = hosts::readClocks().utc + 1h;  // like no other
  for (std::size_t login = 1; login <= sessions;) {
    std::vector<Store::LastHeard> slice;
    for (; slice.size() < 4096 && login <= sessions; ++login) slice.push_back({login, heard});
    while (!store.checkpoint(slice)) std::this_thread::sleep_for(1ms);
    store.poll();
  }
  const std::string missing =
      "SELECT count(*) FROM online_users WHERE last_heard_at < strftime('%Y-%m-%dT%H:%M:%S', 'now', '+30 "
      "minutes')";
  std::string left;
  for (; left != "0" && Clock::now() - begin < 120s; std::this_thread::sleep_for(20ms)) {
    store.poll();
    left = support::SqliteFile(file).one(missing);
  }
  const double took = Millis(Clock::now() - begin).count() / 1000;
  expect(left == "0", "all rows that were handed over at once are on disk");
  return took;
}

/// Waits until the database answers a question with "0", while the server ticks.
bool awaitNone(CrowdedServer& server, const std::filesystem::path& file, const std::string& count,
               std::chrono::seconds patience = 120s) {
  const auto deadline = Clock::now() + patience;
  for (; Clock::now() < deadline; std::this_thread::sleep_for(100ms)) {
    server.tick();
    try {
      if (support::SqliteFile(file).one(count) == "0") return true;
    } catch (const std::runtime_error&) {
      // No file, or no tables yet: the writer's thread has not come so far.
    }
  }
  return false;
}

/// How many rows say less than what a pass that began at `time` had to say, where all clients are heard
/// within `round`.
std::string rowsOlderThan(UtcTime time, std::chrono::milliseconds round) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time - round - 500ms).time_since_epoch();
  return "SELECT count(*) FROM online_users WHERE last_heard_at < strftime('%Y-%m-%dT%H:%M:%S', " +
         std::to_string(seconds.count()) + ", 'unixepoch')";
}

void report(const char* what, double figure, const char* unit, double goal) {
  std::printf("%-58s %9.2f %-3s  goal %g: %s\n", what, figure, unit, goal,
              figure <= goal ? "reached" : "MISSED");
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_short = argc == 2 && std::strcmp(argv[1], "--short") == 0;
  const std::size_t sessions = is_short ? 20'000 : 1'000'000;
  const auto interval = is_short ? 2s : 40s;
  const int passes = is_short ? 2 : 4;

  const support::TempDir dir("liveness-bench");
  const std::filesystem::path& folder = dir.path();
  const auto file = folder / "liveness.sqlite3";
  {
    const auto store =
        store::openStore("sqlite3://" + file.string(), {"bench", "example.org", (folder / "spool").string()});
    WatchedStore watched(*store);
    Policy policy;
    policy.checkpoint_interval = interval;
    CrowdedServer server(watched, policy);
    store->start();

    for (std::size_t i = 0; i < sessions; ++i) {
      server.logIn(i);
      if (i % 5000 == 4999) server.tick();
    }
    const auto everybody = std::to_string(sessions);
    expect(awaitNone(server, file, "SELECT " + everybody + " - count(*) FROM online_users"),
           "all logins are on disk within two minutes");
    const auto round = std::chrono::milliseconds(interval) * 3 / 4;  // as the core begins its passes
    server.hear(sessions);

    // The first pass warms up; what is still to be written of it is none of the others' business.
    auto ticks = watch(server, watched, sessions, 1, round);
    expect(awaitNone(server, file, rowsOlderThan(ticks.last_pass_began, round)), "a pass comes to the disk");
    const auto writer_before = writerSeconds();
    const auto rows_before = watched.rows;
    server.longestCall();
    ticks = watch(server, watched, sessions, passes, round);
    const double longest = server.longestCall();
    expect(awaitNone(server, file, rowsOlderThan(ticks.last_pass_began, round)),
           "all passes come to the disk");
    const double rows = static_cast<double>(watched.rows - rows_before);
    const double writer = (writerSeconds() - writer_before) / rows * 1e6;

    expect(rows > static_cast<double>(sessions) * passes * 0.9, "nearly everybody was in each pass");
    expect(ticks.during.wall.size() > static_cast<std::size_t>(passes), "a pass comes in slices");
    expect(server.host().closes == 0, "nobody was closed");
    const double at_once = checkpointAtOnce(*store, file, sessions);
    if (!is_short) {
      std::printf("%zu sessions; %llu slices found no room; the longest call took %.3f ms\n", sessions,
                  static_cast<unsigned long long>(watched.refused), longest);
      ticks.during.print("during a pass");
      ticks.without.print("without");
      const double during = bench::percentile(ticks.during.wall, 99);
      const double without = bench::percentile(ticks.without.wall, 99);
      report("a tick's p99 during a pass to one without", during / without, "", 1.2);
      report("a million rows in passes: the writer's processor time", writer, "s", 10);
      report("a million rows at once: until all are on disk", at_once, "s", 10);
    }
    store->stop();
  }
  if (is_short || !all_well)
    std::printf(all_well ? "checkpoint_bench: what is measured is as it should be\n"
                         : "checkpoint_bench: wrong\n");
  return all_well ? 0 : 1;
}
