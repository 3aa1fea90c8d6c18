// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/judge.h"

#include <algorithm>

namespace liveness::e2e {
namespace {

using std::chrono::milliseconds;

/// The plugin counts in sixteenths of a second; both ends of a silence are rounded.
constexpr milliseconds kRounding{70};

/// Between a connection's loss and the server's noticing it, on a machine that is busy.
constexpr milliseconds kToNotice{2000};

std::string ms(milliseconds d) {
  return std::to_string(d.count()) + " ms";
}

/// A lost connection the server has to notice; of everything else it told the client.
bool knewBefore(const ServerEnd& end, const SeenLogin& login) {
  if (!login.left) return false;
  const auto noticed = login.cause == "connection_lost" ? *login.left + kToNotice : *login.left;
  return noticed < end.uncertain_since;
}

bool isOf(const ServerEnd& end, const std::string& cause) {
  if (end.cause.empty()) return cause == "server_crashed" || cause == "server_stopped";
  return cause == end.cause;
}

}  // namespace

Judge::Judge(const StoredRecords& records) : records_(records), now_(support::utcNow()) {
  for (const auto& row : records.logouts) rows_[{row.bare_jid, Ledger::loginOf(row)}].push_back(&row);
}

void Judge::complain(const std::string& who, const std::string& what) {
  complaints_.push_back(who + ": " + what);
}

void Judge::login(const SeenLogin& login, const ServerEnd* end) {
  const auto who = login.bare_jid + "/" + login.resource;
  const auto key = std::make_pair(login.bare_jid, login.resource);
  known_.insert(key);
  const auto found = rows_.find(key);
  const auto count = found == rows_.end() ? 0 : found->second.size();
  if (count > 1) complain(who, "is on record " + std::to_string(count) + " times");
  if (end == nullptr) {  // its records may still be on their way
    if (count == 1 && (!login.leaving || found->second.front()->cause != login.cause))
      complain(who, "is here, and on record as gone: " + found->second.front()->cause);
    return;
  }

  const bool begun = login.confirmed && *login.confirmed < end->uncertain_since;
  const bool left = knewBefore(*end, login);
  if (count == 0) {
    if (begun) complain(who, left ? "left, and is not on record" : "is missing");
    return;
  }
  const auto& row = *found->second.front();
  const bool may_have_left = login.leaving && *login.leaving <= end->dead_at;
  const bool by_itself = may_have_left && row.cause == login.cause;
  const bool by_server = !left && isOf(*end, row.cause);
  if (!by_itself && !by_server)
    complain(who, "has the cause " + row.cause + (may_have_left ? " instead of " + login.cause : ""));
  times(login, *end, row);
}

void Judge::times(const SeenLogin& login, const ServerEnd& end, const StoredLogout& row) {
  const auto who = login.bare_jid + "/" + login.resource + " (" + row.cause + ")";
  const bool crashed = row.cause == "server_crashed";
  if (row.logged_out_at > now_ || row.last_heard_at > now_) complain(who, "has a time in the future");
  if (row.last_heard_at > row.logged_out_at) complain(who, "was heard after its logout");

  // Heard at the latest when it said its last, and at the earliest when it said what the server is known to
  // have read; after a crash without what came since the last checkpoint.
  const auto forgotten_since = crashed ? end.uncertain_since - end.checkpoint_interval : end.dead_at;
  auto earliest = login.asked;
  auto latest = login.confirmed.value_or(end.dead_at);
  for (const auto& word : login.words) {
    if (word.answered && *word.answered < forgotten_since) earliest = word.said;
    latest = word.answered.value_or(end.dead_at);
  }
  if (login.leaving && row.cause == login.cause) {
    if (login.cause == "logged_out") earliest = *login.leaving;
    latest = login.left.value_or(end.dead_at);
  } else if (login.leaving) {
    latest = end.dead_at;  // what should have ended it may have been heard, and have come to nothing
  }
  if (row.last_heard_at < earliest - kRounding)
    complain(who, "was heard " + ms(earliest - row.last_heard_at) + " later than its record says");
  if (row.last_heard_at > std::min(latest, end.dead_at) + kRounding)
    complain(who, "was last heard " + ms(row.last_heard_at - latest) + " earlier than its record says");

  if (row.logged_out_at > end.dead_at) complain(who, "left after the server's end");
  if (crashed) return;
  const bool by_itself = login.leaving && row.cause == login.cause;
  const auto from = by_itself ? *login.leaving : end.at;
  const auto to = by_itself ? login.left.value_or(end.dead_at) + kToNotice : end.dead_at;
  if (row.logged_out_at < from) complain(who, "left " + ms(from - row.logged_out_at) + " later");
  if (row.logged_out_at > to) complain(who, "left " + ms(row.logged_out_at - to) + " earlier");
}

/// The last seen is the latest of the history; a login that a crash ended leaves the words of the one before.
void Judge::lastSeen(const std::string& bare_jid, const std::vector<SeenLogin>& logins) {
  const StoredLogout* last = nullptr;
  std::string status;
  bool uncertain = false;
  for (const auto& login : logins) {
    const auto found = rows_.find({bare_jid, login.resource});
    if (found == rows_.end()) continue;
    last = found->second.front();
    if (last->cause == "server_crashed") continue;
    const bool said_some = last->cause == login.cause && !login.status.empty();
    status = said_some ? login.status : login.first_words;
    uncertain = !said_some && !login.first_words_taken;
  }
  const auto seen = records_.last_seen.find(bare_jid);
  if (last == nullptr) {
    if (seen != records_.last_seen.end()) complain(bare_jid, "has a last seen and no history");
    return;
  }
  if (seen == records_.last_seen.end()) return complain(bare_jid, "has a history and no last seen");
  const auto& record = seen->second;
  if (record.resource != last->resource || record.cause != last->cause ||
      record.last_heard_at != last->last_heard_at || record.logged_out_at != last->logged_out_at)
    complain(bare_jid, "was last seen as " + record.resource + " (" + record.cause + "), and left last as " +
                           last->resource + " (" + last->cause + ")");
  if (uncertain && record.status.empty()) status.clear();
  if (record.status != status)
    complain(bare_jid, "left the words '" + status + "', on record is '" + record.status + "'");
  const bool kept = record.offline_presence.find(status) != std::string::npos &&
                    record.offline_presence.empty() == status.empty();
  if (!kept) complain(bare_jid, "has an offline presence that is not its own: " + record.offline_presence);
}

void Judge::strangers() {
  for (const auto& [key, rows] : rows_)
    if (known_.count(key) == 0) complain(key.first + "/" + key.second, "is on record and was never here");
}

}  // namespace liveness::e2e
