// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <algorithm>
#include <set>

#include "simulation/oracle.h"

namespace liveness::simulation {

using namespace std::chrono_literals;
using fakes::Command;

namespace {

std::string milliseconds(Duration d) {
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(d).count()) + " ms";
}

}  // namespace

// What the plugin does.

void Oracle::recorded(const LastSeen& record) {
  const auto waiting = [&] {
    return std::find_if(expected_.begin(), expected_.end(),
                        [&](const Expected& e) { return e.record.bare_jid == record.bare_jid; });
  };
  auto found = waiting();
  if (found == expected_.end()) {
    giveUp(record.bare_jid);
    found = waiting();
  }
  const std::string who = "the logout of " + record.bare_jid;
  if (found == expected_.end()) return complain(who + " is on record, but they have not gone");
  const Expected expected = *found;
  expected_.erase(found);

  const auto is = [&](Cause cause) { return cause == record.cause; };
  on_record_[record.bare_jid] = record;
  if (record.cause == Cause::timed_out) timed_out_[record.bare_jid] = now();
  if (std::none_of(expected.causes.begin(), expected.causes.end(), is))
    complain(who + " has the cause " + toString(record.cause) + ", not " + toString(expected.causes[0]));
  if (record.logged_out_at > world_.now().utc || record.last_heard > record.logged_out_at)
    complain(who + " lies in the future, or last heard after it");
  if (record.logged_out_at != expected.record.logged_out_at) complain(who + " has a wrong time");
  const auto off = record.last_heard - expected.record.last_heard;
  if (off > kRounding || off < -kRounding)
    complain(who + " has a last heard that is off by " + milliseconds(off));
  if (!expected.record.resource.empty() && record.resource != expected.record.resource)
    complain(who + " has the resource " + record.resource);
  if (record.status != expected.record.status || record.offline_presence != expected.record.offline_presence)
    complain(who + " has not the words that were spoken");
  const bool of_silence = record.cause == Cause::timed_out || record.cause == Cause::hold_expired;
  const std::vector<Evidence> right = of_silence ? expected.evidence : std::vector{Evidence::none};
  if (std::find(right.begin(), right.end(), record.evidence) == right.end())
    complain(who + " has not the evidence of its timeout");
}

void Oracle::checkLastSeen(const std::string& bare_jid, const std::optional<LastSeen>& answer) {
  const auto right = on_record_.find(bare_jid);
  if (right == on_record_.end()) {
    if (answer) complain(bare_jid + " was never seen, or is forgotten, and has a last seen");
  } else if (!answer || answer->logged_out_at != right->second.logged_out_at ||
             answer->cause != right->second.cause || answer->status != right->second.status) {
    complain(bare_jid + " has a last seen that is not the one on record");
  }
}

void Oracle::commanded(const Command& command) {
  if (command.kind == Command::Kind::broadcast) {
    if (world_.host.capabilities().broadcasts_when_stream_closes)
      complain("a broadcast was commanded from a host that does it by itself");
    return checkBroadcast(command);
  }
  watchMasses();
  Seat* who = seat(command.session);
  if (who == nullptr) return complain("a command for a session that has gone");
  if (command.kind == Command::Kind::show_held) return checkShowHeld(*who, command.view);
  if (command.kind == Command::Kind::show_again) return checkShowAgain(*who);
  if (command.kind == Command::Kind::end) return checkEnd(*who);
  if (who->held) complain(who->full_jid + " is held, and got a command");
  if (who->told_to_close) complain(who->full_jid + " is closing, and got a command");
  if (command.kind == Command::Kind::probe &&
      (command.probe_kind == Probe::Kind::ack_request) != who->managed)
    complain(who->full_jid + " got a probe of the wrong kind");
  if (command.kind == Command::Kind::probe && to_be_probed_ == who->id)
    checkOperatorsProbe(*who, command);
  else if (command.kind == Command::Kind::probe)
    checkProbe(*who, command);
  else
    checkClose(*who);
}

