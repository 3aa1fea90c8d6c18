// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/mass_events.h"

#include <algorithm>
#include <utility>

namespace liveness::core {

namespace {

// Who was asked just now is not silent yet.
constexpr std::uint32_t kTimeToAnswer = ceilTicks(std::chrono::seconds{5});

// Of a second's logouts: no more than one of so many parts in one tick.
constexpr std::uint32_t kParts = 8;

}  // namespace

MassEvents::MassEvents(const Policy& policy) noexcept {
  setPolicy(policy);
}

void MassEvents::setPolicy(const Policy& policy) noexcept {
  minimum_ = policy.mass_minimum;
  share_ = policy.mass_share;
  rate_ = policy.logout_rate;
}

bool MassEvents::now(const SessionTable& table, const Heartbeat& heartbeat, Tick tick) {
  if (heartbeat.attempts() == 0) return false;  // nobody is asked, so nobody is asked again
  if (counted_ && tick - counted_at_ < Ticks::period::den) return mass_event_;
  counted_ = true;
  counted_at_ = tick;
  const std::uint32_t silent = countSilent(table, heartbeat, tick);
  mass_event_ = silent >= minimum_ && silent >= share_ * table.size();
  return mass_event_;
}

std::uint32_t MassEvents::countSilent(const SessionTable& table, const Heartbeat& heartbeat, Tick tick) {
  const std::uint32_t patience = std::min(kTimeToAnswer, heartbeat.spacing(Session{}) / 2);
  std::uint32_t silent = 0;
  for (std::uint32_t slot = 0; slot < table.slots(); ++slot) {
    if (table.phase(slot) != Phase::probed || table.probesOut(slot) < heartbeat.attempts()) continue;
    const Session& session = table.at(slot);
    const bool unheard = table.lastHeard(slot) == session.heard_before_probe;
    if (unheard && after(tick, session.stepped_at + patience) >= 0) ++silent;
  }
  return silent;
}

bool MassEvents::admit(Tick tick) noexcept {
  for (std::uint32_t passed = std::min<std::uint32_t>(tick - admitted_at_, kWindow); passed > 0; --passed) {
    place_ = (place_ + 1) % kWindow;
    in_window_ -= std::exchange(admitted_[place_], 0);
  }
  admitted_at_ = tick;
  if (in_window_ >= rate_ || admitted_[place_] >= (rate_ + kParts - 1) / kParts) return false;
  ++admitted_[place_];
  ++in_window_;
  return true;
}

}  // namespace liveness::core
