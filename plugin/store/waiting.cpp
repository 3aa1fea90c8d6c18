// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/waiting.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace liveness::store {

bool Waiting::put(LastSeen record) {
  const auto found = by_user_.find(record.bare_jid);
  if (found == by_user_.end()) {
    records_.push_back(std::move(record));
    by_user_.emplace(records_.back().bare_jid, std::prev(records_.end()));
    return true;
  }
  LastSeen& kept = *found->second;
  auto node = by_user_.extract(found);  // its key goes with the record that it lies in
  kept = std::move(record);
  node.key() = kept.bare_jid;
  by_user_.insert(std::move(node));
  return false;
}

std::vector<const LastSeen*> Waiting::front(std::size_t count) const {
  std::vector<const LastSeen*> first;
  first.reserve(std::min(count, size()));
  for (auto it = records_.begin(); it != records_.end() && first.size() < count; ++it) first.push_back(&*it);
  return first;
}

LastSeen Waiting::popFront() {
  by_user_.erase(records_.front().bare_jid);
  LastSeen record = std::move(records_.front());
  records_.pop_front();
  return record;
}

}  // namespace liveness::store
