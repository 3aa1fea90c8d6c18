// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
//
// What the page costs the server's thread: each way to sort and filter a hundred thousand sessions, on the
// first page and on deep ones; in all, and at a stretch.
//
//   report_bench           the figures
//   report_bench --short   a small table, and only whether what is measured is what it should be

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "bench/no_store.h"
#include "bench/silent_host.h"
#include "liveness/plugin.h"
#include "report/json.h"
#include "report/sessions_page.h"

namespace {

using namespace liveness;
using namespace std::chrono_literals;
using bench::NoStore;
using bench::SilentHost;
using report::SessionsPage;
using report::SessionsQuestion;
using Sort = SessionsQuestion::Sort;

constexpr double kGoalInAll = 200;  // milliseconds
constexpr double kGoalAtAStretch = 20;
constexpr int kRounds = 3;

constexpr std::array<const char*, 9> kSortNames{"jid",      "resource",  "state", "heard", "round_trip",
                                                "presence", "transport", "next",  "opened"};

bool all_well = true;

void expect(bool what, const char* sentence) {
  if (what) return;
  all_well = false;
  std::printf("WRONG: not true that %s\n", sentence);
}

/// Of this thread, in milliseconds: what others do on the machine is not in it.
double processorTime() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

/// A table as a server has it: clients that came one after another, on three transports, most of them with a
/// presence, and some silent for so long that they were asked.
class Table {
 public:
  explicit Table(std::size_t sessions) : plugin(host, store, Policy{}) {
    next_tick = plugin.tick(now);
    std::uint64_t random = 1;
    for (std::size_t i = 0; i < sessions; ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      const auto some = static_cast<unsigned>(random >> 33);
      StreamOpened opened;
      // A JID of some 30 characters, whose alphabetical order is not that of the slots.
      opened.username = "user" + std::to_string(1'000'000 + i * 7919 % sessions);
      opened.resource = some % 3 == 0 ? "phone" : some % 3 == 1 ? "tablet" : "laptop.4f1c";
      opened.transport = static_cast<Transport>(some / 3 % 3);
      const SessionId id = *host.onStreamOpened(now, opened);
      if (some % 10 != 0) {
        Presence presence;
        presence.available = true;
        presence.show = static_cast<Show>(some / 9 % 5);
        presence.status = some % 2 == 0 ? "" : "in a meeting until " + std::to_string(some % 24);
        host.onStanzaReceived(now, id, Stanza(presence));
      }
      if (i % (sessions / 200) == 0) pass(1s);
    }
    pass(30s);
    for (SessionInfo& info : plugin.sessions(now)) all.push_back(std::move(info));
    expect(all.size() == sessions, "every session is in the table");
    suspects = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const SessionInfo& i) { return i.state == SessionState::suspect; }));
    expect(suspects > 0 && suspects < sessions, "some sessions are suspect, and not all");
  }

  /// With the ticks that the plugin wants.
  void pass(std::chrono::milliseconds time) {
    while (time > 0ms) {
      const auto wait = std::min(time, next_tick);
      now.monotonic += wait;
      now.utc += wait;
      time -= wait;
      next_tick -= wait;
      if (next_tick == 0ms) next_tick = std::max(1ms, plugin.tick(now));
    }
  }

  SilentHost host;
  NoStore store;
  Now now{MonotonicTime(100h), UtcTime(1'795'394'688'123ms)};
  Plugin plugin;
  std::chrono::milliseconds next_tick{0};
  std::vector<SessionInfo> all;
  std::size_t suspects = 0;
};

struct Cost {
  double in_all = 0;  // milliseconds
  double at_a_stretch = 0;
  std::size_t steps = 0;
  std::string json;

  void worse(const Cost& other) {
    in_all = std::max(in_all, other.in_all);
    at_a_stretch = std::max(at_a_stretch, other.at_a_stretch);
    steps = std::max(steps, other.steps);
  }
};

Cost measure(const Table& table, const SessionsQuestion& question) {
  Cost cost;
  const double begin = processorTime();
  {
    SessionsPage page(question);
    for (bool done = false; !done; ++cost.steps) {
      const double step = processorTime();
      done = page.step(table.plugin, table.now);
      cost.at_a_stretch = std::max(cost.at_a_stretch, processorTime() - step);
    }
    cost.json = page.json();
  }
  cost.in_all = processorTime() - begin;
  return cost;
}

std::size_t numberAfter(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":");
  return at == std::string::npos ? 0 : std::stoul(json.substr(at + key.size() + 3));
}

std::size_t rowsOf(const std::string& json) {
  std::size_t rows = 0;
  for (std::size_t at = json.find("\"jid\":"); at != std::string::npos; at = json.find("\"jid\":", at + 1))
    ++rows;
  return rows;
}

