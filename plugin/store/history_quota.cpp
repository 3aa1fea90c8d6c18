// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/history_quota.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace liveness::store {

namespace {

using Days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;

std::int64_t dayOf(const News& news) {
  return std::chrono::floor<Days>(news.logouts.back().record.logged_out_at).time_since_epoch().count();
}

}  // namespace

void HistoryQuota::judge(const News& news, Batch& batch) const {
  const std::size_t all = news.logouts.size();
  if (all == 0) return;
  const Kept kept = keptOf(news);
  if (kept.count + all <= kADay) return;
  const std::size_t singly = kept.count < kADay ? kADay - 1 - kept.count : 0;
  const auto first = batch.ended.end() - static_cast<std::ptrdiff_t>(all);
  std::for_each(first + static_cast<std::ptrdiff_t>(singly), batch.ended.end() - 1,
                [](Batch::Ended& ended) { ended.remembered = false; });
  if (kept.count >= kADay) batch.ended.back().replaces = kept.newest;
}

void HistoryQuota::written(const News& news) {
  if (news.logouts.empty()) return;
  if (kept_.size() >= kMostUsers) kept_.clear();
  const std::size_t count = std::min(kADay, keptOf(news).count + news.logouts.size());
  kept_[std::hash<std::string>{}(news.bare_jid)] = {dayOf(news), count, news.logouts.back().login};
}

HistoryQuota::Kept HistoryQuota::keptOf(const News& news) const {
  const auto found = kept_.find(std::hash<std::string>{}(news.bare_jid));
  const bool counts = found != kept_.end() && found->second.day == dayOf(news) && !news.forgotten;
  return counts ? found->second : Kept{};
}

}  // namespace liveness::store
