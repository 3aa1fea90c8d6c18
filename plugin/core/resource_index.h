// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <tsl/robin_set.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/session_table.h"

namespace liveness::core {

/// Sessions by user and resource: of those users who have so many that their list would be long to look
/// through. The sessions lie in the table; this has their slots.
class ResourceIndex {
 public:
  explicit ResourceIndex(const SessionTable& table);
  ResourceIndex(const ResourceIndex&) = delete;
  ResourceIndex& operator=(const ResourceIndex&) = delete;

  void add(std::uint32_t slot) { slots_.insert(slot); }

  /// Before the session is closed.
  void remove(std::uint32_t slot) { slots_.erase(slot); }

  /// The slot, or kNone.
  std::uint32_t find(std::uint32_t user, std::string_view resource) const;

 private:
  struct Key {
    std::uint32_t user;
    std::string_view resource;
    bool operator==(const Key& other) const noexcept {
      return user == other.user && resource == other.resource;
    }
  };

  static Key keyOf(const SessionTable& table, std::uint32_t slot) noexcept {
    const Session& session = table.at(slot);
    return {session.user, {session.resource.data(), session.resource.size()}};
  }

  struct Hash {
    const SessionTable* table;
    using is_transparent = void;
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>{}(key.resource) ^ (key.user * std::size_t{0x9e3779b97f4a7c15});
    }
    std::size_t operator()(std::uint32_t slot) const { return (*this)(keyOf(*table, slot)); }
  };
  struct Equal {
    const SessionTable* table;
    using is_transparent = void;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t a, const Key& b) const { return keyOf(*table, a) == b; }
    bool operator()(const Key& a, std::uint32_t b) const { return a == keyOf(*table, b); }
  };

  tsl::robin_set<std::uint32_t, Hash, Equal> slots_;
};

}  // namespace liveness::core
