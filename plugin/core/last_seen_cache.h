// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "core/ticks.h"
#include "liveness/last_seen.h"

namespace liveness::core {

/// What was asked or recorded lately, so that asking again costs no database: users with their last logout,
/// and users who were never seen. Bounded in bytes; what was not used for the longest time goes first.
class LastSeenCache {
 public:
  using Known = std::optional<LastSeen>;  ///< nullopt: never seen

  explicit LastSeenCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// What is so from now on, whatever was known before.
  void put(std::string bare_jid, Known known, Tick now);

  /// What a database answered: older than anything that was put since it was asked.
  void learn(std::string bare_jid, Known known, Tick now);

  /// nullptr: not in here, or in here for longer than `max_age` ticks. Good until the next call.
  const Known* find(const std::string& bare_jid, Tick now, std::uint32_t max_age);

  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    std::string bare_jid;
    Known known;
    Tick since = 0;
  };
  struct ByUser {};
  using Entries = boost::multi_index_container<
      Entry,
      boost::multi_index::indexed_by<boost::multi_index::sequenced<>,
                                     boost::multi_index::hashed_unique<
                                         boost::multi_index::tag<ByUser>,
                                         boost::multi_index::member<Entry, std::string, &Entry::bare_jid>>>>;

  static std::size_t costOf(const Entry& entry) noexcept;
  void shrink();

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Entries entries_;  // the one used last comes first
};

}  // namespace liveness::core
