// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A process that dies while its database is away.
#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>
#include <sstream>

#include "away.h"
#include "support/child_process.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using support::ChildProcess;
using support::eventually;

/// A process that is told who comes and goes; it dies with the object at the latest.
class Server {
 public:
  explicit Server(const Away& away)
      : child_({{childProgram(), "obey", away.connectionString(), away.spool.string()}, {}, {}, stdin_[0]}) {}
  ~Server() {
    for (const int end : stdin_) ::close(end);
  }

  void tell(const std::string& line) const {
    const std::string text = line + '\n';
    REQUIRE(::write(stdin_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void came(unsigned login, const std::string& user, UtcTime at) const {
    tell(words("came", login, user, at));
  }
  void heard(unsigned login, UtcTime at) const { tell(words("heard", login, "", at)); }
  void left(unsigned login, const std::string& user, UtcTime at, const std::string& word) const {
    tell(words("left", login, user, at) + ' ' + word);
  }

  void kill() {
    child_.signal(SIGKILL);
    REQUIRE(child_.wait(kPatience) == -SIGKILL);
  }

 private:
  static std::string words(const char* what, unsigned login, const std::string& user, UtcTime at) {
    return std::string(what) + ' ' + std::to_string(login) + ' ' + user + ' ' +
           std::to_string(at.time_since_epoch().count());
  }

  const std::array<int, 2> stdin_ = [] {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    return ends;
  }();
  ChildProcess child_;
};

std::string user(unsigned number) {
  return std::to_string(number) + "@x";
}

bool databaseSays(const Away& away, const std::string& sql, const std::string& answer) {
  return eventually(kPatience, [&] {
    try {
      return away.database().ask(sql) == answer;
    } catch (const std::runtime_error&) {
      return false;  // being made
    }
  });
}

bool spoolSays(const Away& away, const std::string& sql, const std::string& answer) {
  return eventually(kPatience, [&] { return away.askSpool(sql) == answer; });
}

/// Who is on record: cause, time and words, of each user once in the history.
void checkRecord(Store& store, const std::string& of, Cause cause, UtcTime last_heard,
                 const std::string& word) {
  CAPTURE(of);
  const auto record = lookUp(store, of);
  REQUIRE(record.has_value());
  CHECK((record->cause == cause));
  CHECK(record->last_heard == last_heard);
  if (cause == Cause::logged_out) CHECK(record->logged_out_at == last_heard);
  CHECK(record->status == word);
  CHECK(historyOf(store, of).size() == 1);
}

}  // namespace

TEST_SUITE("store/spool_crash") {
  TEST_CASE(
      "who left while the database was away is on record after a crash as they left, the others as crashed" *
      sqliteOnly()) {
    Away away;
    away.bringBack();
    const UtcTime begin = utcNow() - milliseconds{50'000}, later = begin + milliseconds{20'000};
    auto server = std::make_unique<Server>(away);
    for (unsigned number = 1; number <= 4; ++number) server->came(number, user(number), begin);
    REQUIRE(databaseSays(away, "SELECT count(*) FROM online_users", "4"));

    away.takeAway();
    server->left(1, user(1), later, "bye");
    server->came(5, user(1), later);  // back, and away again
    server->left(5, user(1), later + milliseconds{1}, "again");
    server->left(2, user(2), later, "words");
    server->heard(3, later);
    server->came(6, user(6), later);
    server->came(7, user(7), later);
    server->left(7, user(7), later, "short");
    server->left(4, user(4), later, "secret");
    server->tell("forget " + user(4));
    REQUIRE(spoolSays(away, "SELECT count(*) FROM logouts", "4"));
    REQUIRE(spoolSays(away, "SELECT count(*) FROM forgotten", "1"));
    REQUIRE(spoolSays(away, "SELECT group_concat(bare_jid) FROM online_users", user(6)));
    const UtcTime alive = utcNow();
    bool new_life = false;
    SUBCASE("the next start finds the database") {}
    SUBCASE("the next start finds it later, after one more crash") {
      new_life = true;
      server->kill();
      server = std::make_unique<Server>(away);
      server->came(1, user(8), later);
      server->came(2, user(9), later);
      server->left(2, user(9), later, "too");
      REQUIRE(spoolSays(away, "SELECT count(*) FROM logouts", "5"));
      REQUIRE(spoolSays(away, "SELECT count(*) FROM online_users", "2"));
    }
    server->kill();
    away.bringBack();

    const auto store = away.open();
    store->start();
    settle(*store);
    CHECK(historyOf(*store, user(1)).size() == 2);
    CHECK(lookUp(*store, user(1))->status == "again");
    checkRecord(*store, user(2), Cause::logged_out, later, "words");
    checkRecord(*store, user(3), Cause::server_crashed, later, "");
    CHECK_FALSE(lookUp(*store, user(4)).has_value());
    CHECK(historyOf(*store, user(4)).empty());
    checkRecord(*store, user(6), Cause::server_crashed, later, "");
    checkRecord(*store, user(7), Cause::logged_out, later, "short");
    if (new_life) {
      checkRecord(*store, user(8), Cause::server_crashed, later, "");
      checkRecord(*store, user(9), Cause::logged_out, later, "too");
    }
    const auto crashed = lookUp(*store, user(3));
    CHECK(crashed->logged_out_at > later);  // it is known to have lived then
    CHECK(crashed->logged_out_at <= alive);
    CHECK(store->stats().recovered == (new_life ? 3 : 2));
    CHECK_FALSE(std::filesystem::exists(away.spool));
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
    CHECK(away.database().ask("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE("a process that is killed while its database comes and goes loses nothing that its spool had" *
            sqliteOnly()) {
    Away away;
    away.bringBack();
    std::minstd_rand random(20261123);
    const UtcTime begin = utcNow() - milliseconds{50'000};
    std::set<std::string> left, here;
    unsigned next = 0;
    for (int life = 0; life < 8; ++life) {
      CAPTURE(life);
      Server server(away);
      bool there = true;
      const auto users = next + 200;
      for (unsigned login = 1; next < users; ++next, ++login) {
        server.came(login, user(next), begin);
        if (next % 2 == 0) server.left(login, user(next), begin + milliseconds{1}, "bye");
        if (random() % 40 != 0) continue;
        if (there)
          away.takeAway();
        else
          away.bringBack();
        there = !there;
        std::this_thread::sleep_for(milliseconds{random() % 100});  // the moment is the test's
      }
      if (there) away.takeAway();
      // What it knows by now is in one of the two, and stays.
      const std::string last = user(users - 1);
      const std::string is_there = "SELECT count(*) FROM online_users WHERE bare_jid = '" + last + "'";
      REQUIRE(eventually(kPatience,
                         [&] { return away.askSpool(is_there) == "1" || away.askAway(is_there) == "1"; }));
      for (unsigned number = users - 200; number < users; ++number)
        (number % 2 == 0 ? left : here).insert(user(number));
      if (life % 2 == 0) away.bringBack();
      std::this_thread::sleep_for(milliseconds{random() % 300});  // the moment is the test's
      server.kill();
      if (life % 2 != 0) away.bringBack();
    }
    const auto store = away.open();
    store->start();
    settle(*store);
    for (const auto& of : left) checkRecord(*store, of, Cause::logged_out, begin + milliseconds{1}, "bye");
    for (const auto& of : here) checkRecord(*store, of, Cause::server_crashed, begin, "");
    CHECK_FALSE(std::filesystem::exists(away.spool));
    store->stop();
    CHECK(away.database().ask("SELECT count(*) FROM runs") == "0");
  }
}

}  // namespace liveness::store
