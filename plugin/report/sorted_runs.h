// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "liveness/session.h"
#include "report/sessions_question.h"

namespace liveness::report {

/// The place of a session's presence in the order of rankOf(); what is not available comes after them all.
int presenceRank(const SessionInfo& info) noexcept;

/// Puts sessions in order without holding the thread for long: short runs are sorted as they come in, and
/// merged in the end. Of each session only what the order needs is kept, and only of those that can be among
/// the first so many.
class SortedRuns {
 public:
  SortedRuns(SessionsQuestion::Sort sort, bool descending, std::size_t wanted);

  /// Adds to the run at hand. `now` has to be the same for all. False: it cannot be among the first so many.
  bool add(const SessionInfo& info, UtcTime now);

  /// Sorts what was added since the last call.
  void closeRun();

  /// When all runs are closed: goes over the sessions in order. nullopt: that was all.
  std::optional<SessionId> next();

  /// Whether one of two sessions comes before the other, as seen at `now`.
  static bool before(const SessionInfo& a, const SessionInfo& b, UtcTime now, SessionsQuestion::Sort sort,
                     bool descending);

 private:
  struct Key {
    std::int64_t rank;  // decides, but for equal ones; of texts their beginning
    SessionId id;
    std::uint32_t jid_at;  // in the run's texts
    std::uint16_t jid_size;
    std::uint16_t resource_at;  // in the JID
  };
  struct Run {
    std::string texts;
    std::vector<Key> keys;
    std::size_t next = 0;
  };

  Key keyOf(const SessionInfo& info, UtcTime now, std::string& texts) const;
  bool less(const Key& a, const Run& of_a, const Key& b, const Run& of_b) const;
  bool cannotCount(const Key& key) const;
  void keepWanted(Run& run);
  void beginMerge();

  SessionsQuestion::Sort sort_;
  bool descending_;
  std::size_t wanted_;
  Run open_;
  std::vector<Run> runs_;
  std::size_t best_run_ = 0;  // of the runs with as many as are wanted the one that ends first
  bool bounded_ = false;      // there is one
  bool merging_ = false;
  std::vector<std::size_t> heap_;  // runs, the one with the first key on top
};

}  // namespace liveness::report
