// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/recent_timeouts.h"

#include <functional>

namespace liveness::core {

namespace {

constexpr std::uint32_t kRecent = ceilTicks(std::chrono::seconds{60});
constexpr std::size_t kMost = 65'536;

// More than one comes: so that it shrinks, and nobody has to wait for thousands that have expired together.
constexpr int kExpiredAtOnce = 4;

std::uint64_t hashOf(std::string_view user) noexcept {
  return std::hash<std::string_view>{}(user);
}

}  // namespace

void RecentTimeouts::add(std::string_view user, Tick at) {
  expire(at);
  if (in_order_.size() == kMost) dropOldest();
  const std::uint64_t hash = hashOf(user);
  at_[hash] = at;
  in_order_.emplace_back(hash, at);
}

bool RecentTimeouts::take(std::string_view user, Tick now) {
  if (at_.empty()) return false;
  expire(now);
  const auto found = at_.find(hashOf(user));
  if (found == at_.end()) return false;
  const bool recent = after(now, found->second + kRecent) <= 0;
  at_.erase(found);
  return recent;
}

void RecentTimeouts::expire(Tick now) {
  for (int i = 0; i < kExpiredAtOnce && !in_order_.empty(); ++i) {
    if (after(now, in_order_.front().second + kRecent) <= 0) return;
    dropOldest();
  }
}

void RecentTimeouts::dropOldest() {
  const auto [hash, at] = in_order_.front();
  in_order_.pop_front();
  const auto found = at_.find(hash);
  if (found != at_.end() && found->second == at) at_.erase(found);  // not where a later one took its place
}

}  // namespace liveness::core
