// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/waiting.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace liveness::store {

std::size_t Waiting::put(News news) {
  const auto found = by_user_.find(news.bare_jid);
  if (found != by_user_.end()) return merge(*found->second, std::move(news));
  news_.push_back(std::move(news));
  by_user_.emplace(news_.back().bare_jid, std::prev(news_.end()));
  return 0;
}

std::vector<const News*> Waiting::front(std::size_t count) const {
  std::vector<const News*> first;
  first.reserve(std::min(count, size()));
  for (auto it = news_.begin(); it != news_.end() && first.size() < count; ++it) first.push_back(&*it);
  return first;
}

News Waiting::popFront() {
  by_user_.erase(news_.front().bare_jid);
  News news = std::move(news_.front());
  news_.pop_front();
  ++passed_;
  return news;
}

}  // namespace liveness::store
