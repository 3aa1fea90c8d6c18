// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator wants of one session.

#include <algorithm>

#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Phase;
using core::Session;
using core::Tick;
using Kind = SessionEvent::Kind;

namespace {

// Before an operator may ask a client again that has not answered.
constexpr std::chrono::seconds kTimeToAnswer{10};

}  // namespace

bool Plugin::Impl::probeForOperator(const Now& now, SessionId id) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return false;
  const Tick tick = toTicks(now.monotonic);
  Session& session = table_.at(slot);
  if (!heartbeat_.maySend(session, tick)) return false;
  noteLife(slot, table_.lastHeard(slot));
  switch (table_.phase(slot)) {
    case Phase::held:
    case Phase::closing:
      return false;
    case Phase::probed:
      if (now.monotonic - session.asked_at < kTimeToAnswer) return false;
      break;
    case Phase::listening:
      break;
  }
  // On the side: it is none of those that the heartbeat counts, and moves none of its deadlines.
  if (session.uncounted_probes < UINT8_MAX) ++session.uncounted_probes;
  sendProbe(now, tick, slot);
  return true;
}

bool Plugin::Impl::disconnect(const Now& now, SessionId id) {
  const std::uint32_t slot = table_.find(id);
  if (slot == kNone) return false;
  Session& session = table_.at(slot);
  if (session.kicked) return true;  // the host was told
  const Tick tick = toTicks(now.monotonic);
  noteLife(slot, table_.lastHeard(slot));
  census_.drop(session);
  session.kicked = true;
  session.stepped_at = tick;
  session.probe_number = 0;  // no answer to it measures anything now
  session.doubted = false;
  if (table_.phase(slot) != Phase::held) table_.phase(slot) = Phase::closing;
  note(tick, slot, Kind::disconnected);
  checkAt(tick, slot, closingCheck(session));
  host_.endSession(id);  // last, because a command may emit signals before it returns
  return true;
}

}  // namespace liveness
