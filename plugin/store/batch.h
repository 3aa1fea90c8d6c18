// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "liveness/store.h"

namespace liveness::store {

/// One Store's life at the database: one VirtualHost on one server. Its number is drawn by lot, so that it
/// has one before the database was ever reached, and beginning again is no second run.
struct Run {
  std::int64_t number = 0;
  std::string node;         ///< the server; may be empty
  std::string domain;       ///< the VirtualHost; may be empty
  std::uint64_t beats = 0;  ///< how often it said that it lives: at least, as far as whoever holds this knows
  UtcTime beat_at{};        ///< when it did so last, by its own clock
  std::int64_t taken_by = 0;  ///< the run that took it for dead, and puts on record who was with it; 0: none
  UtcTime begun_at{};         ///< when it began, or began again: logins that are older are told once more
};

/// An account that was deleted.
struct Forgotten {
  std::string bare_jid;
  UtcTime at{};
};

/// Of one run, what goes to disk in one transaction, in this order: a logout deletes its login's row and not
/// a later one's, and who is forgotten first may be seen again. Points into what its maker keeps.
struct Batch {
  struct Ended {
    std::uint64_t login = 0;
    const LastSeen* record = nullptr;
    bool remembered = true;      ///< goes into the history
    std::uint64_t replaces = 0;  ///< login of the same user and run whose place it takes there; 0: none
  };

  /// Their rows go from everywhere: those of all runs. What another server recorded later than the deletion,
  /// and not in the future of `now`, is another account's of that name, and stays: this may come late, or for
  /// the second time.
  std::vector<Forgotten> forgotten;

  /// Logins that are no more: their rows of this run's go, and what they left goes into the history. A
  /// (run, login) that is in the history already stays as it is; but where it was put there by
  /// recover(), this is the truth and takes its place. One that it replaces goes from there.
  std::vector<Ended> ended;

  /// What is now on record as last seen; no user is in it twice. One that another server (another node) wrote
  /// stays where it is newer (logged_out_at) and not in the future of `now`.
  std::vector<const LastSeen*> last_seen;

  /// Who is here. A login that has a row already gets this one. Where it began before its run did
  /// (Run::begun_at) it may be on record as ended by a crash, which was none: what recover() put there of
  /// this login, and of the node's since the login began, goes. Last seen becomes the latest logout that is
  /// left in the history; where there is none, it goes as well.
  std::vector<const Store::Online*> online;

  /// When they were last heard; those without a row are no harm.
  std::vector<Store::LastHeard> heard;

  /// Who is connected without being available, or was. Of each of them there is one row, which gets this; but
  /// whoever is no longer here stays here for another run that has them as well.
  std::vector<const Store::Connected*> connected;

  UtcTime now{};  ///< the beat's
  bool keep_history = true;
  bool late = false;  ///< from a spool: a newer last seen of the same node stays as well

  bool empty() const noexcept {
    return forgotten.empty() && ended.empty() && last_seen.empty() && online.empty() && heard.empty() &&
           connected.empty();
  }
};

}  // namespace liveness::store
