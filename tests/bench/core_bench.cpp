// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the core costs: hearing a client, a tick, a session's memory. From a thousand sessions to a million,
// so that the growth shows. `--short` stops at ten thousand and only checks that things are as they should
// be.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "bench/counted_allocations.h"
#include "liveness/plugin.h"

namespace {

using namespace liveness;
using bench::allocations;
using namespace std::chrono_literals;

/// Takes every command and does nothing about it, so that only the core is measured.
class SilentHost : public Host {
 public:
  const std::string& domain() const noexcept override { return domain_; }
  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  void probe(SessionId, const Probe&) override { ++probes; }
  void broadcast(const std::string&, const Presence&) override {}
  void closeStream(SessionId, StreamError) override { ++closings; }
  void requestTick(std::chrono::milliseconds) override {}

  std::size_t probes = 0;
  std::size_t closings = 0;

 private:
  std::string domain_ = "example.org";
  Capabilities capabilities_{true, 1u << 30};
};

class SilentStore : public Store {
 public:
  void start() override {}
  void recordLogout(LastSeen) override {}
  void findLastSeen(std::string, Found) override {}
  void poll() override {}
  bool reading() const override { return false; }
  Stats stats() const override { return {}; }
  std::vector<Notice> takeNotices() override { return {}; }
  void stop() override {}
};

Now at(std::chrono::milliseconds since_start) {
  return {MonotonicTime{} + 1000h + since_start, UtcTime{} + 500000h + since_start};
}

double nanoseconds(std::chrono::steady_clock::duration d) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(d).count());
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not as it should be: %s\n", what);
  std::exit(1);
}

/// A number of sessions that were opened over one idle timeout, evenly.
class World {
 public:
  explicit World(std::size_t sessions, std::chrono::milliseconds over) : plugin_(host_, store_, Policy{}) {
    ids_.reserve(sessions);
    const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    char name[16];
    for (std::size_t i = 0; i < sessions; ++i) {
      std::snprintf(name, sizeof name, "user%06zu", i % 1000000);
      // On whole seconds, so that a second's worth is due in one tick.
      const auto moment = over * static_cast<long>(i) / static_cast<long>(sessions);
      const Now now = at(std::chrono::floor<std::chrono::seconds>(moment));
      const auto id = host_.onStreamOpened(now, StreamOpened{name, "phone01", Transport::tcp, false});
      Presence presence;
      presence.available = true;
      presence.status = "back in five minutes";
      host_.onStanzaReceived(now, *id, presence);
      ids_.push_back(*id);
    }
    bytes_ = mallinfo2().uordblks + mallinfo2().hblkhd - before;
  }

  double bytesPerSession() const { return static_cast<double>(bytes_) / static_cast<double>(ids_.size()); }

  /// The best of some ticks at times at which nobody is due.
  double idleTick() {
    double best = 1e18;
    for (int i = 0; i < 20; ++i) best = std::min(best, tick(std::chrono::milliseconds{i}));
    require(host_.probes == 0, "nobody is due");
    return best;
  }

  /// The median of ticks in which 1/360 of the sessions is due and silent, and probed.
  double busyTick() {
    // A tick for each second from the start on: one that came late would move all deadlines.
    int second = 1;
    for (; second <= 180; ++second) tick(std::chrono::seconds{second});
    std::vector<double> took;
    for (; second <= 240; ++second) {
      const std::size_t before = host_.probes;
      took.push_back(tick(std::chrono::seconds{second}));
      require(host_.probes > before, "somebody is due");
    }
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
  }

  /// Hears sessions in the given order; nanoseconds each.
  double hear(bool shuffled, std::size_t times) {
    std::vector<Heard> heard;
    for (const SessionId id : ids_) heard.push_back(plugin_.heard(id));
    if (shuffled) std::shuffle(heard.begin(), heard.end(), std::mt19937{1});
    const std::size_t before = allocations;
    const auto began = std::chrono::steady_clock::now();
    MonotonicTime now = at(1s).monotonic;
    for (std::size_t i = 0; i < times; ++i) {
      now += 1us;
      heard[i % heard.size()].at(now);
    }
    const auto took = std::chrono::steady_clock::now() - began;
    require(allocations == before, "hearing allocates nothing");
    return nanoseconds(took) / static_cast<double>(times);
  }

 private:
  double tick(std::chrono::milliseconds when) {
    const Now now = at(when);
    const auto began = std::chrono::steady_clock::now();
    plugin_.tick(now);
    return nanoseconds(std::chrono::steady_clock::now() - began);
  }

  SilentHost host_;
  SilentStore store_;
  Plugin plugin_;
  std::vector<SessionId> ids_;
  std::size_t bytes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  std::printf("hearing one client again and again: %6.2f ns\n",
              World(1, 0ms).hear(false, quick ? 100000 : 100000000));
  std::printf("%10s %14s %14s %14s %14s\n", "sessions", "hear, shuffled", "tick, no due", "tick, 1/360",
              "bytes each");
  for (const std::size_t sessions : {1000u, 10000u, 100000u, 1000000u}) {
    if (quick && sessions > 10000) break;
    World world(sessions, 360s);
    const double bytes = world.bytesPerSession();
    const double idle = world.idleTick();
    const double busy = world.busyTick();
    const double hear = world.hear(true, quick ? sessions : std::max<std::size_t>(sessions, 10000000));
    std::printf("%10zu %11.2f ns %11.4f ms %11.4f ms %14.1f\n", sessions, hear, idle / 1e6, busy / 1e6,
                bytes);
  }
  return 0;
}
