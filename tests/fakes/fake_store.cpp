// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "fakes/fake_store.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "core/folded_text.h"

namespace liveness::fakes {

std::size_t FakeStore::countOf(const std::string& bare_jid) const {
  return static_cast<std::size_t>(std::count_if(records.begin(), records.end(),
                                                [&](const LastSeen& r) { return r.bare_jid == bare_jid; }));
}

const LastSeen* FakeStore::lastOf(const std::string& bare_jid) const {
  const auto found = latest_.find(bare_jid);
  return found == latest_.end() ? nullptr : &records[found->second];
}

void FakeStore::hold(LastSeen record) {
  latest_[record.bare_jid] = records.size();
  records.push_back(std::move(record));
}

void FakeStore::recordLogin(Online user) {
  if (user.login == 0 || ended_.count(user.login) != 0)
    mistake_ = "login " + std::to_string(user.login) + " was given out twice";
  std::uint64_t& last = last_login_[user.bare_jid];
  if (last != user.login && online.count(last) != 0)
    mistake_ = user.bare_jid + " logged in twice without a logout";
  last = user.login;
  online[user.login] = std::move(user);
}

bool FakeStore::checkpoint(std::vector<LastHeard> users) {
  if (!has_room) return false;
  for (const LastHeard& each : users) {
    const auto found = online.find(each.login);
    if (found == online.end())
      mistake_ = "login " + std::to_string(each.login) + " is no more, and had a checkpoint";
    else
      found->second.last_heard = each.last_heard;
  }
  checkpoints.push_back(std::move(users));
  return true;
}

bool FakeStore::recordConnected(std::vector<Connected> users) {
  if (!has_room) return false;
  for (Connected& user : users) {
    std::string bare_jid = user.bare_jid;
    connected[std::move(bare_jid)] = std::move(user);
  }
  return true;
}

bool FakeStore::takeLoginsLost() {
  if (!logins_lost) return false;
  online.clear();
  connected.clear();
  logins_lost = false;
  return true;
}

void FakeStore::forget(std::string bare_jid) {
  records.erase(std::remove_if(records.begin(), records.end(),
                               [&](const LastSeen& r) { return r.bare_jid == bare_jid; }),
                records.end());
  written_ = std::min(written_, records.size());
  latest_.clear();
  for (std::size_t i = 0; i < records.size(); ++i) latest_[records[i].bare_jid] = i;
  for (auto it = online.begin(); it != online.end();)
    it = it->second.bare_jid == bare_jid ? online.erase(it) : std::next(it);
  connected.erase(bare_jid);
  forgotten.push_back(std::move(bare_jid));
}

void FakeStore::findHistory(std::string bare_jid, std::size_t limit, FoundHistory found) {
  std::vector<LastSeen> all;
  for (auto it = records.rbegin(); it != records.rend() && all.size() < limit; ++it)
    if (it->bare_jid == bare_jid) all.push_back(*it);
  found(std::move(all));
}

void FakeStore::findInactive(UtcTime, std::size_t, FoundInactive found) {
  found({});
}

void FakeStore::countActive(std::vector<UtcTime> since, Counted counted) {
  counted(std::vector<std::uint64_t>(since.size()));
}

void FakeStore::findUnknown(std::vector<std::string> bare_jids, FoundUnknown found) {
  found(std::move(bare_jids));
}

void FakeStore::findUsers(UsersQuestion question, Listed listed) {
  const auto is_here = [&](const LastSeen& seen) {
    return std::any_of(online.begin(), online.end(),
                       [&](const auto& each) { return each.second.bare_jid == seen.bare_jid; });
  };
  const auto holds = [&](const std::string& text) {
    return core::folded(text).find(core::folded(question.text)) != std::string::npos;
  };
  FoundUsers found;
  for (const auto& [bare_jid, index] : latest_) {
    const LastSeen& seen = records[index];
    if (is_here(seen) || (question.cause && seen.cause != *question.cause)) continue;
    if (holds(seen.bare_jid) || holds(seen.status)) found.users.push_back(seen);
  }
  const auto key = [&](const LastSeen& seen) {
    const bool by_cause = question.sort == UsersQuestion::Sort::cause;
    const UtcTime time = question.sort == UsersQuestion::Sort::last_heard   ? seen.last_heard
                         : question.sort == UsersQuestion::Sort::logged_out ? seen.logged_out_at
                                                                            : UtcTime{};
    return std::tuple(time, std::string(by_cause ? toString(seen.cause) : ""), seen.bare_jid);
  };
  std::sort(found.users.begin(), found.users.end(), [&](const LastSeen& a, const LastSeen& b) {
    return question.descending ? key(b) < key(a) : key(a) < key(b);
  });
  found.matched = found.users.size();
  const auto first = found.users.begin() +
                     static_cast<std::ptrdiff_t>(std::min<std::size_t>(question.offset, found.users.size()));
  found.users.erase(found.users.begin(), first);
  if (found.users.size() > question.limit) found.users.resize(question.limit);
  for (LastSeen& seen : found.users) seen.offline_presence.clear();
  listed(std::move(found));
}

void FakeStore::recordLogout(std::uint64_t login, LastSeen record) {
  if (online.erase(login) == 0) mistake_ = record.bare_jid + " logged out of a login that is none";
  logins.push_back(login);
  ended_.insert(login);
  hold(std::move(record));
  if (when_recorded) when_recorded(records.back());
}

void FakeStore::findLastSeen(std::string bare_jid, Found found) {
  ++questions;
  asked_.emplace_back(std::move(bare_jid), std::move(found));
}

void FakeStore::poll() {
  ++polls;
  if (database_is_away) return failIfAway();
  if (written_ < records.size()) {
    written_ = records.size();
    ++stats_.batches;
  }
  if (!answers) return;
  // What an answer asks for in its turn waits for the next poll, as it would with a real database.
  std::deque<std::pair<std::string, Found>> ready;
  ready.swap(asked_);
  for (auto& [bare_jid, found] : ready) {
    const LastSeen* record = lastOf(bare_jid);
    found(record == nullptr ? std::nullopt : std::optional<LastSeen>(*record));
  }
}

void FakeStore::failIfAway() {
  if (written_ == records.size() && asked_.empty()) return;
  if (stats_.failures++ == 0) notices_.push_back({Notice::Level::error, "the database is away"});
}

Store::Stats FakeStore::stats() const {
  Stats now = stats_;
  now.records_written = written_;
  now.records_waiting = records.size() - written_;
  return now;
}

void FakeStore::stop() {
  ++stops;
  written_ = records.size();
}

}  // namespace liveness::fakes
