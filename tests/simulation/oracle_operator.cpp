// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator may ask for, and what they are told of the past.

#include <algorithm>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;
using Kind = SessionEvent::Kind;

namespace {
constexpr Duration kTimeToAnswer = 10s;
constexpr Duration kFalselyWithin = 60s;
}  // namespace

Oracle::Answer Oracle::expectProbe(SessionId id) {
  reconcile();
  to_be_probed_ = id;
  const Seat* who = seat(id);
  if (who == nullptr || who->held || who->told_to_close) return Answer::no;
  const Duration age = now() - who->opened_at;
  const bool out = who->probes_out + who->operators_probes > 0;
  if (out && now() - who->asked_at < kTimeToAnswer) return Answer::no;
  if (!who->settled_at && age < kSettling - kRounding) return Answer::no;
  const bool perhaps_settled = !who->settled_at && age < kSettling + kRounding;
  return perhaps_settled || who->blurred ? Answer::either : Answer::yes;
}

Oracle::Answer Oracle::expectEnd(SessionId id) {
  reconcile();
  to_be_ended_ = id;
  const Seat* who = seat(id);
  if (who != nullptr && who->kicked) to_be_ended_ = {};  // the host was told
  return who == nullptr ? Answer::no : Answer::yes;
}

void Oracle::checkAnswer(Answer right, bool given, const std::string& to_what) {
  if (right != Answer::either && given != (right == Answer::yes))
    complain(to_what + (given ? " was promised to the operator" : " was refused to the operator"));
  if (given && to_what == "a probe" && to_be_probed_)
    complain("the operator's probe was promised, and not sent");
  if (given && to_be_ended_) complain("the operator's end was promised, and not asked for");
  to_be_probed_ = to_be_ended_ = {};
}

void Oracle::checkOperatorsProbe(Seat& seat, const fakes::Command& probe) {
  to_be_probed_ = {};
  asked(seat, probe);
  ++seat.operators_probes;
}

void Oracle::checkEnd(Seat& seat) {
  if (to_be_ended_ != seat.id) complain(seat.full_jid + " was ended, and no operator wanted that");
  to_be_ended_ = {};
  seat.kicked = true;
  seat.told_to_close = now();
}

// The past. Of many clients with a short timeout, some of it is pushed out.

void Oracle::checkTimeline(const Seat& seat) {
  const std::vector<SessionEvent> events = world_.plugin.timeline(world_.now(), seat.id);
  const auto count = [&](Kind kind) {
    return std::count_if(events.begin(), events.end(), [&](const SessionEvent& e) { return e.kind == kind; });
  };
  const std::string its = seat.full_jid + "'s timeline ";
  if (events.empty() || events.front().kind != Kind::opened || count(Kind::opened) != 1)
    return complain(its + "does not begin with its beginning");
  const bool all_there = world_.plugin.stats(world_.now()).probes_sent < 2000;
  if (all_there && count(Kind::probed) != static_cast<std::int64_t>(seat.probes_sent))
    complain(its + "has a wrong count of probes");
  if (count(Kind::held) - count(Kind::resumed) > (seat.held ? 1 : 0))
    complain(its + "is that of one who is held, or not, wrongly");
  if (count(Kind::disconnected) != (seat.kicked ? 1 : 0))
    complain(its + "is wrong about what an operator wanted");
  if (count(Kind::closed) != 0) complain(its + "ends before it does");
  const auto later = [](const SessionEvent& a, const SessionEvent& b) { return a.at > b.at; };
  if (std::adjacent_find(events.begin(), events.end(), later) != events.end())
    complain(its + "is not in order");
  for (const SessionEvent& event : events)
    if (event.at > world_.now().utc) complain(its + "lies in the future");
}

void Oracle::checkEndsOfTimelines() {
  for (const auto& [name, causes] : ended_) {
    const auto events = world_.plugin.timeline(world_.now(), SessionId::fromInteger(name));
    const auto is = [&](Cause cause) { return static_cast<std::int64_t>(cause) == events.back().value; };
    if (events.empty() || events.back().kind != Kind::closed ||
        std::none_of(causes.begin(), causes.end(), is))
      complain("the timeline of one who has gone does not end with that");
  }
  ended_.clear();
}

void Oracle::noteReturn(const std::string& bare_jid) {
  const auto found = timed_out_.find(bare_jid);
  if (found == timed_out_.end()) return;
  const Duration away = now() - found->second;
  if (away < kFalselyWithin - kRounding) ++false_logouts_;
  if (away < kFalselyWithin + 2 * kRounding) ++possible_false_logouts_;
  timed_out_.erase(found);
}

void Oracle::checkCounts() {
  const Plugin::Stats stats = world_.plugin.stats(world_.now());
  std::uint64_t detections = 0;
  for (const std::uint64_t n : stats.detections) detections += n;
  if (detections != given_up_) complain("wrong count of clients given up");
  if (stats.false_logouts < false_logouts_ || stats.false_logouts > possible_false_logouts_)
    complain("wrong count of false logouts");
}

}  // namespace liveness::simulation
