// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/news.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/bounded_text.h"

namespace liveness::store {

namespace {

constexpr std::size_t kMaxJidBytes = 3071;  // RFC 7622 section 3.1
constexpr std::size_t kMaxResourceBytes = 1023;

/// Whoever handed it over has bounded it; but one text that a database refuses would come back for ever.
void clean(std::string& text, std::size_t max_bytes) {
  const auto plain = [](unsigned char c) { return c != 0 && c < 0x80; };
  const bool as_it_is = text.size() <= max_bytes && std::all_of(text.begin(), text.end(), plain);
  if (!as_it_is) text = core::boundedText(text, max_bytes);  // seldom, and much slower
}

}  // namespace

std::size_t merge(News& news, News later) {
  if (later.forgotten) {
    const std::size_t given_up = news.logouts.size();
    news.forgotten = later.forgotten;
    news.logouts = std::move(later.logouts);
    news.login = std::move(later.login);
    return given_up;
  }
  for (News::Logout& logout : later.logouts) {
    if (news.login && news.login->login == logout.login) news.login.reset();
    news.logouts.push_back(std::move(logout));
  }
  if (later.login) news.login = std::move(later.login);

  if (news.logouts.size() <= News::kMaxLogouts) return 0;
  // The first stays: it alone may be the end of a login that the database knows of.
  const auto given_up = static_cast<std::ptrdiff_t>(news.logouts.size() - News::kMaxLogouts);
  const auto second = std::next(news.logouts.begin());
  news.logouts.erase(second, std::next(second, given_up));
  return static_cast<std::size_t>(given_up);
}

void add(const News& news, Batch& batch) {
  if (news.forgotten) batch.forgotten.push_back({news.bare_jid, *news.forgotten});
  for (const auto& [login, record] : news.logouts) batch.ended.push_back({login, &record});
  if (!news.logouts.empty()) batch.last_seen.push_back(&news.logouts.back().record);
  if (news.login) batch.online.push_back(&*news.login);
}

LastSeen clean(LastSeen record) {
  clean(record.bare_jid, kMaxJidBytes);
  clean(record.resource, kMaxResourceBytes);
  clean(record.status, kMaxStatusBytes);
  clean(record.offline_presence, kMaxPresenceBytes);
  return record;
}

News clean(News news) {
  clean(news.bare_jid, kMaxJidBytes);
  for (auto& [login, record] : news.logouts) record = clean(std::move(record));
  if (news.login) {
    clean(news.login->bare_jid, kMaxJidBytes);
    clean(news.login->resource, kMaxResourceBytes);
  }
  return news;
}

Store::Connected clean(Store::Connected user) {
  clean(user.bare_jid, kMaxJidBytes);
  clean(user.resource, kMaxResourceBytes);
  return user;
}

std::string cleanJid(std::string bare_jid) {
  clean(bare_jid, kMaxJidBytes);
  return bare_jid;
}

bool canBeOnRecord(const std::string& text) {
  return cleanJid(text) == text;
}

}  // namespace liveness::store
