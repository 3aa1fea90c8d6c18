// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <tsl/robin_set.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session_table.h"
#include "liveness/time.h"

namespace liveness::core {

/// What a session said when it went, while its user's login goes on.
struct LastWords {
  std::string status;
  std::string offline_presence;
  UtcTime said_at{};
};

/// A user with at least one session.
struct User {
  CompactString name;           ///< localpart; the domain is the table's
  std::uint32_t first = kNone;  ///< slot of one of their sessions
  std::uint32_t sessions = 0;   ///< how many they have
  std::uint32_t available = 0;  ///< how many of these are available, or held with a presence
  std::uint32_t hidden = 0;     ///< of these: held, and seen as unavailable by contacts
  bool indexed = false;         ///< their sessions are in the ResourceIndex
  bool here = false;            ///< between a login and its logout
  bool forgotten = false;       ///< the account was deleted: what is left of its sessions adds nothing
  std::uint8_t announced = 0;   ///< in which round the store was told of the login
  Tick available_since = 0;

  /// Since then: the latest byte of their sessions that are or were available, as far as it was counted
  /// (Plugin::Impl::countHeard).
  Tick heard = 0;
  std::uint64_t login = 0;           ///< names the time since then (Store::Online); 0: none, or not recorded
  bool anonymous = false;            ///< has no account: nothing of them is recorded
  std::unique_ptr<LastWords> words;  ///< of this login, where somebody said any
  bool deleted = false;              ///< the account is no more: their connection is not recorded either

  // While none of their sessions is available (connections.cpp).
  bool was_available = false;            ///< since their first session came
  bool connected = false;                ///< the store knows that they are here
  std::optional<Tick> connection_heard;  ///< latest byte of their sessions, as far as it was looked at

  std::uint64_t account = 0;  ///< StreamOpened::account

  /// How many of their sessions contacts see as available.
  std::uint32_t seen() const noexcept { return available - hidden; }
};

/// Who has sessions, found by name. Indices are stable for as long as the user has one.
class Users {
 public:
  Users();
  Users(const Users&) = delete;
  Users& operator=(const Users&) = delete;

  /// The user's index, or kNone.
  std::uint32_t find(std::string_view name) const;

  /// The user's index; made where there was none.
  std::uint32_t findOrAdd(std::string_view name);

  /// Forgets a user, whose last session has gone.
  void remove(std::uint32_t user);

  User& at(std::uint32_t user) noexcept { return users_[user]; }
  const User& at(std::uint32_t user) const noexcept { return users_[user]; }

 private:
  static std::string_view view(const CompactString& s) noexcept { return {s.data(), s.size()}; }

  // The index holds indices; names are compared and hashed where they lie.
  struct Hash {
    const Users* users;
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    std::size_t operator()(std::uint32_t user) const { return (*this)(view(users->at(user).name)); }
  };
  struct Equal {
    const Users* users;
    using is_transparent = void;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t a, std::string_view b) const { return view(users->at(a).name) == b; }
    bool operator()(std::string_view a, std::uint32_t b) const { return view(users->at(b).name) == a; }
  };

  // Pages, so that a million users neither double in one step nor leave half of a vector empty.
  class Pages {
   public:
    User& operator[](std::uint32_t i) noexcept { return pages_[i / kPage][i % kPage]; }
    const User& operator[](std::uint32_t i) const noexcept { return pages_[i / kPage][i % kPage]; }
    std::uint32_t add();

   private:
    static constexpr std::uint32_t kPage = 1024;
    std::vector<std::unique_ptr<User[]>> pages_;
    std::uint32_t size_ = 0;
  };

  Pages users_;
  std::vector<std::uint32_t> free_;
  tsl::robin_set<std::uint32_t, Hash, Equal> index_;
};

}  // namespace liveness::core
