// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "simulation/oracle.h"

#include <algorithm>
#include <utility>

namespace liveness::simulation {

using namespace std::chrono_literals;
using fakes::HostSession;

Oracle::Oracle(fakes::World& world, Policy policy) : world_(world), policy_(std::move(policy)) {
  world_.host.observer = this;
  world_.store.when_recorded = [this](const LastSeen& record) { recorded(record); };
}

Oracle::~Oracle() {
  world_.host.observer = nullptr;
  world_.store.when_recorded = nullptr;
}

void Oracle::complain(const std::string& text) {
  if (complaint_.empty()) complaint_ = text;
}

Seat* Oracle::seat(SessionId id) {
  const auto found = seats_.find(id.toInteger());
  return found == seats_.end() ? nullptr : &found->second;
}

// What happens on the host.

void Oracle::opening(const std::string& full_jid) {
  reconcile();
  const auto older = std::find_if(seats_.begin(), seats_.end(),
                                  [&](const auto& entry) { return entry.second.full_jid == full_jid; });
  if (older == seats_.end()) return;
  end(older->first, {causeOfEnd(older->second, Cause::replaced)});
}

void Oracle::opened(const HostSession& session) {
  Seat seat;
  seat.id = session.id;
  seat.bare_jid = session.bare_jid;
  seat.full_jid = session.full_jid;
  seat.opened_at = seat.began_at = seat.put_off_at = now();
  seat.last_heard = session.last_heard;
  if (session.resumable) settle(seat);
  seat.managed = session.resumable;
  if (!session.id) complain("a new session got no name");
  if (!seats_.emplace(session.id.toInteger(), seat).second) complain("two sessions got the same name");
  most_seats_ = std::max(most_seats_, seats_.size());
}

void Oracle::heard(const HostSession& session) {
  if (Seat* who = seat(session.id)) {
    const bool probed = who->probes_out + who->operators_probes > 0 || who->blurred;
    who->blurred = probed && now() - who->heard_before_probe < kRounding;
    who->last_heard = now();
    who->isThere();
  }
}

void Oracle::presented(const HostSession& session, const Presence& presence) {
  reconcile();
  Seat* who = seat(session.id);
  if (who == nullptr) return;
  settle(*who);
  if (!presence.available) return depart(*who, {Cause::logged_out}, presence);
  if (who->available) return;
  who->available = true;
  User& user = users_[who->bare_jid];
  user.joined_at = now();
  ++user.available;
  if (who->hidden()) {
    ++user.hidden;
    return;
  }
  user.words = {};
  appear(*who);
}

void Oracle::appear(const Seat& seat) {
  User& user = users_[seat.bare_jid];
  if (std::exchange(user.here, true) || user.forgotten) return;
  user.last_heard = seat.last_heard;
  noteReturn(seat.bare_jid);
}

void Oracle::resumptionEnabled(const HostSession& session) {
  if (Seat* who = seat(session.id)) {
    settle(*who);
    who->managed = true;
  }
}

void Oracle::clientState(const HostSession& session) {
  Seat* who = seat(session.id);
  if (who == nullptr) return;
  who->put_off_at = now();
  if (who->inactive != session.inactive) who->begin(now());
  who->inactive = session.inactive;
}

void Oracle::answered(const HostSession& session, std::uint32_t probe_number) {
  Seat* who = seat(session.id);
  if (who != nullptr && probe_number == who->asked_number) who->blurred = false;
}

void Oracle::held(const HostSession& session) {
  Seat* who = seat(session.id);
  if (who == nullptr) return;
  if (who->held) return;
  who->held = true;
  who->held_at = session.held_at;
  who->isThere();
  who->blurred = false;
  if (!who->kicked) who->told_to_close.reset();
  watchMasses();
}

void Oracle::resumed(const HostSession& session) {
  Seat* who = seat(session.id);
  if (who == nullptr) return;
  who->held = false;
  who->inactive = false;
  who->blurred = false;
  who->evidence = Evidence::none;
  settle(*who);
  if (!who->kicked) who->told_to_close.reset();
  who->last_heard = who->put_off_at = now();
  who->begin(now());
  who->isThere();
}

void Oracle::closed(const HostSession& session, Cause cause) {
  reconcile();
  const Seat* who = seat(session.id);
  if (who == nullptr) return;
  end(session.id.toInteger(), {causeOfEnd(*who, cause)});
  watchMasses();
}

Cause Oracle::causeOfEnd(const Seat& seat, Cause told) {
  if (seat.kicked) return Cause::kicked;
  if (seat.told_to_close) return Cause::timed_out;
  return seat.held && told == Cause::connection_lost ? Cause::hold_expired : told;
}

void Oracle::end(std::uint64_t name, std::vector<Cause> causes) {
  const auto found = seats_.find(name);
  if (found->second.available) {
    const bool seen_to_go = found->second.shown && !found->second.shown->available;
    owed_[found->second.full_jid].push_back(seen_to_go ? Audience::directed_only : Audience::everybody);
  }
  ended_[name] = causes;
  depart(found->second, std::move(causes), Presence{});
  seats_.erase(found);
}

void Oracle::endLate(std::uint64_t name) {
  const auto found = seats_.find(name);
  const std::vector<Cause> causes{found->second.kicked ? Cause::kicked : Cause::timed_out};
  ended_[name] = causes;
  depart(found->second, causes, Presence{});
  seats_.erase(found);
}

void Oracle::depart(Seat& seat, std::vector<Cause> causes, const Presence& last) {
  if (!std::exchange(seat.available, false)) return;
  User& user = users_[seat.bare_jid];
  const bool was_hidden = seat.hidden();
  if (user.here && !was_hidden) user.last_heard = std::max(user.last_heard, seat.last_heard);
  if (user.here && !(last.status.empty() && last.xml.empty())) user.words = last;
  --user.available;
  if (was_hidden) --user.hidden;
  const bool forgotten = user.forgotten;
  if (user.available == 0) user.forgotten = false;
  if (user.available > (was_hidden ? 0 : user.hidden)) return;
  if (!std::exchange(user.here, false) || forgotten) return;  // on record, and then the last hold ended
  Expected expected;
  expected.record.bare_jid = seat.bare_jid;
  expected.record.resource = seat.full_jid.substr(seat.bare_jid.size() + 1);
  expected.record.status = user.words.status;
  expected.record.offline_presence = user.words.xml;
  user.words = {};
  expected.record.logged_out_at = world_.now().utc;
  expected.record.last_heard =
      world_.now().utc - std::chrono::floor<std::chrono::milliseconds>(now() - user.last_heard);
  expected.causes = std::move(causes);
  expected.evidence = {seat.evidence};
  expected_.push_back(std::move(expected));
}

void Oracle::wireAsked(SessionId id, Wire answer) {
  Seat* who = seat(id);
  if (who == nullptr) return;
  if (answer == Wire::silent) who->evidence = Evidence::network_gone;
  if (answer == Wire::answering) who->evidence = Evidence::client_silent;
}

void Oracle::forgetting(const std::string& bare_jid) {
  reconcile();
  on_record_.erase(bare_jid);
  const auto user = users_.find(bare_jid);
  if (user != users_.end()) {
    user->second.forgotten = user->second.available > 0;
    user->second.words = {};
  }
}

void Oracle::expectStop() {
  std::map<std::string, std::vector<Evidence>> evidence;
  for (const auto& entry : seats_)
    if (entry.second.told_to_close) evidence[entry.second.bare_jid].push_back(entry.second.evidence);
  // Who was about to go has gone before everybody else.
  for (const bool ending : {true, false})
    for (auto& entry : seats_)
      if (entry.second.told_to_close.has_value() == ending)
        depart(entry.second, {causeOfEnd(entry.second, Cause::server_stopped)}, Presence{});
  // Which resource of several goes last is the plugin's own choice.
  for (Expected& expected : expected_) {
    expected.record.resource.clear();
    if (expected.causes[0] == Cause::server_stopped) continue;
    expected.causes = {Cause::timed_out, Cause::kicked};
    expected.evidence = evidence[expected.record.bare_jid];
  }
}

// A host that never confirms a close.

bool Oracle::isGivenUp(const Seat& seat) const {
  return seat.told_to_close && listenedSince(*seat.told_to_close) >=
                                   kCloseConfirmation - kRounding - slackOfStalls(*seat.told_to_close);
}

void Oracle::giveUp(const std::string& bare_jid) {
  std::vector<Cause> causes;
  std::vector<Evidence> evidence;
  for (auto it = seats_.begin(); it != seats_.end();) {
    const auto here = it++;
    if (here->second.bare_jid == bare_jid && here->second.available && isGivenUp(here->second)) {
      causes.push_back(here->second.kicked ? Cause::kicked : Cause::timed_out);
      evidence.push_back(here->second.evidence);
      endLate(here->first);
    }
  }
  // One tick may end several of them; the one that it ended last is its own choice.
  for (Expected& expected : expected_)
    if (expected.record.bare_jid == bare_jid) {
      expected.record.resource.clear();
      expected.causes = causes;
      expected.evidence = evidence;
    }
}

bool Oracle::knows(SessionId id) {
  const Seat* who = seat(id);
  if (who == nullptr) return false;
  if (!isGivenUp(*who)) return true;
  const auto info = world_.plugin.session(world_.now(), who->full_jid);
  if (info && info->id == id) return true;
  endLate(id.toInteger());  // had it a record to get, that is missing now
  return false;
}

void Oracle::reconcile() {
  std::vector<SessionId> overdue;
  for (const auto& entry : seats_)
    if (isGivenUp(entry.second)) overdue.push_back(entry.second.id);
  for (const SessionId id : overdue) knows(id);
}

// Time.

void Oracle::beforeTick() {
  watchMasses();
  work_before_ = world_.plugin.stats(world_.now()).work;
  if (now() - world_.host.wake > kLate) stalls_.push_back({world_.host.wake, now()});
}

void Oracle::afterTick() {
  // Each is judged, looked at for the checkpoint and for a lost login, and its user told of, or that they are
  // connected, twice at most.
  const std::uint64_t work = world_.plugin.stats(world_.now()).work - work_before_;
  if (work > 8 * most_seats_)
    complain("a tick looked " + std::to_string(work) + " times at " + std::to_string(most_seats_) +
             " sessions");
}

Duration Oracle::slackOfStalls(MonotonicTime t) const {
  const auto since =
      std::find_if(stalls_.rbegin(), stalls_.rend(), [&](const Stall& s) { return s.to <= t; });
  return (since - stalls_.rbegin()) * 2 * kRounding;
}

Duration Oracle::stalledSince(MonotonicTime t) const {
  Duration stalled{0};
  for (auto stall = stalls_.rbegin(); stall != stalls_.rend() && stall->to > t; ++stall)
    stalled += stall->to - std::max(stall->from, t);
  return stalled;
}

}  // namespace liveness::simulation
