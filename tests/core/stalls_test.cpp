// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/stalls.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace liveness::tests {
namespace {

using core::Stalls;
using core::Tick;

/// The same without any bound.
class Exact {
 public:
  void add(Tick from, Tick to) { stalls_.emplace_back(from, to); }
  std::uint32_t since(Tick heard) const {
    std::uint32_t lost = 0;
    for (const auto& [from, to] : stalls_)
      if (core::after(to, heard) > 0) lost += to - core::later(from, heard);
    return lost;
  }

 private:
  std::vector<std::pair<Tick, Tick>> stalls_;
};

/// A server that stalls for some ticks after having listened for some, until it has had so many stalls. Its
/// time wraps in the middle of it.
struct Server {
  Stalls stalls;
  Exact exact;
  Tick now = Tick{0} - 30'000;

  void stumble(int times, std::uint32_t listens, std::uint32_t stalls_for, std::uint32_t seed) {
    std::minstd_rand random(seed);
    const auto about = [&](std::uint32_t ticks) { return 1 + static_cast<Tick>(random()) % (2 * ticks); };
    for (int i = 0; i < times; ++i) {
      now += about(listens);
      const Tick from = now;
      now += about(stalls_for);
      stalls.add(from, now);
      exact.add(from, now);
      stalls.forget(now);
    }
  }
};

}  // namespace

TEST_SUITE_BEGIN("core/stalls");

TEST_CASE("what was lost since a moment is what was lost after it") {
  Stalls stalls;
  CHECK(stalls.since(7) == 0);
  stalls.add(100, 120);
  stalls.add(200, 230);
  CHECK(stalls.since(50) == 50);
  CHECK(stalls.since(100) == 50);
  CHECK(stalls.since(110) == 40);
  CHECK(stalls.since(120) == 30);
  CHECK(stalls.since(150) == 30);
  CHECK(stalls.since(200) == 30);
  CHECK(stalls.since(229) == 1);
  CHECK(stalls.since(230) == 0);
  CHECK(stalls.since(300) == 0);
}

TEST_CASE("thousands of stalls are remembered exactly") {
  Server server;
  server.stumble(4096, 60, 20, 1);
  for (Tick ago = 0; ago < 400'000; ago += 97)
    REQUIRE(server.stalls.since(server.now - ago) == server.exact.since(server.now - ago));
}

TEST_CASE("of very many, none is lost and none is counted for who was heard after it, to a sixty-fourth") {
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    for (const std::uint32_t listens : {10u, 60u, 500u}) {
      const std::uint32_t stalls_for = 2000 / listens;
      CAPTURE(seed);
      CAPTURE(listens);
      Server server;
      server.stumble(10'000, listens, stalls_for, seed);
      CHECK(server.stalls.size() <= 4096);
      for (std::uint32_t ago = 1; ago < 10'000 * (listens + stalls_for); ago += 1 + ago / 50) {
        const Tick heard = server.now - ago;
        const std::uint32_t exact = server.exact.since(heard);
        REQUIRE(server.stalls.since(heard) >= exact);
        REQUIRE(server.stalls.since(heard) <= exact + ago / 64);
      }
    }
  }
}

TEST_CASE("a stall is forgotten when the server has listened for longer than any deadline takes") {
  Stalls stalls;
  stalls.keepFor(1000);
  stalls.add(100, 200);
  stalls.add(700, 900);
  stalls.forget(1400);
  CHECK(stalls.since(50) == 300);
  stalls.forget(1401);  // 1201 ticks after the first one, 200 of which it did not listen
  CHECK(stalls.size() == 1);
  CHECK(stalls.since(650) == 200);
  CHECK(stalls.since(800) == 100);
  stalls.forget(1900);
  CHECK(stalls.since(650) == 200);
  stalls.forget(1901);
  CHECK(stalls.size() == 0);
  CHECK(stalls.since(650) == 0);
  stalls.add(2000, 2010);
  CHECK(stalls.since(1950) == 10);
  CHECK(stalls.since(2005) == 5);
}

TEST_CASE("a server that is always away for longer than it listens does not remember for ever") {
  Server server;
  server.stalls.keepFor(16 * 1800);
  server.stumble(100'000, 5, 50, 4);
  CHECK(server.stalls.size() <= 4096);
  const Tick heard = server.now - 16 * 1800;
  CHECK(server.stalls.since(heard) >= server.exact.since(heard));
  CHECK(server.stalls.since(heard) <= server.exact.since(heard) + 16 * 1800 / 64);
}

TEST_SUITE_END();
}  // namespace liveness::tests
