// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
//
// What the core costs: hearing a client, a tick over the table, and the memory of a session.
//
//   core_bench           the figures, for tables of a thousand to a million sessions
//   core_bench --short   small tables, and only whether what is measured is what it should be

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "bench/counted_allocations.h"
#include "bench/no_store.h"
#include "bench/silent_host.h"
#include "liveness/plugin.h"

namespace {

using namespace liveness;
using namespace std::chrono_literals;
using bench::allocations;
using bench::NoStore;
using bench::SilentHost;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::size_t kGroups = 360;    // of which one is due at each tick
constexpr auto kIdleTimeout = 720s;     // so that half of it is one round of the groups
constexpr std::size_t kMeasured = 100;  // ticks of each kind
const std::string kStatus = "in a meeting until 3";

bool all_well = true;

void expect(bool what, const char* sentence) {
  if (what) return;
  all_well = false;
  std::printf("WRONG: not true that %s\n", sentence);
}

std::size_t allocatedBytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// A table of so many sessions, each with a presence, and a time that is moved by hand.
class Bench {
 public:
  explicit Bench(std::size_t sessions) : plugin(host, store, policy()) {
    const std::size_t before = allocatedBytes();
    std::string username = "user0000000";
    for (std::size_t i = 0; i < sessions; ++i) {
      std::snprintf(username.data() + 4, 8, "%07u", static_cast<unsigned>(i % 10'000'000));
      StreamOpened opened;
      opened.username = username;
      opened.resource = "phone1";  // with the domain, a JID of 30 characters
      const SessionId id = *host.onStreamOpened(now, opened);
      Presence presence;
      presence.available = true;
      presence.status = kStatus;
      host.onStanzaReceived(now, id, Stanza(presence));
      if (i == 0) first = id;
    }
    bytes_per_session = static_cast<double>(allocatedBytes() - before) /
                        static_cast<double>(std::max<std::size_t>(sessions, 1));
    expect(plugin.session(now, "user0000000@example.org/phone1").has_value(),
           "the first JID is in the table");

    // The names are only now put down, so that the table's memory was measured without them.
    heard.reserve(sessions);
    for (const SessionInfo& info : plugin.sessions(now)) heard.push_back(plugin.heard(info.id));
    expect(heard.size() == sessions, "every session is in the table");
  }

  static Policy policy() {
    Policy policy;
    policy.idle_timeout = kIdleTimeout;
    policy.ping_attempts = 10;           // so close to each other that a group's probes are not spread
    policy.checkpoint_interval = 3600s;  // checkpoint_bench is about these
    return policy;
  }

  void pass(std::chrono::seconds time) {
    now.monotonic += time;
    now.utc += time;
  }

  /// Every 360th session, from the n-th on: neighbours in the table belong to different groups.
  std::size_t hearGroup(std::size_t n) {
    std::size_t size = 0;
    for (std::size_t i = n % kGroups; i < heard.size(); i += kGroups, ++size) heard[i].at(now.monotonic);
    return size;
  }

  double timedTick() {
    const auto begin = Clock::now();
    plugin.tick(now);
    return Microseconds(Clock::now() - begin).count();
  }

  /// A second with the ticks that the plugin wants in it; how long the one took that had the most to do.
  double busiestTickOfASecond() {
    const MonotonicTime end = now.monotonic + 1s;
    double busiest = 0;
    std::size_t most = 0;
    for (MonotonicTime next = now.monotonic + 1ms; now.monotonic < end;) {
      const auto wait = std::min(next, end) - now.monotonic;
      now.monotonic += wait;
      now.utc += std::chrono::floor<std::chrono::milliseconds>(wait);
      const std::size_t before = host.probes;
      const auto begin = Clock::now();
      const std::chrono::milliseconds wanted = plugin.tick(now);
      const double took = Microseconds(Clock::now() - begin).count();
      if (host.probes - before >= most) {
        most = host.probes - before;
        busiest = took;
      }
      next = now.monotonic + std::max(wanted, 1ms);
    }
    return busiest;
  }

  /// Ticks until nothing is left that a bound has put off.
  void tickOut() {
    while (plugin.tick(now) == 0ms) {
    }
  }

