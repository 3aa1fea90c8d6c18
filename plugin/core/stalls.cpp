// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/stalls.h"

#include <algorithm>
#include <iterator>

namespace liveness::core {

namespace {

constexpr std::size_t kMostExact = 4096;
constexpr std::uint32_t kPrecision = 64;

}  // namespace

void Stalls::add(Tick from, Tick to) {
  lost_ += to - from;
  stalls_.push_back({to, lost_});
  if (stalls_.size() > kMostExact) thin(to);
}

void Stalls::forget(Tick now) {
  while (!stalls_.empty()) {
    const Stall& oldest = stalls_.front();
    const std::uint32_t listened = now - oldest.to - (lost_ - oldest.lost);
    if (listened <= horizon_) return;
    forgotten_ = oldest.lost;
    stalls_.pop_front();
  }
}

std::uint32_t Stalls::since(Tick heard) const noexcept {
  if (stalls_.empty() || after(stalls_.back().to, heard) <= 0) return 0;
  const auto first = std::partition_point(stalls_.begin(), stalls_.end(),
                                          [&](const Stall& stall) { return after(stall.to, heard) <= 0; });
  const std::uint32_t before = first == stalls_.begin() ? forgotten_ : std::prev(first)->lost;
  // Of a stretch that was not over when the client was heard: no more than what was left of it.
  return lost_ - first->lost + std::min(first->lost - before, first->to - heard);
}

void Stalls::thin(Tick now) {
  auto kept = stalls_.begin();
  std::uint32_t before = forgotten_;
  for (auto next = std::next(kept); next != stalls_.end(); ++next) {
    if (next->lost - before > (now - next->to) / kPrecision) {
      before = kept->lost;
      ++kept;
    }
    *kept = *next;
  }
  stalls_.erase(std::next(kept), stalls_.end());
}

}  // namespace liveness::core
