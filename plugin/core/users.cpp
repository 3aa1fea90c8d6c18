// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/users.h"

namespace liveness::core {

std::uint32_t Users::Pages::add() {
  if (size_ % kPage == 0) pages_.push_back(std::make_unique<User[]>(kPage));
  return size_++;
}

Users::Users() : index_(0, Hash{this}, Equal{this}) {}

std::uint32_t Users::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? kNone : *found;
}

std::uint32_t Users::findOrAdd(std::string_view name) {
  const std::uint32_t known = find(name);
  if (known != kNone) return known;
  std::uint32_t user;
  if (free_.empty()) {
    user = users_.add();
  } else {
    user = free_.back();
    free_.pop_back();
  }
  users_[user] = User{};
  users_[user].name.assign(name.data(), name.size());
  index_.insert(user);
  return user;
}

void Users::remove(std::uint32_t user) {
  index_.erase(user);
  users_[user] = User{};
  free_.push_back(user);
}

}  // namespace liveness::core
