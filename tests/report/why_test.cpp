// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/why.h"

#include <doctest/doctest.h>

#include "report/words.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/why");

using namespace std::chrono_literals;

namespace {

/// 2026-11-23 04:40:00 UTC
constexpr UtcTime kNow{std::chrono::seconds{1795408800}};

/// A phone that was heard 35 s ago and is to be asked at half of six minutes.
SessionInfo phone() {
  SessionInfo info;
  info.full_jid = "romeo@localhost/phone";
  info.state = SessionState::reachable;
  info.presence.emplace();
  info.presence->available = true;
  info.silence = 35s;
  info.last_heard = kNow - 35s;
  info.opened_at = kNow - 1h;
  info.state_since = kNow - 10min;
  info.idle_timeout = 360s;
  info.next = Next::probe;
  info.next_in = 145s;
  return info;
}

std::string whole(const SessionInfo& info, const Policy& policy = {}) {
  std::string text;
  for (const std::string& line : report::explain(info, policy)) {
    CHECK_FALSE(line.empty());
    CHECK(line.find('\n') == std::string::npos);
    text += line + "\n";
  }
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("of a reachable session it says since when, what was heard, and when it is asked and logged out") {
  const std::string text = whole(phone());
  CAPTURE(text);
  CHECK(
      has(text, "romeo@localhost/phone is reachable since 2026-11-23 04:30:00 UTC (for 10 min), over tcp."));
  CHECK(has(text,
            "Last heard 35.0 s ago, at 2026-11-23 04:39:25 UTC; connected since 2026-11-23 03:40:00 UTC."));
  CHECK(has(text, "Never asked for a sign of life so far; that would be by pings (XEP-0199)."));
  CHECK(has(text, "It may be silent for 6 min (idle_timeout)."));
  CHECK(has(text, "Contacts see it as its client said."));
  CHECK(has(text,
            "if nothing is heard it is asked in 2 min, at 2026-11-23 04:42:25 UTC, and it is logged out in 5 "
            "min."));
}

TEST_CASE("of a suspect session it says how often it was asked, and how soon it is given up") {
  SessionInfo info = phone();
  info.state = SessionState::suspect;
  info.managed = info.resumable = true;
  info.probes_sent = 7;
  info.probes_unanswered = 2;
  info.round_trip = 23'500us;
  info.silence = 300s;
  info.last_heard = kNow - 300s;
  info.next = Next::time_out;
  info.next_in = 60s;
  std::string text = whole(info);
  CAPTURE(text);
  CHECK(has(text, "is suspect since"));
  CHECK(has(text,
            "Asked by requests for acknowledgement (XEP-0198): 7 times in all, 2 times since it was last "
            "heard; an answer takes 23.5 ms (smoothed)."));
  CHECK(
      has(text, "its connection is dropped and the session is held in 60.0 s, at 2026-11-23 04:41:00 UTC."));
  CHECK_FALSE(has(text, "Too many"));

  info.doubted = true;
  info.resumable = false;
  info.probes_unanswered = 1;
  text = whole(info);
  CHECK(has(text, "once since it was last heard"));
  CHECK(has(text, "it is logged out in 60.0 s"));
  CHECK(has(text, "Too many fell silent at once"));
}

TEST_CASE("a session that was asked to be closed says that nobody confirmed it yet") {
  SessionInfo info = phone();
  info.state = SessionState::suspect;
  info.next = Next::end;
  info.next_in = 2s;
  CHECK(has(whole(info), "it counts as closed in 2.0 s"));
}

TEST_CASE("of a held session it says why, what contacts see, and what they will see") {
  SessionInfo info = phone();
  info.state = SessionState::held;
  info.held_because = Cause::connection_lost;
  info.next = Next::show_held;
  info.next_in = 25s;
  std::string text = whole(info);
  CHECK(has(text, "is held since 2026-11-23 04:30:00 UTC (for 10 min): its connection was lost"));
  CHECK(has(text, "Contacts see it as its client said."));
  CHECK(has(text, "contacts see it as unavailable in 25.0 s, at 2026-11-23 04:40:25 UTC."));
  CHECK_FALSE(has(text, "It may be silent"));

  Policy away;
  away.held_presence = HeldPresence::away;
  CHECK(has(whole(info, away), "contacts see it as away in 25.0 s"));

  info.held_because = Cause::timed_out;
  info.shown = HeldView{false, info.last_heard};
  info.next = Next::nothing;
  text = whole(info);
  CHECK(has(text, "it was not heard for too long"));
  CHECK(has(text, "Contacts see it as unavailable since it was last heard."));
  CHECK(has(text, "it ends when the server's time for held sessions is over"));

  info.shown->available = true;
  CHECK(has(whole(info, away), "Contacts see it as away (xa), with its last status."));

  info.shown.reset();
  Policy keep;
  keep.held_presence = HeldPresence::keep;
  CHECK(has(whole(info, keep), "Contacts see it as it was (held_presence is \"keep\")."));
  CHECK(has(whole(phone(), keep), "Contacts see it as its client said."));
}

TEST_CASE("an inactive session has the timeout of those, and a session without a timeout has none") {
  SessionInfo info = phone();
  info.inactive = true;
  info.idle_timeout = 1800s;
  CHECK(has(whole(info), "(XEP-0352). It may be silent for 30 min (inactive_idle_timeout)."));
  info.inactive = false;
  info.idle_timeout = 0s;
  info.next = Next::nothing;
  CHECK(has(whole(info), "for ever (idle_timeout is 0)."));
  CHECK(has(whole(info), "Next: nothing, for as long as its connection stands."));
  info.presence.reset();
  CHECK(has(whole(info), "it is not available"));
}

TEST_CASE("spans are told in the unit that fits") {
  CHECK(report::span(800us) == "0.8 ms");
  CHECK(report::span(99ms) == "99.0 ms");
  CHECK(report::span(100ms) == "0.1 s");
  CHECK(report::span(119s) == "119.0 s");
  CHECK(report::span(120s) == "2 min");
  CHECK(report::span(2h) == "2 h");
  CHECK(report::span(7199s) == "119 min");
  CHECK(report::span(47h) == "47 h");
  CHECK(report::span(48h) == "2 d");
  CHECK(report::span(72h) == "3 d");
  CHECK(report::span(-5s) == "0.0 ms");
}

TEST_SUITE_END();
}  // namespace liveness::tests
