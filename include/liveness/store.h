// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "liveness/last_seen.h"
#include "liveness/users_question.h"

namespace liveness {

/// Something the operator should read in the server's log.
struct Notice {
  enum class Level : std::uint8_t { info, warning, error };
  Level level = Level::info;
  std::string text;
};

/// Where last seen outlives the process, and who is here outlives it too: what a process that died had said
/// of those who were with it becomes their logout (Cause::server_crashed) when the next one starts.
///
/// All calls come from one thread, the server's, and none of them but stop() waits for a disk, a network or a
/// lock that is held across either: what is asked is done elsewhere; an answer may overtake another one. None
/// throws because of the database: trouble there is a notice, and what was to be written is kept (in a file,
/// too) and tried again, of each user the latest, so that memory is bounded by the number of users.
/// While the database is away a question has no answer, rather than a wrong one: it comes when the database
/// is back. It is an empty one, with a notice, at stop(), for a row that cannot be read, and where the
/// database, which is there, fails at it a few times. No record and no other question waits for that one.
class Store {
 public:
  /// A user who became available.
  struct Online {
    std::uint64_t login = 0;  ///< names this login: from 1 on, never twice in a Store's life
    std::string bare_jid;
    std::string resource;
    UtcTime available_since{};
    UtcTime last_heard{};
  };

  /// When a user who is here was last heard.
  struct LastHeard {
    std::uint64_t login = 0;
    UtcTime last_heard{};
  };

  /// A user who is connected, but has no available resource (a bot that only sends messages). They are here
  /// for whoever asks who is inactive or active, and the end of their connection counts there as last heard.
  /// It is no logout: what contacts are told is last seen, which knows nothing of it.
  struct Connected {
    std::string bare_jid;
    std::string resource;  ///< of one of their sessions
    UtcTime last_heard{};  ///< of all their sessions, the latest byte
    bool here = true;      ///< false: no longer so; they became available, or their last session ended

    // Where it is over.
    UtcTime ended_at{};
    Cause cause = Cause::server_crashed;
  };

  struct Inactive {
    std::uint64_t total = 0;
    std::vector<LastSeen> users;  ///< those unheard the longest first; without their offline presence
  };

  struct Stats {
    std::uint64_t records_written = 0;  ///< on disk; one that a later one of its user overtook is not counted
    std::uint64_t records_waiting = 0;  ///< handed over, not yet on disk
    std::uint64_t batches = 0;
    std::uint64_t failures = 0;   ///< attempts that the database refused; what they held is waiting
    std::uint64_t recovered = 0;  ///< logouts put on record for a process that had died
  };

  /// Answers, given from within poll() or stop().
  using Found = std::function<void(std::optional<LastSeen>)>;  ///< nullopt: never seen
  using FoundHistory = std::function<void(std::vector<LastSeen>)>;
  using FoundInactive = std::function<void(Inactive)>;
  using Counted = std::function<void(std::vector<std::uint64_t>)>;
  using FoundUnknown = std::function<void(std::vector<std::string>)>;
  using Listed = std::function<void(FoundUsers)>;

  virtual ~Store() = default;

  /// Begins to work. Not before the server has forked for the last time: threads do not survive fork().
  /// Calls before it are kept until then. Calling it twice is calling it once.
  virtual void start() = 0;

  /// For how long single logouts are kept; zero: none is. What is on record as last seen stays for ever.
  virtual void keepHistory(std::chrono::hours time) = 0;

  /// Notes who is here. Comes before the login's other news; coming again, it replaces what was noted.
  virtual void recordLogin(Online user) = 0;

  /// Notes when these users were last heard. Logins that have ended are no harm. False, and nothing was
  /// taken, where there is no room just now: to be tried again.
  virtual bool checkpoint(std::vector<LastHeard> users) = 0;

  /// Notes who is connected without being available, at the beginning, with each checkpoint and at the end;
  /// of each user the latest is kept. Whoever is here when the process dies is no longer. Where the database
  /// is away at the end, it is lost: a spool file has no such users. False, and nothing was taken, where
  /// there is no room just now.
  virtual bool recordConnected(std::vector<Connected> users) = 0;

  /// Puts the end of a login on record. It replaces the user's older record, and goes into the history: of
  /// one user a hundred a day, or about that. Each further one takes the place of the one before it there, so
  /// that a client which comes and goes all the time fills no disk.
  virtual void recordLogout(std::uint64_t login, LastSeen record) = 0;

  /// True once after the database turned out to have lost who is here (it was replaced, restored, or another
  /// server took this one for dead): recordLogin() is due again for everybody who is.
  virtual bool takeLoginsLost() = 0;

  /// The account was deleted: so is all that is known of it.
  virtual void forget(std::string bare_jid) = 0;

  /// Looks a user's last logout up. Sees every record that was put before it.
  virtual void findLastSeen(std::string bare_jid, Found found) = 0;

  /// True where other servers write to the same database: what was read may be overtaken without a word.
  virtual bool shared() const noexcept = 0;

  /// The latest `limit` logouts of a user, newest first; without their offline presence.
  virtual void findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) = 0;

  /// Users of this domain who are not here, and were not heard since `before`; the first `limit` of them. Of
  /// one who was last connected without being available, it is the end of that.
  virtual void findInactive(UtcTime before, std::size_t limit, FoundInactive found) = 0;

  /// How many users of this domain were here at or after each of these moments, available or only connected.
  virtual void countActive(std::vector<UtcTime> since, Counted counted) = 0;

  /// Those of these users of whom nothing is known: neither here, nor ever seen or connected.
  virtual void findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) = 0;

  /// Users of this domain who are not here: a page of a list of them, with the same of each as
  /// findInactive().
  virtual void findUsers(UsersQuestion question, Listed listed) = 0;

  /// Gives back answers that are ready. To be called from every tick.
  virtual void poll() = 0;

  /// True while a question is unanswered, or what was asked could not go on yet: the next poll() should be
  /// soon.
  virtual bool reading() const = 0;

  virtual Stats stats() const = 0;

  /// What happened since the last call, oldest first; at most a line when trouble starts and one when it
  /// ends.
  virtual std::vector<Notice> takeNotices() = 0;

  /// An orderly end: everything that waits is written out, and who is still here is no longer (their logout,
  /// if there is to be one, was put before). Calls back whoever still waits for an answer. May block for as
  /// long as the database takes, bounded where it is away; then what waits goes to a spool file, which the
  /// next start takes in. Later calls do nothing.
  virtual void stop() = 0;
};

}  // namespace liveness
