// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is done about a session whose check is due: nothing, a probe, the end.

#include <algorithm>

#include "core/buckets.h"
#include "core/plugin_impl.h"

namespace liveness {

using core::Phase;
using core::Session;
using core::Tick;
using core::Verdict;

namespace {

// Probes that may go out in one sixteenth of a second before anybody thinks of spreading them.
constexpr std::uint32_t kProbesAtOnce = 16;

// A number that has nothing to do with those of the neighbouring slots (Knuth's multiplicative hashing).
std::uint32_t scattered(std::uint32_t slot, Tick tick) noexcept {
  return ((slot ^ (tick << 16)) * 2654435761u) >> 8;
}

}  // namespace

void Plugin::Impl::allowProbes() {
  if (probes_allowed_at_ == last_tick_ && ticked_) return;
  probes_allowed_at_ = last_tick_;
  // Twice what everybody needs who has half of a spacing to be probed in: most find room at once.
  probes_left_ = 0;
  for (const bool inactive : {false, true})
    probes_left_ += 2 * census_.size(inactive) / std::max(1u, heartbeat_.spacing(inactive) / 2);
  probes_left_ = std::max(kProbesAtOnce, probes_left_);
}

bool Plugin::Impl::handleSilence(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  const Tick heard = table_.lastHeard(slot);
  noteLife(slot, heard);
  if (heartbeat_.timeout(session) > 0) census_.count(session);
  const Verdict verdict = heartbeat_.judge(session, heard, table_.probesOut(slot), stalls_, last_tick_);
  switch (verdict.action) {
    case Verdict::Action::probe:
      return handleProbeDue(now, slot, verdict);
    case Verdict::Action::log_out:
      return handleTimeoutDue(now, slot);
    case Verdict::Action::wait:
      break;
  }
  ++counted_.probes_saved;
  table_.checkAt(slot) = verdict.check_at;
  return true;
}

bool Plugin::Impl::handleProbeDue(const Now& now, std::uint32_t slot, const Verdict& verdict) {
  const std::int32_t room = core::after(verdict.put_off_to, last_tick_);
  if (probes_left_ == 0 && room > 0) {
    table_.checkAt(slot) = last_tick_ + 1 + scattered(slot, last_tick_) % static_cast<std::uint32_t>(room);
    return true;
  }
  if (commands_left_ == 0) return false;
  --commands_left_;
  if (probes_left_ > 0) --probes_left_;
  table_.checkAt(slot) = verdict.check_at;
  probe(now, slot);
  return true;
}

bool Plugin::Impl::handleTimeoutDue(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  if (!session.doubted &&
      mass_events_.now(table_, heartbeat_, census_, stalls_, session.inactive, last_tick_)) {
    if (commands_left_ == 0) return false;
    --commands_left_;
    session.doubted = true;
    ++counted_.doubted;
    table_.checkAt(slot) = last_tick_ + std::max(1u, heartbeat_.spacing(session));
    probe(now, slot);
    return true;
  }
  if (commands_left_ == 0) return false;
  if (!mass_events_.admit(last_tick_)) {
    table_.checkAt(slot) = last_tick_ + 1 + scattered(slot, last_tick_) % Ticks::period::den;
    return true;
  }
  --commands_left_;
  timeOut(now, slot);
  return true;
}

// The client was heard with a probe out, last at `heard`: if so, it is put down now what that was.
void Plugin::Impl::noteLife(std::uint32_t slot, Tick heard) {
  if (table_.phase(slot) != Phase::probed || heard == table_.at(slot).heard_before_probe) return;
  if (table_.at(slot).probe_number != 0) note(heard, slot, SessionEvent::Kind::answered);
  endProbing(heard, slot);
}

void Plugin::Impl::endProbing(Tick when, std::uint32_t slot) {
  Session& session = table_.at(slot);
  table_.phase(slot) = Phase::listening;
  table_.probesOut(slot) = 0;
  session.uncounted_probes = 0;
  session.probe_number = 0;
  session.doubted = false;
  session.state_since = when;
}

void Plugin::Impl::probe(const Now& now, std::uint32_t slot) {
  ++table_.probesOut(slot);
  table_.at(slot).stepped_at = toTicks(now.monotonic);
  sendProbe(now, last_tick_, slot);
}

void Plugin::Impl::sendProbe(const Now& now, Tick tick, std::uint32_t slot) {
  Session& session = table_.at(slot);
  const bool first = table_.phase(slot) != Phase::probed;
  if (first) {
    session.heard_before_probe = table_.lastHeard(slot);
    session.state_since = tick;
  }
  table_.phase(slot) = Phase::probed;
  note(tick, slot, SessionEvent::Kind::probed, first ? core::EventLog::kMakesSuspect : 0);
  if (++last_probe_ == 0) ++last_probe_;  // 0 stands for none
  session.probe_number = last_probe_;
  session.asked_at = now.monotonic;
  ++session.probes_sent;
  ++counted_.probes_sent;
  if (session.managed) ++counted_.acks_requested;
  host_.probe(table_.idOf(slot),
              {last_probe_, session.managed ? Probe::Kind::ack_request : Probe::Kind::ping});
}

void Plugin::Impl::timeOut(const Now& now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  const SessionId id = table_.idOf(slot);
  if (table_.phase(slot) == Phase::probed) {
    const auto since = now.monotonic - session.asked_at;
    const Wire wire = host_.wire(id, std::chrono::floor<std::chrono::milliseconds>(since));
    if (wire == Wire::silent) session.evidence = Evidence::network_gone;
    if (wire == Wire::answering) session.evidence = Evidence::client_silent;
  }
  detected(core::between(table_.lastHeard(slot), last_tick_));
  note(last_tick_, slot, SessionEvent::Kind::timed_out);
  census_.drop(session);
  session.stepped_at = toTicks(now.monotonic);
  session.probe_number = 0;  // no answer to it measures anything now
  table_.phase(slot) = Phase::closing;
  table_.checkAt(slot) = last_tick_ + core::kCloseConfirmation;
  host_.closeStream(id, StreamError::connection_timeout);
}

bool Plugin::Impl::handleClosingDue(const Now& now, std::uint32_t slot) {
  const Session& session = table_.at(slot);
  const Tick waited_for = closingCheck(session);
  if (core::after(waited_for, last_tick_) > 0) {
    table_.checkAt(slot) = waited_for;
    return true;
  }
  if (commands_left_ == 0) return false;
  --commands_left_;
  endSession(now, slot, session.kicked ? Cause::kicked : Cause::timed_out);
  return true;
}

Tick Plugin::Impl::closingCheck(const Session& session) const {
  return session.stepped_at + stalls_.since(session.stepped_at) + core::kCloseConfirmation;
}

void Plugin::Impl::detected(std::chrono::milliseconds silence) {
  ++counted_.detections[core::bucketOf(kDetectionBounds, silence)];
  counted_.detections_sum += silence;
}

}  // namespace liveness
