// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/waiting.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace liveness::store {

std::size_t Waiting::put(News news) {
  const auto found = by_user_.find(news.bare_jid);
  if (found != by_user_.end()) return merge(found->second->news, std::move(news));
  news_.push_back({std::move(news), next_++});
  by_user_.emplace(news_.back().news.bare_jid, std::prev(news_.end()));
  return 0;
}

std::vector<const News*> Waiting::some(std::size_t count) const {
  std::vector<const News*> some;
  some.reserve(std::min(count, size()));
  auto at = by_user_.upper_bound(erased_last_);
  for (; some.size() < std::min(count, size()); ++at) {
    if (at == by_user_.end()) at = by_user_.begin();
    some.push_back(&at->second->news);
  }
  return some;
}

std::vector<const News*> Waiting::of(const std::unordered_set<std::string>& users) const {
  std::vector<const News*> news;
  for (const std::string& user : users)
    if (const auto found = by_user_.find(user); found != by_user_.end()) news.push_back(&found->second->news);
  return news;
}

void Waiting::erase(const News& news) {
  erased_last_ = news.bare_jid;
  const auto found = by_user_.find(erased_last_);
  const auto piece = found->second;
  by_user_.erase(found);
  news_.erase(piece);
}

News Waiting::popFront() {
  by_user_.erase(news_.front().news.bare_jid);
  News news = std::move(news_.front().news);
  news_.pop_front();
  return news;
}

}  // namespace liveness::store
