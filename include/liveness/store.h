// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "liveness/last_seen.h"

namespace liveness {

/// Something the operator should read in the server's log.
struct Notice {
  enum class Level : std::uint8_t { info, warning, error };
  Level level = Level::info;
  std::string text;
};

/// Where last seen outlives the process. All calls come from one thread, the server's, and none of them but
/// stop() waits for a disk, a network or a lock that is held across either: what is asked is done elsewhere,
/// in the order in which it was asked. None throws because of the database: trouble there is a notice, and
/// the records are kept and tried again.
class Store {
 public:
  /// Called by poll() with the user's record, or nullopt: never seen. While the database is away there is no
  /// answer, rather than a wrong one: it comes when the database is back. At stop(), and for a row that
  /// cannot be read, it is nullopt, with a notice.
  using Found = std::function<void(std::optional<LastSeen>)>;

  struct Stats {
    std::uint64_t records_written = 0;  ///< on disk; one that a later one of its user overtook is not counted
    std::uint64_t records_waiting = 0;  ///< handed over, not yet on disk
    std::uint64_t batches = 0;
    std::uint64_t failures = 0;  ///< attempts that the database refused; what they held is waiting
  };

  virtual ~Store() = default;

  /// Begins to work. Not before the server has forked for the last time: threads do not survive fork().
  /// Calls before it are kept until then. Calling it twice is calling it once.
  virtual void start() = 0;

  /// Puts a logout on record. It replaces the user's older one.
  virtual void recordLogout(LastSeen record) = 0;

  /// Looks a user up. Sees every record that was put before it. The answer comes from within poll().
  virtual void findLastSeen(std::string bare_jid, Found found) = 0;

  /// Gives back answers that are ready. To be called from every tick.
  virtual void poll() = 0;

  /// True while a findLastSeen() is unanswered: the next poll() should be soon.
  virtual bool reading() const = 0;

  virtual Stats stats() const = 0;

  /// What happened since the last call, oldest first; at most a line when trouble starts and one when it
  /// ends.
  virtual std::vector<Notice> takeNotices() = 0;

  /// Writes out everything that is waiting and ends the work, calling back whoever still waits for an answer;
  /// may block for as long as the database takes, bounded where it is away. Later calls do nothing.
  virtual void stop() = 0;
};

}  // namespace liveness
