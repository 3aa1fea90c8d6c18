// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What a new policy means for the sessions that are there.

#include <algorithm>
#include <utility>

#include "core/plugin_impl.h"

namespace liveness {

using core::Heartbeat;
using core::Phase;
using core::Session;
using core::Tick;

void Plugin::Impl::setPolicy(const Now& now, const Policy& policy) {
  const Tick tick = toTicks(now.monotonic);
  const Heartbeat before = heartbeat_;
  heartbeat_ = Heartbeat{policy, tick};
  if (heartbeat_.isAs(before)) heartbeat_ = before;
  mass_events_.setPolicy(policy);
  held_presence_ = policy.held_presence;
  held_grace_ = core::ceilTicks(policy.held_grace);
  keepStalls();
  checkpoint_interval_ = policy.checkpoint_interval;
  if (ticked_) planCheckpoints();
  store_.keepHistory(policy.history);

  auto next = static_cast<std::int32_t>(core::kFarTicks);
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot) {
    if (!table_.live(slot)) continue;
    const Phase phase = table_.phase(slot);
    if (phase == Phase::closing) continue;
    if (phase == Phase::held)
      table_.checkAt(slot) = heldCheck(table_.at(slot), tick);
    else if (!heartbeat_.isAs(before, table_.at(slot).inactive))
      takeNewPace(tick, slot);
    next = std::min(next, std::max(0, core::after(table_.checkAt(slot), tick)));
  }
  const Tick due = tick + static_cast<Tick>(next);
  if (ticked_ && core::after(expected_tick_, due) > 0) wantTick(tick, core::between(tick, due));
}

void Plugin::Impl::takeNewPace(Tick now, std::uint32_t slot) {
  Session& session = table_.at(slot);
  const Tick heard = table_.lastHeard(slot);
  noteLife(slot, heard);
  if (heartbeat_.timeout(session) == 0) census_.drop(session);

  const std::uint32_t out = table_.probesOut(slot);
  const std::uint32_t counting = heartbeat_.counting(session, heard, out, stalls_);
  table_.probesOut(slot) = static_cast<std::uint8_t>(counting);
  session.uncounted_probes = static_cast<std::uint8_t>(
      std::min<std::uint32_t>(UINT8_MAX, session.uncounted_probes + out - counting));
  session.doubted = session.doubted && counting > heartbeat_.attempts();
  table_.checkAt(slot) = heartbeat_.firstCheck(session, heard, now);
}

}  // namespace liveness
