// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/leases.h"

#include <doctest/doctest.h>

namespace liveness::store {

namespace {

using std::chrono::seconds;

constexpr std::int64_t kOwn = 9;

struct Watch {
  Leases leases{seconds{120}, kOwn};
  Leases::Time now{};
  std::vector<Run> runs;

  std::vector<std::int64_t> lookAfter(seconds time) {
    now += time;
    std::vector<std::int64_t> dead;
    for (const Run& run : leases.look(runs, now)) dead.push_back(run.number);
    return dead;
  }
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_SUITE("store/leases") {
  TEST_CASE("who does not beat for the whole of a lease is dead, and who beats is not") {
    Watch watch;
    watch.runs = {{1, "a", "x", 5, {}}, {2, "b", "x", 5, {}}};
    for (int look = 0; look < 6; ++look) {
      CHECK(watch.lookAfter(seconds{20}).empty());
      ++watch.runs[1].beats;
    }
    CHECK(watch.lookAfter(seconds{20}) == Numbers{1});
    CHECK(watch.lookAfter(seconds{20}) == Numbers{1});  // for as long as it is there
    watch.runs.erase(watch.runs.begin());
    CHECK(watch.lookAfter(seconds{1000}).empty());
  }

  TEST_CASE("a silence that nobody watched is none") {
    Watch watch;
    watch.runs = {{1, "a", "x", 5, {}}};
    CHECK(watch.lookAfter(seconds{0}).empty());
    for (int look = 0; look < Leases::kLooks; ++look) CHECK(watch.lookAfter(seconds{1000}).empty());
    CHECK(watch.lookAfter(seconds{1}) == Numbers{1});
  }

  TEST_CASE("after the database was away everybody has a whole lease again") {
    Watch watch;
    watch.runs = {{1, "a", "x", 5, {}}};
    for (int look = 0; look < 6; ++look) CHECK(watch.lookAfter(seconds{20}).empty());
    watch.leases.beginAnew();
    for (int look = 0; look < 7; ++look) CHECK(watch.lookAfter(seconds{20}).empty() == (look < 6));
  }

  TEST_CASE("a run that somebody took is seen to by them for as long as they live") {
    Watch watch;
    std::int64_t taker = 2;
    SUBCASE("somebody who is there") {}
    SUBCASE("somebody who is gone") {
      taker = 3;
    }
    SUBCASE("who looks") {
      taker = kOwn;
    }
    watch.runs = {{1, "a", "x", 5, {}, taker, {}}, {2, "b", "x", 5, {}}, {kOwn, "c", "x", 5, {}}};
    for (int look = 0; look < 6; ++look) {
      CHECK(watch.lookAfter(seconds{20}).empty());
      ++watch.runs[1].beats;
    }
    CHECK(watch.lookAfter(seconds{20}).empty() == (taker == 2));
    for (int look = 0; look < 6; ++look) watch.lookAfter(seconds{20});
    CHECK(watch.lookAfter(seconds{20}) == Numbers{1, 2});
  }

  TEST_CASE("beats that go back are beats of a life") {
    Watch watch;
    watch.runs = {{1, "a", "x", 5, {}}};
    for (int look = 0; look < 20; ++look) {
      watch.runs[0].beats = 50 - static_cast<std::uint64_t>(look);
      CHECK(watch.lookAfter(seconds{50}).empty());
    }
  }
}

}  // namespace liveness::store
