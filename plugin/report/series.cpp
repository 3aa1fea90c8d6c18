// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/series.h"

#include <algorithm>

namespace liveness::report {

namespace {

/// Of what is only ever counted up, and by far fewer in a step than that has room for.
std::uint32_t growth(std::uint64_t before, std::uint64_t now) {
  return static_cast<std::uint32_t>(now - before);
}

template <std::size_t kSize>
void grow(std::array<std::uint32_t, kSize>& by, const std::array<std::uint64_t, kSize>& before,
          const std::array<std::uint64_t, kSize>& now) {
  for (std::size_t i = 0; i < kSize; ++i) by[i] = growth(before[i], now[i]);
}

}  // namespace

SampleRing::SampleRing(std::chrono::seconds step, std::chrono::seconds span)
    : step_(step), samples_(static_cast<std::size_t>(span / step)) {}

void SampleRing::add(const Now& now, const Plugin::Stats& stats) {
  Sample& sample = samples_[next_];
  next_ = (next_ + 1) % samples_.size();
  used_ = std::min(used_ + 1, samples_.size());

  sample.at = now.utc;
  for (std::size_t i = 0; i < stats.sessions.size(); ++i) sample.sessions[i] = growth(0, stats.sessions[i]);
  grow(sample.logouts, before_.logouts, stats.logouts);
  grow(sample.round_trips, before_.round_trips, stats.round_trips);
  sample.probes_sent = growth(before_.probes_sent, stats.probes_sent);
  sample.probes_answered = growth(before_.probes_answered, stats.probes_answered);
  sample.probes_saved = growth(before_.probes_saved, stats.probes_saved);
  before_ = stats;

  // Looks that come a little late do not add up; after a long silence the spacing begins anew.
  due_at_ = now.monotonic - due_at_ < step_ ? due_at_ + step_ : now.monotonic + step_;
}

void Series::look(const Plugin& plugin, const Now& now) {
  const bool hour_due = hour_.due(now.monotonic);
  const bool day_due = day_.due(now.monotonic);
  if (!hour_due && !day_due) return;
  const Plugin::Stats stats = plugin.stats(now);
  if (hour_due) hour_.add(now, stats);
  if (day_due) day_.add(now, stats);
}

}  // namespace liveness::report
