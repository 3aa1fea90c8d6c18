// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/history_quota.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace liveness::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr UtcTime kNoon{hours{24 * 20'000 + 12}};

/// News of one user, and the rows that the history would have of them.
class History {
 public:
  void write(std::size_t count, UtcTime at = kNoon, const std::string& user = "a@x", bool forgotten = false) {
    News news;
    news.bare_jid = user;
    if (forgotten) news.forgotten = at;
    for (std::size_t i = 0; i < count; ++i) {
      news.logouts.push_back({++last_login, {}});
      news.logouts.back().record.bare_jid = user;
      news.logouts.back().record.logged_out_at = at;
    }
    Batch batch;
    batch.ended.resize(1);  // another one's, before it
    add(news, batch);
    quota.judge(news, batch);
    CHECK(batch.ended.front().remembered);
    CHECK(batch.ended.front().replaces == 0);
    for (std::size_t i = 1; i < batch.ended.size(); ++i) {
      const Batch::Ended& ended = batch.ended[i];
      if (ended.replaces != 0) CHECK(rows[user].erase(ended.replaces) == 1);
      if (ended.remembered) rows[user].insert(ended.login);
    }
    CHECK(rows[user].count(last_login) == 1);
    quota.written(news);
  }

  HistoryQuota quota;
  std::map<std::string, std::set<std::uint64_t>> rows;
  std::uint64_t last_login = 0;
};

}  // namespace

TEST_SUITE("store/history quota") {
  TEST_CASE("however a user's logouts are written, a day has so many rows, the first ones and the last") {
    for (std::size_t together = 1; together <= News::kMaxLogouts; ++together) {
      CAPTURE(together);
      History history;
      for (int i = 0; i < 1000; ++i) {
        history.write(together);
        CHECK(history.rows["a@x"].size() == std::min<std::size_t>(history.last_login, HistoryQuota::kADay));
      }
      CHECK(history.rows["a@x"].count(HistoryQuota::kADay - 1) == 1);
    }
  }

  TEST_CASE("each day and each user has rows of its own") {
    History history;
    for (int day = 0; day < 3; ++day)
      for (int i = 0; i < 300; ++i) {
        history.write(1, kNoon + hours{24 * day});
        history.write(1, kNoon + hours{24 * day}, "b@x");
      }
    CHECK(history.rows["a@x"].size() == 3 * HistoryQuota::kADay);
    CHECK(history.rows["b@x"].size() == 3 * HistoryQuota::kADay);
  }

  TEST_CASE("an account that was deleted and made anew begins anew") {
    History history;
    for (int i = 0; i < 150; ++i) history.write(1);
    history.rows.clear();
    history.write(1, kNoon, "a@x", true);
    // That row is the first one of the new account; none of the old account's is asked for again.
    for (int i = 0; i < 98; ++i) history.write(1);
    CHECK(history.rows["a@x"].size() >= 99);
  }

  TEST_CASE("where very many have logged out all are counted from anew, and not more of them remembered") {
    History history;
    for (std::size_t i = 0; i < HistoryQuota::kADay; ++i) history.write(1);
    for (std::size_t user = 0; user < HistoryQuota::kMostUsers; ++user)
      history.write(1, kNoon, std::to_string(user) + "@x");
    history.write(1);
    CHECK(history.rows["a@x"].size() == HistoryQuota::kADay + 1);
  }

  TEST_CASE("news that could not be written count once they are") {
    History history;
    for (int i = 0; i < 99; ++i) history.write(1);
    News news;
    news.bare_jid = "a@x";
    news.logouts.push_back({1000, {}});
    news.logouts.back().record.logged_out_at = kNoon;
    for (int i = 0; i < 5; ++i) {
      Batch batch;
      add(news, batch);
      history.quota.judge(news, batch);
      CHECK(batch.ended.back().remembered);
      CHECK(batch.ended.back().replaces == 0);
    }
  }
}

}  // namespace liveness::store
