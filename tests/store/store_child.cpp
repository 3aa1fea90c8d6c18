// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A process for the tests to lose. Says how many records are on disk, a line each time, and nothing else.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "store/soci_store.h"

namespace {

std::uint64_t nextLogin() {
  static std::uint64_t last = 0;
  return ++last;
}

liveness::LastSeen numbered(unsigned number) {
  liveness::LastSeen record;
  record.bare_jid = std::to_string(number) + "@x";
  record.logged_out_at = liveness::UtcTime{std::chrono::milliseconds{1795394688123 + number}};
  record.last_heard = record.logged_out_at;
  return record;
}

/// Users 0, 1, 2, ... from `first` on, in bursts, until somebody kills it.
[[noreturn]] void writeForEver(liveness::Store& store, unsigned first) {
  store.start();
  for (unsigned next = first;;) {
    for (int burst = 0; burst < 500; ++burst) store.recordLogout(nextLogin(), numbered(next++));
    store.poll();
    std::printf("%llu\n", static_cast<unsigned long long>(first + store.stats().records_written));
    std::fflush(stdout);
    while (store.stats().records_waiting > 5000) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

/// As a server that becomes a daemon: everything is set up by a process that then goes.
int daemonize(liveness::Store& store) {
  store.recordLogout(nextLogin(), numbered(1));
  const pid_t child = fork();
  if (child < 0) return 1;
  if (child > 0) {
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
  }
  store.start();
  store.recordLogout(nextLogin(), numbered(2));
  store.stop();
  _exit(store.stats().records_written == 2 ? 0 : 1);
}

/// Rounds of a hundred users "ROUND.NUMBER@x" who come and are heard, and of whom every other one goes again,
/// until somebody kills it. Says the number of the last round that is on disk.
[[noreturn]] void live(liveness::Store& store, unsigned first_round) {
  using std::chrono::milliseconds;
  store.start();
  for (unsigned round = first_round;; ++round) {
    const auto now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    std::vector<liveness::Store::LastHeard> heard;
    for (unsigned number = 0; number < 100; ++number) {
      const std::string user = std::to_string(round) + '.' + std::to_string(number) + "@x";
      const std::uint64_t login = nextLogin();
      store.recordLogin({login, user, "phone", now, now});
      if (number % 2 == 1) {
        heard.push_back({login, now + milliseconds{1}});
        continue;
      }
      liveness::LastSeen record;
      record.bare_jid = user;
      record.last_heard = record.logged_out_at = now;
      store.recordLogout(login, record);
    }
    store.checkpoint(std::move(heard));
    bool on_disk = false;
    store.countActive({}, [&](const auto&) { on_disk = true; });
    while (!on_disk) {  // poll() says so
      store.poll();
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    std::printf("%u\n", round);
    std::fflush(stdout);
  }
}

/// A server with ten users, "0@NODE" to "9@NODE", who are here for as long as it lives. Says what its store
/// has to say, and "announced" whenever everybody was put on record as being here.
[[noreturn]] void serve(liveness::Store& store, const std::string& node) {
  const auto announce = [&] {
    const liveness::UtcTime now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    for (int user = 0; user < 10; ++user)
      store.recordLogin({nextLogin(), std::to_string(user) + '@' + node, "phone", now, now});
    std::printf("announced\n");
  };
  store.start();
  announce();
  for (;; std::this_thread::sleep_for(std::chrono::milliseconds{5})) {
    store.poll();
    for (const auto& notice : store.takeNotices()) std::printf("%s\n", notice.text.c_str());
    if (store.takeLoginsLost()) announce();
    std::fflush(stdout);
  }
}

/// A server that does what stands in a line each of its standard input:
///
///     came LOGIN USER MS             available since then, in milliseconds since 1970
///     heard LOGIN MS
///     left LOGIN USER MS WORD
///     forget USER
[[noreturn]] void obey(liveness::Store& store) {
  store.start();
  std::string what, user, word;
  std::uint64_t login = 0;
  std::int64_t ms = 0;
  while (std::cin >> what) {
    if (what == "forget" && std::cin >> user) store.forget(user);
    if (what == "heard" && std::cin >> login >> ms)
      store.checkpoint({{login, liveness::UtcTime{std::chrono::milliseconds{ms}}}});
    if (what != "came" && what != "left") continue;
    std::cin >> login >> user >> ms;
    const liveness::UtcTime at{std::chrono::milliseconds{ms}};
    if (what == "came") store.recordLogin({login, user, "phone", at, at});
    if (what != "left" || !(std::cin >> word)) continue;
    liveness::LastSeen record;
    record.bare_jid = user;
    record.last_heard = record.logged_out_at = at;
    record.cause = liveness::Cause::logged_out;
    record.resource = "phone";
    record.status = word;
    store.recordLogout(login, std::move(record));
  }
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  if (std::strcmp(argv[1], "serve") == 0 && argc == 6) {  // database, node, beat and lease in milliseconds
    liveness::store::Timing timing;
    timing.beat = std::chrono::milliseconds{std::stol(argv[4])};
    timing.lease = std::chrono::milliseconds{std::stol(argv[5])};
    serve(*liveness::store::openStore(argv[2], {argv[3], argv[3], ""}, timing), argv[3]);
  }
  if (std::strcmp(argv[1], "live") == 0 && argc == 5)  // database, spool, first round
    live(*liveness::store::openStore(argv[2], {"node", "x", argv[3]}),
         static_cast<unsigned>(std::stoul(argv[4])));
  if (std::strcmp(argv[1], "obey") == 0 && argc == 4)  // database, spool
    obey(*liveness::store::openStore(argv[2], {"node", "x", argv[3]}));
  const auto store = liveness::store::openStore(argv[2]);
  if (std::strcmp(argv[1], "daemonize") == 0) return daemonize(*store);
  writeForEver(*store, argc > 3 ? static_cast<unsigned>(std::stoul(argv[3])) : 0);
}
