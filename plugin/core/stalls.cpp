// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/stalls.h"

namespace liveness::core {

namespace {
constexpr std::size_t kMaxStalls = 64;
}

void Stalls::add(Tick from, Tick to) {
  if (stalls_.size() == kMaxStalls) {
    // The two oldest become one of their joint length. Exact for whoever was heard before both; who was heard
    // between them is waited for a little longer than due, never less.
    Stall& second = stalls_[1];
    second.from -= stalls_[0].to - stalls_[0].from;
    stalls_.erase(stalls_.begin());
  }
  stalls_.push_back({from, to});
}

std::uint32_t Stalls::since(Tick heard) const noexcept {
  std::uint32_t away = 0;
  for (auto stall = stalls_.rbegin(); stall != stalls_.rend() && after(stall->to, heard) > 0; ++stall)
    away += stall->to - later(stall->from, heard);
  return away;
}

}  // namespace liveness::core
