// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/ledger.h"

#include <algorithm>
#include <set>

#include "e2e/judge.h"

namespace liveness::e2e {

using support::utcNow;

void Ledger::begin(const std::string& bare_jid, const std::string& resource) {
  const std::lock_guard lock(mutex_);
  SeenLogin login;
  login.bare_jid = bare_jid;
  login.resource = resource;
  login.asked = utcNow();
  logins_[bare_jid].push_back(std::move(login));
}

SeenLogin& Ledger::latest(const std::string& bare_jid) {
  return logins_.at(bare_jid).back();
}

void Ledger::confirm(const std::string& bare_jid) {
  const std::lock_guard lock(mutex_);
  latest(bare_jid).confirmed = utcNow();
}

void Ledger::say(const std::string& bare_jid) {
  const std::lock_guard lock(mutex_);
  latest(bare_jid).words.push_back({utcNow(), std::nullopt});
}

void Ledger::answered(const std::string& bare_jid) {
  const std::lock_guard lock(mutex_);
  latest(bare_jid).words.back().answered = utcNow();
}

void Ledger::firstLeaves(const std::string& bare_jid, const std::string& status) {
  say(bare_jid);
  const std::lock_guard lock(mutex_);
  latest(bare_jid).first_words = status;
}

void Ledger::firstLeft(const std::string& bare_jid) {
  answered(bare_jid);
  const std::lock_guard lock(mutex_);
  latest(bare_jid).first_words_taken = true;
}

void Ledger::leave(const std::string& bare_jid, const std::string& cause, const std::string& status) {
  const std::lock_guard lock(mutex_);
  auto& login = latest(bare_jid);
  login.cause = cause;
  login.status = status;
  login.leaving = utcNow();
}

void Ledger::left(const std::string& bare_jid) {
  const std::lock_guard lock(mutex_);
  latest(bare_jid).left = utcNow();
}

void Ledger::serverEnded(ServerEnd end) {
  const std::lock_guard lock(mutex_);
  ends_.push_back(std::move(end));
}

const ServerEnd* Ledger::endOf(const SeenLogin& login) const {
  const auto end =
      std::find_if(ends_.begin(), ends_.end(), [&](const ServerEnd& e) { return login.asked <= e.dead_at; });
  return end == ends_.end() ? nullptr : &*end;
}

std::string Ledger::loginOf(const StoredLogout& row) {
  return row.resource.substr(0, row.resource.find('b'));
}

std::vector<std::string> Ledger::judge(const StoredRecords& records) const {
  const std::lock_guard lock(mutex_);
  Judge judge(records);
  for (const auto& [jid, logins] : logins_) {
    for (const auto& login : logins) judge.login(login, endOf(login));
    judge.lastSeen(jid, logins);
  }
  judge.strangers();
  return judge.complaints();
}

std::size_t Ledger::missing(const StoredRecords& records) const {
  const std::lock_guard lock(mutex_);
  std::set<std::pair<std::string, std::string>> on_record;
  for (const auto& row : records.logouts) on_record.emplace(row.bare_jid, loginOf(row));
  std::size_t missing = 0;
  for (const auto& [jid, logins] : logins_)
    for (const auto& login : logins)
      if (const auto* end = endOf(login);
          login.left && (end == nullptr || *login.left < end->uncertain_since))
        missing += on_record.count({jid, login.resource}) == 0;
  return missing;
}

Ledger::Count Ledger::count(const StoredRecords& records) const {
  const std::lock_guard lock(mutex_);
  Count count;
  for (const auto& [jid, logins] : logins_)
    for (const auto& login : logins) {
      const auto* end = endOf(login);
      if (end == nullptr) continue;
      const auto mine = [&, jid = jid](const StoredLogout& row) {
        return row.bare_jid == jid && loginOf(row) == login.resource;
      };
      const auto row = std::find_if(records.logouts.begin(), records.logouts.end(), mine);
      const bool lost_all = row == records.logouts.end();
      ++count.logins;
      if (!login.leaving) ++count.open;
      if (!login.confirmed || *login.confirmed >= end->uncertain_since) ++count.uncertain;
      if (lost_all) ++count.rowless;
      const auto lost = [&](const std::optional<UtcMillis>& news) {
        if (news && *news <= end->at) count.latest_loss = std::max(count.latest_loss, end->at - *news);
      };
      if (lost_all)
        lost(login.confirmed);
      else if (login.left && row->cause != login.cause)
        lost(login.left);
    }
  return count;
}

}  // namespace liveness::e2e
