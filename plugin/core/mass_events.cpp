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
  counted_ = false;
}

bool MassEvents::now(const SessionTable& table, const Heartbeat& heartbeat, const Census& census,
                     const Stalls& stalls, bool inactive, Tick tick) {
  if (heartbeat.attempts() == 0) return false;  // nobody is asked, so nobody is asked again
  if (!counted_ || tick - counted_at_ >= Ticks::period::den) {
    counted_ = true;
    counted_at_ = tick;
    count(table, heartbeat, census, stalls, tick);
  }
  return mass_event_[inactive ? 1 : 0];
}

void MassEvents::count(const SessionTable& table, const Heartbeat& heartbeat, const Census& census,
                       const Stalls& stalls, Tick tick) {
  const std::array<std::uint32_t, 2> all{census.size(false), census.size(true)};
  std::array<std::uint32_t, 2> silent{};
  const auto everywhere = [&] { return isMass(silent[0] + silent[1], all[0] + all[1]); };
  table.visitUnlistened([&](std::uint32_t slot) {
    if (table.phase(slot) != Phase::probed || table.probesOut(slot) < heartbeat.attempts() || everywhere())
      return;
    const Session& session = table.at(slot);
    if (table.lastHeard(slot) != session.heard_before_probe) return;
    const std::uint32_t patience = std::min(kTimeToAnswer, heartbeat.spacing(session) / 2);
    const Tick asked = session.stepped_at + stalls.since(session.stepped_at);
    if (session.doubted || after(tick, asked + patience) >= 0) ++silent[session.inactive ? 1 : 0];
  });
  for (const std::size_t kind : {0, 1}) mass_event_[kind] = everywhere() || isMass(silent[kind], all[kind]);
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
