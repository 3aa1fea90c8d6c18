// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "support/prosody_log.h"

namespace liveness::support {

namespace {

const std::string kBegin = "Nov 23 11:49:00 general\tinfo\tHello and welcome to Prosody version 0.12.3\n";
const std::string kTerm = "Nov 23 11:49:30 posix\twarn\tReceived SIGTERM\n";
const std::string kHandlerFailed =
    "Nov 23 11:49:30 runner5sjqDJ\terror\tEncountered error: /usr/lib/prosody/modules/mod_c2s.lua:469: "
    "attempt to "
    "call a nil value (method 'close')\n"
    "\tstack traceback:\n"
    "\t/usr/lib/prosody/modules/mod_c2s.lua:469: in function 'func'\n";
const std::string kInterruptedFailed =
    "Nov 23 11:49:30 c2s5563ae0f\terror\tTraceback[c2s]: /usr/lib/prosody/modules/mod_c2s.lua:118: attempt "
    "to call "
    "a nil value (method 'open_stream')\n"
    "\tstack traceback:\n";

}  // namespace

TEST_SUITE("support/prosody_log") {
  TEST_CASE("an error is told with its traceback, and what is expected is not told") {
    const std::string error = "Nov 23 11:49:10 localhost:liveness\terror\tno such thing";
    const std::string log = kBegin + error + "\n\tstack traceback:\n\t[C]: in ?\n" + kTerm;
    CHECK(errorsIn(log, {}) == std::vector<std::string>{error + "\n\tstack traceback:\n\t[C]: in ?"});
    CHECK(errorsIn(log, {"liveness\terror\tno such"}).empty());
    CHECK(errorsIn(kBegin + kTerm, {}).empty());
    CHECK(errorsIn("lua: attempt to index a nil value\n", {}).size() == 1);  // on stderr
  }

  TEST_CASE("what a SIGTERM interrupts may fail, in Prosody's own code and only then") {
    CHECK(errorsIn(kBegin + kTerm + kHandlerFailed + kInterruptedFailed, {}).empty());
    CHECK(errorsIn(kBegin + kInterruptedFailed + kTerm, {}).size() == 1);
    CHECK(errorsIn(kBegin + kTerm + kBegin + kInterruptedFailed, {}).size() == 1);
    CHECK(errorsIn(
              kBegin + kTerm +
                  "Nov 23 11:49:30 c2s5563ae0f\terror\tTraceback[c2s]: /tmp/mod_liveness/sessions.lib.lua:9: "
                  "attempt to index a nil value\n",
              {})
              .size() == 1);
  }

  TEST_CASE("a stop came to nothing where the handler itself failed, after the latest SIGTERM") {
    CHECK(stopCameToNothing(kBegin + kTerm + kHandlerFailed));
    CHECK_FALSE(stopCameToNothing(kBegin + kTerm + kInterruptedFailed));
    CHECK_FALSE(stopCameToNothing(kBegin + kTerm + kHandlerFailed + kBegin + kTerm));
    CHECK_FALSE(stopCameToNothing(kBegin));
  }
}

}  // namespace liveness::support
