// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/last_seen_cache.h"

#include <utility>

namespace liveness::core {

std::size_t LastSeenCache::costOf(const Entry& entry) noexcept {
  constexpr std::size_t kNode = sizeof(Entry) + 6 * sizeof(void*);  // links, a bucket and the allocator's own
  std::size_t bytes = kNode + entry.bare_jid.capacity();
  if (entry.known)
    bytes += entry.known->bare_jid.capacity() + entry.known->resource.capacity() +
             entry.known->status.capacity() + entry.known->offline_presence.capacity();
  return bytes;
}

void LastSeenCache::put(std::string bare_jid, Known known, Tick now) {
  auto& by_user = entries_.get<ByUser>();
  const auto old = by_user.find(bare_jid);
  if (old != by_user.end()) {
    bytes_ -= costOf(*old);
    by_user.erase(old);
  }
  learn(std::move(bare_jid), std::move(known), now);
}

void LastSeenCache::learn(std::string bare_jid, Known known, Tick now) {
  const auto [entry, is_new] = entries_.push_front({std::move(bare_jid), std::move(known), now});
  if (!is_new) return;
  bytes_ += costOf(*entry);
  shrink();
}

const LastSeenCache::Known* LastSeenCache::find(const std::string& bare_jid, Tick now,
                                                std::uint32_t max_age) {
  auto& by_user = entries_.get<ByUser>();
  const auto found = by_user.find(bare_jid);
  if (found == by_user.end()) return nullptr;
  if (now - found->since > max_age) {
    bytes_ -= costOf(*found);
    by_user.erase(found);
    return nullptr;
  }
  entries_.relocate(entries_.begin(), entries_.project<0>(found));
  return &found->known;
}

void LastSeenCache::shrink() {
  while (bytes_ > max_bytes_ && !entries_.empty()) {
    bytes_ -= costOf(entries_.back());
    entries_.pop_back();
  }
}

}  // namespace liveness::core