  SilentHost host;
  NoStore store;
  Now now{MonotonicTime(100h), UtcTime(1'795'394'688'123ms)};
  Plugin plugin;
  SessionId first;
  std::vector<Heard> heard;
  double bytes_per_session = 0;
};

double median(std::vector<double>& all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

/// What other work of a server does to the caches between two ticks.
void disturbCaches() {
  static std::vector<char> other(std::size_t{64} << 20);
  for (std::size_t i = 0; i < other.size(); i += 64) ++other[i];
}

struct Row {
  std::size_t sessions;
  double none_due, none_due_cold, heard_due, probed_due, bytes;
};

Row measureTicks(std::size_t sessions) {
  Bench bench(sessions);
  Row row{sessions, 0, 0, 0, 0, bench.bytes_per_session};
  bench.plugin.tick(bench.now);

  // Nobody is due before half of the timeout.
  std::vector<double> times;
  times.reserve(kMeasured);  // once, so that no allocation of ours is counted
  const std::size_t allocations_before = allocations;
  for (std::size_t i = 0; i < kMeasured; ++i) {
    bench.pass(1s);
    times.push_back(bench.timedTick());
  }
  expect(allocations == allocations_before, "a tick with nobody due allocates nothing");
  row.none_due = median(times);
  times.clear();
  for (std::size_t i = 0; i < kMeasured; ++i) {
    bench.pass(1s);
    disturbCaches();
    times.push_back(bench.timedTick());
  }
  row.none_due_cold = median(times);
  expect(bench.plugin.stats(bench.now).probes_saved == 0, "nobody was due");

  // A round in which each group is heard in its own second: from its end on, each is due in a second of its
  // own. The groups are spread over the whole table, as sessions that came and went would be.
  for (const Heard& heard : bench.heard) heard.at(bench.now.monotonic);
  std::size_t group = 0;
  for (std::size_t n = 0; n < kGroups; ++n) {
    bench.pass(1s);
    bench.hearGroup(++group);
    bench.tickOut();
  }

  // One group is due at each tick, and was heard right before.
  times.clear();
  std::size_t expected = 0;
  const std::size_t saved = bench.plugin.stats(bench.now).probes_saved;
  const std::size_t allocations_since = allocations;
  for (std::size_t i = 0; i < kMeasured; ++i) {
    bench.pass(1s);
    expected += bench.hearGroup(++group);
    times.push_back(bench.timedTick());
  }
  row.heard_due = median(times);
  const std::size_t found = bench.plugin.stats(bench.now).probes_saved - saved;
  expect(found > expected * 9 / 10 && found < expected * 11 / 10 + 10, "a 360th was due at each tick");
  expect(bench.host.probes == 0, "nobody who was heard was probed");

  // One group is due at each tick, and is probed.
  times.clear();
  expected = 0;
  for (std::size_t i = 0; i < kMeasured; ++i) {
    times.push_back(bench.busiestTickOfASecond());
    expected += bench.hearGroup(++group);
  }
  row.probed_due = median(times);
  expect(bench.host.probes > expected * 9 / 10 && bench.host.probes < expected * 11 / 10 + 10,
         "a 360th was probed at each tick");
  expect(bench.host.closes == 0, "nobody was closed");
  expect(allocations == allocations_since, "a tick with clients due allocates nothing");
  return row;
}

struct Hearing {
  double hot, shuffled;
};

Hearing measureHearing(std::size_t sessions, std::size_t times) {
  Bench bench(sessions);
  const Heard one = bench.plugin.heard(bench.first);
  const std::size_t allocations_before = allocations;

  // The best of short rounds: on a machine with other work, a long one is mostly spent waiting for a
  // processor.
  constexpr std::size_t kRounds = 100;
  const std::size_t at_once = times / kRounds;
  double hot = 0;
  auto begin = Clock::now();
  MonotonicTime time = bench.now.monotonic;
  for (std::size_t round = 0; round < kRounds; ++round) {
    begin = Clock::now();
    for (std::size_t i = 0; i < at_once; ++i) {
      time += 100ns;
      one.at(time);
    }
    const double took = Microseconds(Clock::now() - begin).count() * 1000 / static_cast<double>(at_once);
    hot = round == 0 ? took : std::min(hot, took);
  }
  expect(allocations == allocations_before, "hearing allocates nothing");
  bench.now.monotonic = time;
  const auto info = bench.plugin.session(bench.now, "user0000000@example.org/phone1");
  expect(info && info->silence < 100ms, "the client was heard");

  // In an order that no cache foresees; the order itself lies in memory one after the other.
  std::uint64_t state = 1;
  for (std::size_t i = bench.heard.size(); i > 1; --i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    std::swap(bench.heard[i - 1], bench.heard[(state >> 33) % i]);
  }
  const std::size_t rounds = std::max<std::size_t>(1, times / bench.heard.size() / 10);
  begin = Clock::now();
  for (std::size_t round = 0; round < rounds; ++round) {
    time += 1s;
    for (const Heard& heard : bench.heard) heard.at(time);
  }
  const double operations = static_cast<double>(rounds * bench.heard.size());
  const double shuffled = Microseconds(Clock::now() - begin).count() * 1000 / operations;
  bench.now.monotonic = time;
  std::size_t silent = 0;
  for (const SessionInfo& each : bench.plugin.sessions(bench.now)) silent += each.silence > 100ms;
  expect(silent == 0, "everybody was heard");
  return {hot, shuffled};
}

struct Looking {
  double session, timeline;
};

/// What it costs to look at every session, and at the timeline of one.
Looking measureLooking(std::size_t sessions) {
  Bench bench(sessions);
  std::size_t seen = 0;
  std::size_t bytes = 0;
  double best = 0;
  std::size_t most_allocations = 0;
  for (int round = 0; round < 10; ++round) {
    const std::size_t allocations_before = allocations;
    const auto begin = Clock::now();
    std::uint32_t cursor = 0;
    do {
      cursor = bench.plugin.visitSessions(bench.now, cursor, 4096, [&](const SessionInfo& info) {
        ++seen;
        bytes += info.full_jid.size() + info.presence->status.size();
      });
    } while (cursor != 0);
    const double took = Microseconds(Clock::now() - begin).count() * 1000 / static_cast<double>(sessions);
    best = round == 0 ? took : std::min(best, took);
    most_allocations = std::max(most_allocations, allocations - allocations_before);
  }
  expect(seen == 10 * sessions, "every session was seen in every round");
  expect(bytes == seen * (30 + kStatus.size()), "it was seen with its texts");
  expect(most_allocations <= 4 * (sessions / 4096 + 1), "nothing is allocated for each session");

  const auto begin = Clock::now();
  const SessionId last = bench.plugin.session(bench.now, "user0000000@example.org/phone1")->id;
  std::size_t events = 0;
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds; ++round) events += bench.plugin.timeline(bench.now, last).size();
  expect(sessions > 10'000 || events == 2 * kRounds, "the timeline has its events");
  return {best, Microseconds(Clock::now() - begin).count() / kRounds};
}

const char* verdict(double figure, double target) {
  return figure <= target ? "reached" : "MISSED";
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_short = argc == 2 && std::strcmp(argv[1], "--short") == 0;
  if (argc > 1 && !is_short) {
    std::fprintf(stderr, "usage: core_bench [--short]\n");
    return 2;
  }
  if (is_short) {
    measureHearing(1000, 10'000);
    measureTicks(1000);
    measureTicks(10'000);
    measureLooking(10'000);
    std::printf(all_well ? "core_bench: what is measured is as it should be\n" : "core_bench: wrong\n");
    return all_well ? 0 : 1;
  }

  const Hearing hearing = measureHearing(1'000'000, 100'000'000);
  std::printf("hearing a client        %6.2f ns   (target 3 ns: %s)\n", hearing.hot, verdict(hearing.hot, 3));
  std::printf("  over 1M, shuffled     %6.2f ns\n\n", hearing.shuffled);

  std::printf("one tick, median of %zu, in microseconds\n", kMeasured);
  std::printf("%10s %12s %18s %18s %18s %16s\n", "sessions", "none due", "none due, cold", "1/360 due, heard",
              "1/360 due, probed", "bytes a session");
  Row last{};
  for (const std::size_t sessions : {1000u, 10'000u, 100'000u, 1'000'000u}) {
    last = measureTicks(sessions);
    std::printf("%10zu %12.2f %18.2f %18.2f %18.2f %16.1f\n", last.sessions, last.none_due,
                last.none_due_cold, last.heard_due, last.probed_due, last.bytes);
  }
  std::printf(
      "\nat a million: none due, target 500: %s; 1/360 due, target 2000: %s; memory, target 200: %s\n",
      verdict(last.none_due, 500), verdict(std::max(last.heard_due, last.probed_due), 2000),
      verdict(last.bytes, 200));

  for (const std::size_t sessions : {100'000u, 1'000'000u}) {
    const Looking looking = measureLooking(sessions);
    std::printf("looking at one of %zu sessions: %.0f ns (target 400: %s); at its timeline: %.0f us\n",
                sessions, looking.session, verdict(looking.session, 400), looking.timeline);
  }
  return all_well ? 0 : 1;
}