void Oracle::checkProbe(Seat& seat, const Command& probe) {
  const Duration idle = idleOf(seat);
  const auto attempts = static_cast<std::int64_t>(policy_.ping_attempts);
  if (!policy_.ping || idle == Duration::zero()) complain(seat.full_jid + " was probed against the policy");
  if (seat.probes_out >= attempts && seat.unsure)
    seat.doubted = true;
  else if (seat.probes_out >= attempts)
    checkDoubt(seat);
  const std::int64_t before = seat.unsure ? 0 : std::min<std::int64_t>(seat.probes_out, attempts);
  if (silenceOf(seat) <
      idle / 2 + before * (idle / 2) / attempts - 3 * kRounding - slackOfStalls(seat.last_heard))
    complain(seat.full_jid + " was probed after " + milliseconds(silenceOf(seat)));
  if (!seat.settled_at && now() - seat.opened_at < kSettling - kRounding)
    complain(seat.full_jid + " was probed while it negotiated");
  asked(seat, probe);
  ++seat.probes_out;
  seat.probed_at = now();
}

void Oracle::asked(Seat& seat, const Command& probe) {
  if (seat.probes_out + seat.operators_probes == 0 && !seat.blurred)
    seat.heard_before_probe = seat.last_heard;
  ++seat.probes_sent;
  seat.asked_at = now();
  seat.asked_number = probe.number;
}

void Oracle::checkClose(Seat& seat) {
  const Duration idle = idleOf(seat);
  if (idle == Duration::zero()) complain(seat.full_jid + " was closed against the policy");
  if (silenceOf(seat) < idle - slackOfStalls(seat.last_heard))
    complain(seat.full_jid + " was closed after " + milliseconds(silenceOf(seat)) + " of silence");
  if (silenceOf(seat) > longestSilence(seat))
    complain(seat.full_jid + " was closed only after " + milliseconds(silenceOf(seat)) + " of silence");
  if (!seat.doubted && !seat.unsure) checkNoDoubt(seat);
  if (policy_.ping) {
    // Half of it is room to spread the probes of many; of a doubted client, all is for its answer.
    const Duration spacing = idle / 2 / policy_.ping_attempts;
    const Duration owed =
        seat.doubted && !seat.unsure ? spacing : spacing / 2 - std::min<Duration>(250ms, spacing / 4);
    if (listenedSince(seat.probed_at) < owed - 2 * kRounding - slackOfStalls(seat.probed_at))
      complain(seat.full_jid + " was closed before it could answer its last probe");
  }
  checkRate();
  if (policy_.ping && !seat.unsure && seat.probes_out != policy_.ping_attempts + (seat.doubted ? 1 : 0))
    complain(seat.full_jid + " was closed after " + std::to_string(seat.probes_out) + " probes");
  ++given_up_;
  seat.told_to_close = now();
}

// What must be true when nothing is going on.

void Oracle::afterStep() {
  reconcile();
  if (!expected_.empty())
    complain(expected_.front().record.bare_jid + " has gone (" + toString(expected_.front().causes[0]) +
             "), and it is not on record");
  if (!world_.host.contacts.mistake().empty()) complain(world_.host.contacts.mistake());
  if (world_.host.most_commands_in_a_tick > world_.host.capabilities().commands_per_tick)
    complain("a tick gave " + std::to_string(world_.host.most_commands_in_a_tick) + " commands");
  if (world_.host.asked_for_a_tick_in_a_tick) complain("a tick was asked for from within a tick");
  checkSilence();
  watchMasses();
  checkContacts();
  checkHeld();
  checkStore();
}

void Oracle::afterStop(std::size_t commands_before) {
  if (!expected_.empty()) complain(expected_.front().record.bare_jid + " is not on record after the stop");
  if (world_.host.commands.size() != commands_before) complain("a command was given by the stop");
}

void Oracle::checkEmpty() {
  if (!seats_.empty() || !world_.plugin.sessions(world_.now()).empty())
    complain("somebody is left in the table");
  if (world_.host.contacts.onlineCount() > 0) complain("contacts see somebody who has left");
}

void Oracle::checkSilence() {
  if (now() > world_.host.wake) return;  // the tick is late, the plugin could do nothing
  for (const auto& entry : seats_) {
    const Seat& seat = entry.second;
    if (seat.held && !seat.kicked) continue;
    const Duration idle = idleOf(seat);
    if (seat.told_to_close) {
      if (listenedSince(*seat.told_to_close) >
          kCloseConfirmation + slackOfTicks(*seat.told_to_close) + slackOfCommands(*seat.told_to_close))
        complain(seat.full_jid + " was told to close, did not, and is still here");
      continue;
    }
    if (idle > Duration::zero() && silenceOf(seat) > longestSilence(seat))
      return complain(seat.full_jid + " is still here after " + milliseconds(silenceOf(seat)) +
                      " of silence");
  }
}

