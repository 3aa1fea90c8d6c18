// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "liveness/store.h"
#include "store/batch.h"

namespace liveness::store {

/// What there is to write about one user, in the order in which it happened: the account was deleted, they
/// left, they came.
struct News {
  struct Logout {
    std::uint64_t login = 0;
    LastSeen record;
  };

  /// Of a user whose news cannot go on: the latest, and some that went before it into the history.
  static constexpr std::size_t kMaxLogouts = 9;

  std::string bare_jid;
  std::optional<UtcTime> forgotten;  ///< when
  std::vector<Logout> logouts;       ///< oldest first
  std::optional<Store::Online> login;
};

/// Adds what came later of the same user; `bare_jid` stays where it is. Returns how many logouts had to go.
std::size_t merge(News& news, News later);

/// Points into the news.
void add(const News& news, Batch& batch);

/// The texts as a database can take them, whoever handed them over.
News clean(News news);
LastSeen clean(LastSeen record);
std::string cleanJid(std::string bare_jid);
Store::Connected clean(Store::Connected user);

/// False for what no record can have as its name, or as a part of it: it is not UTF-8, or has a NUL in it.
/// PostgreSQL refuses a question with such a text in it, or does not see what comes after the NUL.
bool canBeOnRecord(const std::string& text);

}  // namespace liveness::store
