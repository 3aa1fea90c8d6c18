// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "fakes/contacts_view.h"

#include <algorithm>

namespace liveness::fakes {

void ContactsView::see(MonotonicTime at, const std::string& full_jid, bool available,
                       const std::string& status) {
  bool& online = online_[full_jid];
  if (!available && !online && mistake_.empty())
    mistake_ = full_jid + " was seen to leave without being there";
  online = available;
  all_.push_back({at, full_jid, available, status});
}

bool ContactsView::online(const std::string& full_jid) const {
  const auto found = online_.find(full_jid);
  return found != online_.end() && found->second;
}

std::set<std::string> ContactsView::online() const {
  std::set<std::string> jids;
  for (const auto& [full_jid, online] : online_)
    if (online) jids.insert(full_jid);
  return jids;
}

std::size_t ContactsView::departuresOf(const std::string& full_jid) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const Sight& s) { return !s.available && s.full_jid == full_jid; }));
}

}  // namespace liveness::fakes