Duration Oracle::slackOfTicks(MonotonicTime since) const {
  // Each probe is owed its time for an answer: where ticks are late, the logout waits for all of them.
  const Duration step = world_.ticks_late_by > kLate ? kCatchUp : world_.ticks_late_by;
  return 500ms + kCatchUp + (1 + policy_.ping_attempts) * step + slackOfStalls(since);
}

Duration Oracle::longestSilence(const Seat& seat) const {
  const Duration idle = idleOf(seat);
  const bool was_settled = seat.settled_at && *seat.settled_at <= seat.countsFrom();
  const Duration grace = was_settled ? Duration::zero() : kSettling + idle;
  return std::max(idle, seat.end_by) + grace + slackOfTicks(seat.last_heard) + slackOfMasses(seat);
}

void Oracle::checkContacts() {
  // What the host shows is its own account; what the plugin has to show is ours.
  const bool host_shows = world_.host.capabilities().broadcasts_when_stream_closes;
  // The plugin may have more to say, in the next tick, or in the one after a stall.
  if (!host_shows && world_.host.wake <= now() + 250ms) return;
  std::set<std::string> there;
  if (host_shows) {
    for (const auto& entry : world_.host.sessions())
      if (entry.second.presence && !(entry.second.shown && !entry.second.shown->available))
        there.insert(entry.second.full_jid);
  } else {
    for (const auto& entry : seats_)
      if (entry.second.available && !(entry.second.shown && !entry.second.shown->available))
        there.insert(entry.second.full_jid);
  }
  const std::set<std::string> seen = world_.host.contacts.online();
  for (const std::string& full_jid : there)
    if (seen.count(full_jid) == 0) complain(full_jid + " is available, and not seen so");
  for (const std::string& full_jid : seen)
    if (there.count(full_jid) == 0) complain(full_jid + " has gone, and is still seen online");
}

void Oracle::checkTable() {
  const Now time = world_.now();
  std::size_t missing = seats_.size();
  for (const SessionInfo& info : world_.plugin.sessions(time)) {
    const Seat* who = seat(info.id);
    if (who == nullptr) return complain(info.full_jid + " is in the table, but has gone");
    --missing;
    if (info.full_jid != who->full_jid) complain(who->full_jid + " is called " + info.full_jid);
    if (info.presence.has_value() != who->available) complain(who->full_jid + " has the wrong presence");
    if ((info.state == SessionState::held) != who->held) complain(who->full_jid + " is wrongly held or not");
    const Duration off = info.silence - (time.monotonic - who->last_heard);
    if (off > 2 * kRounding || off < -2 * kRounding) complain(who->full_jid + " has a wrong silence");
    if (info.probes_sent != who->probes_sent) complain(who->full_jid + " has a wrong count of probes");
    checkTimeline(*who);
    if ((info.next == Next::end) != who->told_to_close.has_value())
      complain(who->full_jid + " is not told from one who is about to end");
    if (who->held || who->told_to_close || who->blurred) continue;
    const std::uint32_t out = who->probes_out + who->operators_probes;
    if (info.probes_unanswered != out)
      complain(who->full_jid + " has " + std::to_string(info.probes_unanswered) + " probes out");
    if ((info.state == SessionState::suspect) != (out > 0))
      complain(who->full_jid + " is " + toString(info.state));
  }
  if (missing > 0) complain("a session is not in the table");
  checkEndsOfTimelines();
  checkCounts();

  const Plugin::Stats stats = world_.plugin.stats(time);
  const auto available =
      std::count_if(users_.begin(), users_.end(), [](const auto& entry) { return entry.second.here; });
  if (stats.users_available != static_cast<std::uint64_t>(available))
    complain("wrong count of available users");
  if (stats.sessions[0] + stats.sessions[1] + stats.sessions[2] != seats_.size())
    complain("wrong count of sessions");
}

}  // namespace liveness::simulation
