// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/recent_timeouts.h"

#include <functional>

namespace liveness::core {

namespace {

constexpr std::uint32_t kRecent = ceilTicks(std::chrono::seconds{60});
constexpr std::size_t kMost = 65'536;

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
  return at_.erase(hashOf(user)) > 0;
}

void RecentTimeouts::expire(Tick now) {
  while (!in_order_.empty() && after(now, in_order_.front().second + kRecent) > 0) dropOldest();
}

void RecentTimeouts::dropOldest() {
  const auto [hash, at] = in_order_.front();
  in_order_.pop_front();
  const auto found = at_.find(hash);
  if (found != at_.end() && found->second == at) at_.erase(found);  // not where a later one took its place
}

}  // namespace liveness::core
