// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/prosody_stop.h"

#include <doctest/doctest.h>

#include "support/child_process.h"
#include "support/temp_dir.h"

namespace liveness::support {
namespace {

const std::string kCameToNothing =
    "Nov 23 11:49:30 posix\twarn\tReceived SIGTERM\n"
    "Nov 23 11:49:30 runner5sjqDJ\terror\tEncountered error: /usr/lib/prosody/modules/mod_c2s.lua:469: "
    "attempt to call a nil value (method 'close')\n";

/// Something that is told to stop in the place of a Prosody, and ends when it is told for the `last` time.
struct Told {
  explicit Told(int last)
      : process(Command{
            {"sh", "-c",
             "n=0; trap 'touch " + file("told") + "; n=$((n+1)); if [ $n = " + std::to_string(last) +
                 " ]; then exit 0; fi' TERM; touch " + file("ready") + "; while :; do sleep 0.05; done"}}) {
    REQUIRE(eventually(kPatience, [&] { return std::filesystem::exists(file("ready")); }));
  }

  /// `log`: what stands in its log once it has been told.
  bool stop(const std::string& log, milliseconds deadline) {
    return stopProsody(
        process.pid(), [&] { return process.running(); },
        [&] { return std::filesystem::exists(file("told")) ? log : std::string(); }, deadline);
  }

  std::string file(const char* name) const { return (dir.path() / name).string(); }

  TempDir dir;
  ChildProcess process;
};

}  // namespace

TEST_SUITE("support/prosody_stop") {
  TEST_CASE("what stops has stopped, and so has what did before") {
    Told told(1);
    CHECK(told.stop("", kPatience));
    CHECK_FALSE(told.process.running());
    CHECK(told.stop("", milliseconds{0}));
  }

  TEST_CASE("where the first word came to nothing there is a second one, and no third") {
    Told twice(2);
    CHECK(twice.stop(kCameToNothing, kPatience));
    Told thrice(3);
    CHECK_FALSE(thrice.stop(kCameToNothing, milliseconds{1000}));
    CHECK(thrice.process.running());
  }

  TEST_CASE("what does not stop is told once where nothing says that it came to nothing") {
    Told twice(2);
    CHECK_FALSE(twice.stop("nothing in it", milliseconds{1000}));
  }

  TEST_CASE("who never waits is told all the same") {
    ChildProcess busy(Command{{"sh", "-c", "while :; do :; done"}});
    CHECK(stopProsody(
        busy.pid(), [&] { return busy.running(); }, [] { return std::string(); }));
  }
}

}  // namespace liveness::support
