// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/series.h"

#include <doctest/doctest.h>

#include "report/made_up_sessions.h"
#include "report/tick_meter.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/series");

using namespace std::chrono_literals;
using report::SampleRing;
using report::TickMeter;

namespace {

Now at(std::chrono::milliseconds t) {
  Now now = madeUpNow();
  now.monotonic += t;
  now.utc += t;
  return now;
}

}  // namespace

TEST_CASE("a sample tells what came since the one before, and what is so now") {
  SampleRing ring(10s, 1h);
  Plugin::Stats stats;
  stats.sessions = {5, 1, 2};
  stats.logouts[static_cast<std::size_t>(Cause::timed_out)] = 3;
  stats.probes_sent = 10;
  stats.probes_answered = 8;
  stats.probes_saved = 100;
  stats.round_trips[2] = 8;
  ring.add(at(0s), stats);
  stats.sessions = {4, 0, 0};
  stats.logouts[static_cast<std::size_t>(Cause::timed_out)] = 4;
  stats.probes_sent = 10;
  stats.probes_answered = 10;
  stats.probes_saved = 150;
  stats.round_trips[2] = 9;
  stats.round_trips.back() = 1;
  ring.add(at(10s), stats);
  REQUIRE(ring.size() == 2);
  CHECK(ring[0].sessions == std::array<std::uint32_t, 3>{5, 1, 2});
  CHECK(ring[0].logouts[static_cast<std::size_t>(Cause::timed_out)] == 3);
  CHECK(ring[0].probes_saved == 100);
  CHECK(ring[1].at == kMadeUpNow + 10s);
  CHECK(ring[1].sessions == std::array<std::uint32_t, 3>{4, 0, 0});
  CHECK(ring[1].logouts[static_cast<std::size_t>(Cause::timed_out)] == 1);
  CHECK(ring[1].logouts[static_cast<std::size_t>(Cause::logged_out)] == 0);
  CHECK(ring[1].probes_sent == 0);
  CHECK(ring[1].probes_answered == 2);
  CHECK(ring[1].probes_saved == 50);
  CHECK(ring[1].round_trips[2] == 1);
  CHECK(ring[1].round_trips.back() == 1);
}

TEST_CASE("a full ring forgets its oldest sample") {
  SampleRing ring(10s, 1h);
  Plugin::Stats stats;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    stats.sessions[0] = n;
    stats.probes_sent += n;
    ring.add(at(10s * static_cast<int>(n)), stats);
    CHECK(ring.size() == std::min<std::uint64_t>(n + 1, 360));
  }
  for (std::size_t i = 0; i < ring.size(); ++i) {
    CHECK(ring[i].sessions[0] == 640 + i);
    CHECK(ring[i].probes_sent == 640 + i);
    CHECK(ring[i].at == kMadeUpNow + 10s * static_cast<int>(640 + i));
  }
  CHECK(ring.span() == 1h);
}

TEST_CASE("samples keep their spacing when each look is a little late, and begin anew after a gap") {
  SampleRing ring(10s, 1h);
  CHECK(ring.due(at(0s).monotonic));
  std::size_t taken = 0;
  for (auto t = 0ms; t <= 101s; t += 700ms)
    if (ring.due(at(t).monotonic)) {
      ring.add(at(t), {});
      ++taken;
    }
  CHECK(taken == 11);
  CHECK_FALSE(ring.due(at(109s).monotonic));
  CHECK(ring.due(at(5000s).monotonic));
  ring.add(at(5000s), {});
  CHECK_FALSE(ring.due(at(5009s).monotonic));
  CHECK(ring.due(at(5010s).monotonic));
}

TEST_CASE("a date that is set has no influence on when samples are taken") {
  SampleRing ring(10s, 1h);
  ring.add(at(0s), {});
  Now now = at(5s);
  now.utc -= 24h;
  CHECK_FALSE(ring.due(now.monotonic));
  now.monotonic += 5s;
  CHECK(ring.due(now.monotonic));
  ring.add(now, {});
  CHECK(ring[1].at < ring[0].at);
}

TEST_CASE("a tick's time and lateness are counted where they belong") {
  TickMeter meter;
  meter.began(at(0s).monotonic);
  meter.ended((at(0s)).monotonic + 70us, 1000ms);
  CHECK(meter.took().total() == 1);
  CHECK(meter.took().counts[1] == 1);  // over 50 us, and not over 100
  CHECK(meter.took().sum == 70us);
  CHECK(meter.late().total() == 0);

  meter.began(at(1000ms).monotonic + 70us);  // to the moment
  meter.ended(at(1000ms).monotonic + 70us, 1000ms);
  CHECK(meter.late().counts[0] == 1);
  CHECK(meter.late().sum == 0us);
  CHECK(meter.took().counts[0] == 1);

  meter.began(at(2300ms).monotonic + 70us);
  meter.ended(at(5000ms).monotonic, 500ms);
  CHECK(meter.late().sum == 300ms);
  CHECK(meter.late().counts[8] == 1);  // over 250 ms, and not over a second
  CHECK(meter.took().counts.back() == 1);
}

TEST_CASE("a tick that was asked for sooner is late by the sooner time") {
  TickMeter meter;
  meter.began(at(0s).monotonic);
  meter.ended(at(0s).monotonic, 1000ms);
  meter.asked(at(100ms).monotonic, 50ms);
  meter.asked(at(110ms).monotonic, 500ms);  // no reason to come later
  meter.began(at(160ms).monotonic);
  CHECK(meter.late().sum == 10ms);
  meter.ended(at(160ms).monotonic, 1000ms);
  meter.began(at(200ms).monotonic);  // early, which is never late
  CHECK(meter.late().sum == 10ms);
  CHECK(meter.late().total() == 2);
}

TEST_CASE("a tick that ends without having begun is none") {
  TickMeter meter;
  meter.ended(at(0s).monotonic, 1000ms);
  CHECK(meter.took().total() == 0);
  meter.began(at(9s).monotonic);
  CHECK(meter.late().total() == 0);
}

TEST_SUITE_END();
}  // namespace liveness::tests
