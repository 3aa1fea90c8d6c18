// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <algorithm>

#include "store_world.h"
#include "support/recording_disk.h"
#include "support/sqlite_file.h"

namespace liveness::store {

namespace {

using support::RecordingDisk;
using support::SqliteFile;
using support::TempDir;

constexpr const char* kFile = "liveness.sqlite3";
constexpr int kRounds = 60;
constexpr int kLosses = 150;

std::unique_ptr<Store> open(const TempDir& folder) {
  return openStore("sqlite3://" + (folder.path() / kFile).string(),
                   {"node", "chat.example", (folder.path() / "spool").string()});
}

/// What the store had said to be on disk at a moment of the disk's.
struct Promise {
  std::size_t moment = 0;
  int left = 0;  ///< left1@…, left2@… have logged out
  int here = 0;  ///< here1@…, here2@… have logged in
};

/// A server's life: users come, most of them go. All moments and what was promised at them.
std::vector<Promise> live(RecordingDisk& disk, const TempDir& folder, std::mt19937& random) {
  const auto store = open(folder);
  store->start();
  std::vector<Promise> promises(1);
  Promise now;
  for (int round = 0; round < kRounds; ++round) {
    for (auto left = random() % 150 + 1; left > 0; --left) {
      const auto jid = "left" + std::to_string(++now.left) + "@chat.example";
      const auto login = nextLogin();
      auto record = logout(jid);
      if (left % 2 == 0) store->recordLogin({login, jid, "phone", record.last_heard, record.last_heard});
      store->recordLogout(login, std::move(record));
    }
    if (round % 10 == 0) {  // whose words go from the log, too
      store->recordLogout(nextLogin(), logout("gone@chat.example"));
      store->forget("gone@chat.example");
    }
    std::string came;
    for (auto more = random() % 4; more > 0; --more) {
      came = "here" + std::to_string(++now.here) + "@chat.example";
      const auto then = logout(came).last_heard;
      store->recordLogin({nextLogin(), came, "phone", then, then});
    }
    if (!came.empty()) lookUp(*store, came);  // sees the login on disk
    REQUIRE(tickUntil(*store, [&] { return store->stats().records_waiting == 0; }));
    now.moment = disk.moment();
    promises.push_back(now);
  }
  store->stop();
  return promises;
}

std::string count(SqliteFile& file, const std::string& user, int up_to, const std::string& condition) {
  return file.one("SELECT count(*) FROM logouts WHERE bare_jid LIKE '" + user +
                  "%' AND CAST(substr(bare_jid, 5) AS INTEGER) <= " + std::to_string(up_to) + " AND " +
                  condition);
}

}  // namespace

TEST_SUITE("store/power_loss") {
  TEST_CASE("a loss of power at any moment leaves a sound file with all that was said to be on disk") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    RecordingDisk disk;
    const TempDir folder("liveness-store");
    const auto promises = live(disk, folder, random);
    disk.end();

    for (int loss = 0; loss < kLosses; ++loss) {
      const auto moment = random() % promises.back().moment;
      const auto promise = *std::find_if(promises.rbegin(), promises.rend(),
                                         [&](const Promise& p) { return p.moment <= moment; });
      CAPTURE(moment);
      const TempDir after("liveness-store");
      disk.layDown(after.path(), moment, random);
      const auto store = open(after);
      store->start();
      store->recordLogout(nextLogin(), logout("later@chat.example"));
      REQUIRE(tickUntil(*store, [&] { return store->stats().records_waiting == 0; }));
      store->stop();
      CHECK(store->stats().failures == 0);

      SqliteFile file(after.path() / kFile);
      CHECK(file.one("PRAGMA integrity_check") == "ok");
      CHECK(count(file, "left", promise.left, "cause <> 'server_crashed'") == std::to_string(promise.left));
      CHECK(count(file, "here", promise.here, "cause = 'server_crashed'") == std::to_string(promise.here));
      CHECK(file.one("SELECT count(*) FROM online_users") == "0");
    }
  }

  TEST_CASE("the disk that forgets does forget what nobody flushed") {
    RecordingDisk disk;
    const TempDir folder("liveness-store");
    {
      SqliteFile file(folder.path() / kFile, SqliteFile::Mode::write);
      file.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (n)");
      for (int n = 0; n < 50; ++n) file.execute("INSERT INTO t VALUES (" + std::to_string(n) + ")");
      const auto moment = disk.moment();
      disk.end();
      std::mt19937 random(1);
      int whole = 0;
      for (int loss = 0; loss < 10; ++loss) {
        const TempDir after("liveness-store");
        disk.layDown(after.path(), moment, random);
        try {
          whole +=
              SqliteFile(after.path() / kFile, SqliteFile::Mode::write).one("SELECT count(*) FROM t") == "50";
        } catch (const std::runtime_error&) {
          continue;  // not even a database
        }
      }
      CHECK(whole == 0);
    }
  }
}

}  // namespace liveness::store
