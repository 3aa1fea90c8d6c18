// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
//
// A server dies with many users on it; the next one has them all on record while clients already log in.
//
//   recovery_bench           the figures, for 100,000 open sessions
//   recovery_bench --short   few sessions, and only whether what is measured is what it should be

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
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

bool all_well = true;

void expect(bool what, const char* sentence) {
  if (what) return;
  all_well = false;
  std::printf("WRONG: not true that %s\n", sentence);
}

std::unique_ptr<Store> openStore(const std::filesystem::path& folder) {
  return store::openStore("sqlite3://" + (folder / "liveness.sqlite3").string(),
                          {"bench", "example.org", (folder / "spool").string()});
}

support::SqliteFile lookInto(const std::filesystem::path& folder) {
  return support::SqliteFile(folder / "liveness.sqlite3");
}

/// How many users are here, as the disk has it.
std::size_t countOnline(const std::filesystem::path& folder) {
  try {
    return std::stoul(lookInto(folder).one("SELECT count(*) FROM online_users"));
  } catch (const std::runtime_error&) {
    return 0;  // no file, or no tables yet
  }
}

/// The server that dies: never returns.
[[noreturn]] void serveUntilKilled(const std::filesystem::path& folder, std::size_t sessions, int ready) {
  const auto store = openStore(folder);
  CrowdedServer server(*store, Policy{});
  store->start();
  for (std::size_t i = 0; i < sessions; ++i) {
    server.logIn(i);
    if (i % 1000 == 999) server.tick();
  }
  while (countOnline(folder) != sessions) {
    server.tick();
    std::this_thread::sleep_for(20ms);
  }
  if (write(ready, "r", 1) == 1) pause();
  _exit(1);
}

/// True where the server came as far as to have everybody on disk before it was killed.
bool crash(const std::filesystem::path& folder, std::size_t sessions) {
  int ready[2];
  if (pipe(ready) != 0) return false;
  const pid_t child = fork();
  if (child == 0) serveUntilKilled(folder, sessions, ready[1]);
  close(ready[1]);
  char byte = 0;
  const bool came = read(ready[0], &byte, 1) == 1;
  close(ready[0]);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return came;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_short = argc == 2 && std::strcmp(argv[1], "--short") == 0;
  const std::size_t sessions = is_short ? 5'000 : 100'000;
  const std::size_t at_once = 2;  // clients that log in at each tick of a millisecond, as after any crash

  const support::TempDir dir("liveness-bench");
  const std::filesystem::path& folder = dir.path();
  expect(crash(folder, sessions), "the first server has everybody on disk before it dies");
  {
    const auto store = openStore(folder);
    CrowdedServer server(*store, Policy{});
    const auto begin = Clock::now();
    store->start();
    std::size_t back = 0;
    while (store->stats().recovered < sessions && Clock::now() - begin < 60s) {
      for (std::size_t i = 0; i < at_once && back < sessions; ++i) server.logIn(back++);
      server.tick();
      std::this_thread::sleep_for(1ms);
    }
    const double took = Millis(Clock::now() - begin).count() / 1000;
    const double longest = server.longestCall();
    expect(store->stats().recovered == sessions, "everybody is on record within a minute");
    while (countOnline(folder) != back && Clock::now() - begin < 90s) {
      server.tick();
      std::this_thread::sleep_for(20ms);
    }

    auto database = lookInto(folder);
    const std::string everybody = std::to_string(sessions);
    expect(database.one("SELECT count(*) FROM logouts WHERE cause = 'server_crashed'") == everybody,
           "each has one row in the history");
    expect(database.one("SELECT count(*) FROM last_seen WHERE cause = 'server_crashed'") == everybody,
           "each was last seen at the crash");
    expect(database.one("SELECT count(*) FROM online_users") == std::to_string(back),
           "here are those who came back, and nobody else");
    expect(database.one("SELECT count(*) FROM runs") == "1", "of the dead server nothing is left");
    if (!is_short) {
      std::printf("%zu users were there at the crash, %zu logged in while they were put on record\n",
                  sessions, back);
      std::printf("on record after %.2f s  goal 5: %s\n", took, took <= 5 ? "reached" : "MISSED");
      std::printf("the longest call into the plugin meanwhile: %.3f ms\n", longest);
    }
    store->stop();
  }
  if (is_short || !all_well)
    std::printf(all_well ? "recovery_bench: what is measured is as it should be\n"
                         : "recovery_bench: wrong\n");
  return all_well ? 0 : 1;
}
