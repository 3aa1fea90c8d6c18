// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/session_table.h"

namespace liveness::core {

SessionId SessionTable::open(Tick now) {
  if (free_.empty()) grow(now);
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  used_ = std::max(used_, slot + 1);
  ++live_;

  Session& session = at(slot);
  session = Session{};
  if (++last_generation_ == 0) ++last_generation_;  // 0 names no session
  session.generation = last_generation_;
  session.opened_at = now;
  phase(slot) = Phase::listening;
  probesOut(slot) = 0;
  checkAt(slot) = now + kFarTicks;
  renewStream(slot);
  setLastHeard(slot, now);
  return idOf(slot);
}

void SessionTable::close(std::uint32_t slot, Tick now) {
  chunk(slot).heard[slot % kChunkSlots].generation.fetch_add(1, std::memory_order_relaxed);
  at(slot) = Session{};
  phase(slot) = Phase::listening;
  checkAt(slot) = now + kFarTicks;
  free_.push_back(slot);
  --live_;
}

void SessionTable::renewStream(std::uint32_t slot) noexcept {
  chunk(slot).heard[slot % kChunkSlots].generation.fetch_add(1, std::memory_order_relaxed);
}

Heard SessionTable::heard(std::uint32_t slot) noexcept {
  HeardCell& cell = chunk(slot).heard[slot % kChunkSlots];
  return {&cell, cell.generation.load(std::memory_order_relaxed)};
}

void SessionTable::grow(Tick now) {
  const auto first = static_cast<std::uint32_t>(chunks_.size()) * kChunkSlots;
  chunks_.push_back(std::make_unique<Chunk>());
  chunks_.back()->check_at.fill(now + kFarTicks);
  for (std::uint32_t i = kChunkSlots; i-- > 0;) free_.push_back(first + i);
}

}  // namespace liveness::core
