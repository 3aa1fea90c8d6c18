// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/sessions_page.h"

namespace liveness::tests {

/// 2026-11-23T04:40:00.123Z
constexpr UtcTime kMadeUpNow{std::chrono::milliseconds{1795408800123}};

inline Now madeUpNow() {
  return {MonotonicTime{std::chrono::hours{100}}, kMadeUpNow};
}

/// A phone of romeo's, heard 35 s ago, that is to be asked for a sign of life.
inline SessionInfo madeUpSession(std::string full_jid = "romeo@localhost/phone") {
  SessionInfo info;
  info.full_jid = std::move(full_jid);
  info.state = SessionState::reachable;
  info.presence.emplace();
  info.presence->available = true;
  info.silence = std::chrono::seconds{35};
  info.last_heard = kMadeUpNow - info.silence;
  info.opened_at = kMadeUpNow - std::chrono::hours{1};
  info.state_since = info.opened_at;
  info.idle_timeout = std::chrono::seconds{360};
  info.next = Next::probe;
  info.next_in = std::chrono::seconds{145};
  return info;
}

/// Sessions in slots, as a plugin has them, but of any kind.
class MadeUpSessions : public report::SessionSource {
 public:
  SessionId add(SessionInfo info) {
    std::size_t slot = 0;
    if (free_.empty()) {
      slot = slots_.size();
      slots_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    info.id = {static_cast<std::uint32_t>(slot), ++generation_};
    const SessionId id = info.id;
    slots_[slot] = std::move(info);
    return id;
  }

  void remove(SessionId id) {
    if (find(id) == nullptr) return;
    slots_[id.slot].reset();
    free_.push_back(id.slot);
  }

  SessionInfo* find(SessionId id) {
    const bool there = id.slot < slots_.size() && slots_[id.slot] && slots_[id.slot]->id == id;
    return there ? &*slots_[id.slot] : nullptr;
  }

  std::vector<SessionInfo> all() const {
    std::vector<SessionInfo> all;
    for (const auto& info : slots_)
      if (info) all.push_back(*info);
    return all;
  }

  std::uint32_t visit(const Now& /*now*/, std::uint32_t cursor, std::uint32_t slots,
                      const std::function<void(const SessionInfo&)>& visit) const override {
    const auto size = static_cast<std::uint32_t>(slots_.size());
    const std::uint32_t end = std::min(cursor + slots, size);
    for (; cursor < end; ++cursor)
      if (slots_[cursor]) visit(*slots_[cursor]);
    return cursor == size ? 0 : cursor;
  }

  std::optional<SessionInfo> session(const Now& /*now*/, SessionId id) const override {
    const auto* info = const_cast<MadeUpSessions*>(this)->find(id);
    return info == nullptr ? std::nullopt : std::optional<SessionInfo>{*info};
  }

 private:
  std::vector<std::optional<SessionInfo>> slots_;
  std::vector<std::size_t> free_;
  std::uint32_t generation_ = 0;
};

}  // namespace liveness::tests
