// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "liveness/store.h"

namespace liveness::store {

/// What can be asked of a database. Blocks until the answer is there. All throw an exception derived from
/// std::runtime_error whose text tells an operator what is wrong; also where a row cannot be read.
///
/// A domain's users are those whose bare JID ends in '@' and the domain.
class Reader {
 public:
  virtual ~Reader() = default;

  /// The user's last logout; nullopt: never seen.
  virtual std::optional<LastSeen> find(const std::string& bare_jid) = 0;

  /// The latest `limit` logouts of a user, newest first (logged_out_at, then login); without their offline
  /// presence.
  virtual std::vector<LastSeen> history(const std::string& bare_jid, std::size_t limit) = 0;

  /// Users of the domain who are not here, and whose last_heard is before `before`: how many, and the first
  /// `limit` of them, those unheard the longest first; without their offline presence.
  virtual Store::Inactive inactive(const std::string& domain, UtcTime before, std::size_t limit) = 0;

  /// For each of these moments, how many users of the domain are here or logged out at or after it.
  virtual std::vector<std::uint64_t> active(const std::string& domain, const std::vector<UtcTime>& since) = 0;

  /// Those of these users who are neither here nor on record; in the order asked.
  virtual std::vector<std::string> unknown(const std::vector<std::string>& bare_jids) = 0;

  /// Users of the domain who are not here: a page of a list of them.
  virtual FoundUsers users(const std::string& domain, const UsersQuestion& question) = 0;
};

/// To ask a database without a store, from another process, whether the server runs or not: for the command
/// line. Connects at once, changes nothing, and makes no file. Throws StoreError where the string itself is
/// unusable, DatabaseError where the database is away, or has not been made or upgraded by a server yet.
std::unique_ptr<Reader> openReader(const std::string& connection_string);

}  // namespace liveness::store
