// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Which sessions a user has. All of this costs the same for the ten-thousandth as for the first.

#include "core/plugin_impl.h"

namespace liveness {

using core::kNone;
using core::Session;
using core::User;

namespace {

// So many of a user's sessions are looked through for a resource before an index is worth its memory.
constexpr std::uint32_t kFewSessions = 16;

}  // namespace

void Plugin::Impl::joinUser(std::uint32_t slot, std::string_view username) {
  Session& session = table_.at(slot);
  session.user = users_.findOrAdd(username);
  User& user = users_.at(session.user);
  session.next = user.first;
  if (user.first != kNone) table_.at(user.first).previous = slot;
  user.first = slot;
  ++user.sessions;
  if (user.indexed) return resources_.add(slot);
  if (user.sessions <= kFewSessions) return;
  user.indexed = true;
  for (std::uint32_t each = user.first; each != kNone; each = table_.at(each).next) resources_.add(each);
}

void Plugin::Impl::leaveUser(std::uint32_t slot) {
  Session& session = table_.at(slot);
  User& user = users_.at(session.user);
  if (user.indexed) resources_.remove(slot);
  (session.previous == kNone ? user.first : table_.at(session.previous).next) = session.next;
  if (session.next != kNone) table_.at(session.next).previous = session.previous;
  if (--user.sessions == 0) users_.remove(session.user);
}

std::uint32_t Plugin::Impl::findSession(std::uint32_t user, std::string_view resource) const {
  if (users_.at(user).indexed) return resources_.find(user, resource);
  std::uint32_t slot = users_.at(user).first;
  while (slot != kNone) {
    const auto& r = table_.at(slot).resource;
    if (std::string_view{r.data(), r.size()} == resource) break;
    slot = table_.at(slot).next;
  }
  return slot;
}

}  // namespace liveness