/// Of the worst of some rounds, checked by how many rows there should be and how many sessions it found.
Cost measured(const Table& table, const SessionsQuestion& question, std::size_t matched, int rounds) {
  Cost worst;
  const std::size_t rows =
      question.offset >= matched ? 0 : std::min(question.limit, matched - question.offset);
  for (int i = 0; i < rounds; ++i) {
    const Cost cost = measure(table, question);
    expect(numberAfter(cost.json, "total") == table.all.size(), "a page counts all sessions");
    expect(numberAfter(cost.json, "matched") == matched, "a page counts those that it was asked for");
    expect(rowsOf(cost.json) == rows, "a page has as many rows as there are");
    worst.worse(cost);
  }
  return worst;
}

Cost overall;

void print(const char* what, const Cost& cost) {
  std::printf("%-34s %8.1f ms %8.2f ms %6zu steps\n", what, cost.in_all, cost.at_a_stretch, cost.steps);
  overall.worse(cost);
}

void measureSorting(const Table& table, int rounds) {
  const std::size_t all = table.all.size();
  for (const std::size_t limit : {std::size_t{50}, SessionsQuestion::kMostRows}) {
    std::printf("\nsorted, pages of %zu%22s %11s\n", limit, "in all", "at a stretch");
    for (std::size_t sort = 0; sort < kSortNames.size(); ++sort) {
      Cost first;
      Cost deep;
      for (const bool descending : {false, true}) {
        SessionsQuestion question;
        question.sort = static_cast<Sort>(sort);
        question.descending = descending;
        question.limit = limit;
        first.worse(measured(table, question, all, rounds));
        for (const std::size_t offset : {all / 2, all - limit}) {
          question.offset = offset;
          deep.worse(measured(table, question, all, rounds));
        }
      }
      print((std::string{kSortNames[sort]} + ", first page").c_str(), first);
      print((std::string{kSortNames[sort]} + ", middle and last page").c_str(), deep);
    }
  }
}

void measureFilters(const Table& table, int rounds) {
  std::printf("\nfiltered, first page of 50%18s %11s\n", "in all", "at a stretch");
  SessionsQuestion question;
  question.text = "USER" + std::to_string(1'000'000 + table.all.size() / 2);
  print("text of one JID", measured(table, question, 1, rounds));
  question.text = "EXAMPLE.org/";
  print("text of every JID", measured(table, question, table.all.size(), rounds));
  question.text = "nothing that anybody says";
  print("text of none", measured(table, question, 0, rounds));
  question = {};
  question.state = SessionState::suspect;
  print("state", measured(table, question, table.suspects, rounds));
  question = {};
  question.user = "user" + std::to_string(1'000'000 + table.all.size() / 3) + "@example.org";
  print("user", measured(table, question, 1, rounds));
}

void measureStats(const Table& table) {
  double begin = processorTime();
  const Plugin::Stats stats = table.plugin.stats(table.now);
  const double took = processorTime() - begin;
  expect(stats.sessions[0] + stats.sessions[1] + stats.sessions[2] == table.all.size(),
         "every session has a state");
  expect(stats.sessions[1] == table.suspects, "the suspects are counted");
  report::SampleRing day(1min, 24h);
  Now now = table.now;
  for (int i = 0; i < 24 * 60; ++i) {
    now.utc += 1min;
    day.add(now, stats);
  }
  begin = processorTime();
  const std::string json = report::seriesJson(table.now.utc, day);
  std::printf("\nwhat is counted, at once %19.2f ms\nthe series of a day, as JSON %15.2f ms\n", took,
              processorTime() - begin);
  expect(json.size() > 10'000, "a day's series has a length");
}

const char* verdict(double figure, double goal) {
  return figure <= goal ? "reached" : "MISSED";
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_short = argc == 2 && std::strcmp(argv[1], "--short") == 0;
  if (argc > 1 && !is_short) {
    std::fprintf(stderr, "usage: report_bench [--short]\n");
    return 2;
  }
  const Table table(is_short ? 5000 : 100'000);
  measureSorting(table, is_short ? 1 : kRounds);
  measureFilters(table, is_short ? 1 : kRounds);
  measureStats(table);
  if (is_short) {
    std::printf(all_well ? "report_bench: what is measured is as it should be\n" : "report_bench: wrong\n");
    return all_well ? 0 : 1;
  }
  std::printf("\nthe worst of all: %.1f ms (goal %.0f: %s), %.2f ms at a stretch (goal %.0f: %s)\n",
              overall.in_all, kGoalInAll, verdict(overall.in_all, kGoalInAll), overall.at_a_stretch,
              kGoalAtAStretch, verdict(overall.at_a_stretch, kGoalAtAStretch));
  const Table million(1'000'000);
  measureStats(million);
  return all_well ? 0 : 1;
}
