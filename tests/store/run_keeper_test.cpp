// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/run_keeper.h"

#include <doctest/doctest.h>

#include <thread>

#include "scripted_database.h"
#include "store/writer.h"
#include "store_world.h"
#include "support/eventually.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A writer without a thread, whose beat is always due; and many users of a run that died.
struct Recovery {
  explicit Recovery(std::uint64_t users, const Timing& timing = busy())
      : writer(std::make_unique<ScriptedDatabase>(script), std::make_unique<ScriptedDatabase>(script),
               {"north", "x", ""}, timing, mailbox, counters) {
    script.runs[1] = Run{1, "north", "x", 5, {}};
    for (std::uint64_t login = 1; login <= users; ++login) script.online[login] = {};
  }

  void run() {
    mailbox.put(left("a@x"));
    mailbox.close();
    writer.run();
  }

  static Timing busy() {
    Timing timing;
    timing.beat = milliseconds{0};
    timing.patience = seconds{30};
    return timing;
  }

  Script script;
  Counters counters;
  Mailbox mailbox{counters};
  Writer writer;
};

}  // namespace

TEST_SUITE("store/run_keeper") {
  TEST_CASE("a recovery of many slices does not keep its server from beating, or from writing") {
    Recovery recovery(30000);
    recovery.run();
    const auto& slices = recovery.script.slices;
    REQUIRE(slices.size() == 4);
    CHECK(slices[0].rows_before == 0);
    CHECK(slices[1].rows_before == 1);
    for (std::size_t i = 1; i < slices.size(); ++i) {
      CAPTURE(i);
      CHECK(slices[i].beats_before > slices[i - 1].beats_before);
    }
    CHECK(recovery.counters.recovered == 30000);
    CHECK(recovery.script.runs.empty());
  }

  TEST_CASE("a name that another has is waited for a while, and nothing is written before") {
    Recovery recovery(10);
    recovery.mailbox.put(left("a@x"));
    bool closed = false;
    SUBCASE("it is free soon") {
      recovery.script.names_to_wait = 20;
    }
    SUBCASE("not before the stop") {
      recovery.script.names_to_wait = 1'000'000;
      closed = true;
    }
    std::thread writer([&] { recovery.writer.run(); });
    std::string notice;
    support::eventually(support::kPatience, [&] {
      if (const auto told = recovery.mailbox.takeNotice()) notice = told->text;
      return closed ? !notice.empty() : recovery.counters.recovered == 10;
    });
    recovery.mailbox.close();
    writer.join();
    CHECK(recovery.script.names_freed == 0);
    if (closed) {
      CHECK(notice.find("another server that runs has the node name \"north\" there, also for x") !=
            std::string::npos);
      CHECK(recovery.script.beats == 0);
      CHECK(recovery.script.runs.size() == 1);
      CHECK(recovery.counters.recovered == 0);
      CHECK(recovery.counters.waiting == 1);
    } else {
      CHECK(recovery.script.rows.size() == 1);
      CHECK(notice.find("who were with this server when it died") != std::string::npos);
    }
  }

  TEST_CASE("a name whose server has not been heard of for a lease is free") {
    Timing timing = Recovery::busy();
    timing.lease = milliseconds{200};
    Recovery recovery(10, timing);
    recovery.script.names_to_wait = 1'000'000;
    recovery.mailbox.put(left("a@x"));
    std::thread writer([&] { recovery.writer.run(); });
    CHECK(support::eventually(support::kPatience, [&] { return recovery.counters.recovered == 10; }));
    recovery.mailbox.close();
    writer.join();
    CHECK(recovery.script.names_freed == 1);
    CHECK(recovery.script.rows.size() == 1);
  }

  TEST_CASE("a slice that a database does not get done with is halved, until it does") {
    Recovery recovery(9000);
    recovery.script.slices_that_fail = 3;
    recovery.run();
    std::vector<std::size_t> limits;
    for (const auto& slice : recovery.script.slices) limits.push_back(slice.limit);
    CHECK(limits == std::vector<std::size_t>{8192, 4096, 2048, 1024, 2048, 4096, 8192});
    CHECK(recovery.counters.recovered == 9000);
  }
}

}  // namespace liveness::store
