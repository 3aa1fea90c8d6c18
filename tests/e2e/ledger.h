// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/stored_records.h"

namespace liveness::e2e {

using support::StoredLogout;
using support::StoredRecords;
using support::UtcMillis;

/// One login, as its own client saw it.
struct SeenLogin {
  /// Bytes that the client sent, and when it knew that the server had read them.
  struct Word {
    UtcMillis said;
    std::optional<UtcMillis> answered;
  };

  std::string bare_jid;
  /// "r" and a number that grows with each login of the user: names the login. A second client of the same
  /// login has a "b" behind it, and may be the one on record.
  std::string resource;
  UtcMillis asked{};                   ///< right before the available presence was sent
  std::optional<UtcMillis> confirmed;  ///< the server had taken it
  std::vector<Word> words;

  /// What its other client said when it went first: the words of the login, unless it leaves with others.
  std::string first_words;
  bool first_words_taken = false;  ///< the server had them

  std::optional<UtcMillis> leaving;  ///< right before the client did what ends it; never: the server ended it
  std::optional<UtcMillis> left;     ///< the server had taken that
  std::string cause;                 ///< that this must have on record
  std::string status;                ///< that the client left with
};

/// An end of the server, orderly or not.
struct ServerEnd {
  UtcMillis at;       ///< right before the signal was sent
  UtcMillis dead_at;  ///< the process was gone

  /// What was news to the server only after this may be on record or not. At a crash it is a little earlier
  /// than the end: the writer's thread may not have had it on disk. At an orderly end it is the signal.
  UtcMillis uncertain_since;
  /// Of whoever was available then: "server_crashed" or "server_stopped". Empty: either, where the server was
  /// killed while it stopped.
  std::string cause;

  /// How much may be missing of when a client was last heard: zero at an orderly end.
  std::chrono::milliseconds checkpoint_interval{0};
};

/// What all clients saw, and the judgement whether a database tells the same. Any thread.
class Ledger {
 public:
  void begin(const std::string& bare_jid, const std::string& resource);
  void confirm(const std::string& bare_jid);
  void say(const std::string& bare_jid);
  void answered(const std::string& bare_jid);
  void firstLeaves(const std::string& bare_jid, const std::string& status);
  void firstLeft(const std::string& bare_jid);
  void leave(const std::string& bare_jid, const std::string& cause, const std::string& status);
  void left(const std::string& bare_jid);

  void serverEnded(ServerEnd end);

  /// What is wrong with the records, a sentence each; none where everything is as it must be. To be called
  /// after the recovery of the last end; logins since then are judged only as far as they can be by now.
  std::vector<std::string> judge(const StoredRecords& records) const;

  /// How many logins the server knows to have ended, and the database does not.
  std::size_t missing(const StoredRecords& records) const;

  struct Count {
    std::size_t logins = 0;     ///< judged
    std::size_t open = 0;       ///< of those, ended by the server
    std::size_t uncertain = 0;  ///< of those, begun in an uncertain moment: one row or none
    std::size_t rowless = 0;    ///< of those, with no row
    std::chrono::milliseconds latest_loss{
        0};  ///< the oldest news that an end took with it: how long before it
  };
  Count count(const StoredRecords& records) const;

  /// The name of the login that a row belongs to.
  static std::string loginOf(const StoredLogout& row);

 private:
  SeenLogin& latest(const std::string& bare_jid);
  const ServerEnd* endOf(const SeenLogin& login) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<SeenLogin>> logins_;  // by bare JID, in order
  std::vector<ServerEnd> ends_;                           // in order
};

}  // namespace liveness::e2e
