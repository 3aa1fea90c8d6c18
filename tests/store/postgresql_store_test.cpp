// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A store whose PostgreSQL is stopped, killed, paused, locked or full.
#include <doctest/doctest.h>
#include <sys/mount.h>

#include <thread>

#include "store_world.h"
#include "support/eventually.h"
#include "support/postgresql_client.h"
#include "support/postgresql_server.h"
#include "support/skip.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::PostgresqlClient;
using support::PostgresqlServer;
using Setup = PostgresqlServer::Setup;

constexpr int kUsers = 50;

/// A store on a PostgreSQL of its own, to be made unhappy.
struct Alone {
  explicit Alone(const Setup& setup = Setup{}) : server(setup) {}

  bool written(std::uint64_t records) {
    return tickUntil(*store, [&] { return store->stats().records_written >= records; });
  }
  bool says(const std::string& part) {
    return tickUntil(*store, [&] { return log.has(part); });
  }
  std::string ask(const std::string& sql) { return PostgresqlClient(server.superuser(name)).ask(sql); }

  /// Every user comes and goes once more.
  void round() {
    ++rounds;
    for (int user = 0; user < kUsers; ++user) {
      const std::string jid = std::to_string(user) + "@x";
      const auto login = nextLogin();
      const LastSeen record = logout(jid, seconds{rounds});
      store->recordLogin({login, jid, "phone", record.last_heard, record.last_heard});
      store->checkpoint({{login, record.last_heard}});
      store->recordLogout(login, record);
    }
    store->poll();
  }

  std::uint64_t records() const { return static_cast<std::uint64_t>(rounds) * kUsers; }

  /// Each logout once, each user's last one last.
  void checkAllThere() {
    CHECK(ask("SELECT count(*) FROM logouts") == std::to_string(records()));
    CHECK(ask("SELECT count(*) FROM online_users") == "0");
    for (int user = 0; user < kUsers; ++user) {
      const std::string jid = std::to_string(user) + "@x";
      CHECK(same(*lookUp(*store, jid), logout(jid, seconds{rounds})));
    }
  }

  PostgresqlServer server;
  std::string name = server.running() ? server.makeDatabase() : "db1";
  support::TempDir folder{"liveness-store"};
  Identity identity{"node", "x", (folder.path() / "spool").string()};
  std::unique_ptr<Store> store = openStore(server.uri(name), identity);
  Log log{*store};
  int rounds = 0;
};

/// A small disk, in memory.
class SmallDisk {
 public:
  SmallDisk() {
    support::requireRoot("a disk of the test's own");
    if (::mount("liveness-test", folder_.path().c_str(), "tmpfs", 0, "size=24m,mode=777") != 0)
      throw std::runtime_error("cannot mount a tmpfs");
  }
  ~SmallDisk() { ::umount2(folder_.path().c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  support::TempDir folder_{"liveness-disk"};
};

}  // namespace

TEST_SUITE("store/postgresql_store") {
  TEST_CASE("a server that is stopped and started under load loses nothing, and keeps each user's order") {
    Alone alone;
    alone.store->start();
    for (int life = 0; life < 3; ++life) {
      CAPTURE(life);
      alone.round();
      REQUIRE(alone.written(alone.records()));
      alone.round();  // some of it on its way just now
      if (life == 1)
        alone.server.kill();
      else
        alone.server.stop();
      for (int n = 0; n < 6; ++n) alone.round();  // of a user up to nine wait, see News
      REQUIRE(tickUntil(*alone.store, [&] { return alone.store->stats().records_waiting > 0; }));
      alone.server.start();
      REQUIRE(alone.written(alone.records()));
    }
    CHECK(tickUntil(*alone.store, [&] { return alone.store->stats().records_waiting == 0; }));
    alone.checkAllThere();
    CHECK(alone.log.has("warning: store postgresql://liveness@127.0.0.1:"));
    CHECK(alone.log.has("works again after"));
    CHECK(alone.log.lines().size() <= 6);  // at most a line when it begins and one when it ends
    for (const auto& line : alone.log.lines()) CHECK(line.find("sesame") == std::string::npos);
  }

  TEST_CASE("what a store counts as written is there after its server's crash") {
    Alone alone;
    alone.store->start();
    for (int n = 0; n < 20; ++n) alone.round();
    REQUIRE(tickUntil(*alone.store, [&] { return alone.store->stats().records_written > 0; }));
    alone.server.kill();
    const auto written = alone.store->stats().records_written;
    alone.server.start();
    CHECK(std::stoul(alone.ask("SELECT count(*) FROM logouts")) >= written);
  }

  TEST_CASE("a store that is started before its server has everything once it is there") {
    Setup setup;
    setup.started = false;
    Alone alone(setup);
    alone.store->start();
    alone.round();
    REQUIRE(alone.says("Connection refused; see that PostgreSQL runs"));
    alone.server.start();
    REQUIRE(alone.server.makeDatabase() == alone.name);
    REQUIRE(alone.written(alone.records()));
    alone.checkAllThere();
    CHECK(alone.log.lines().size() == 2);
  }

  TEST_CASE("connections that somebody ends under load are made again, and nothing is lost or there twice") {
    Alone alone;
    alone.store->start();
    PostgresqlClient superuser(alone.server.superuser(alone.name));
    for (int n = 0; n < 15; ++n) {
      alone.round();
      superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'liveness'");
      if (n >= 4) REQUIRE(alone.written(alone.records() - kUsers * 4));  // up to nine of a user wait
    }
    REQUIRE(alone.written(alone.records()));
    alone.checkAllThere();
  }

  TEST_CASE("a table that somebody has locked is trouble with a beginning and an end") {
    Alone alone;
    alone.store->start();
    alone.round();
    REQUIRE(alone.written(kUsers));
    PostgresqlClient superuser(alone.server.superuser(alone.name));
    superuser.execute("BEGIN; LOCK TABLE last_seen");
    for (int n = 0; n < 20; ++n) alone.round();
    REQUIRE(alone.says("warning: store postgresql://liveness@127.0.0.1:"));
    CHECK(alone.log.has("somebody else has a lock on a table; look for it in pg_locks"));
    CHECK(tickUntil(*alone.store, [&] { return alone.store->stats().records_waiting == 9 * kUsers; }));
    superuser.execute("ROLLBACK");
    REQUIRE(alone.says("works again"));
    CHECK(alone.store->stats().records_waiting == 0);
    CHECK(alone.log.lines().size() == 2);
    CHECK(same(*lookUp(*alone.store, "0@x"), logout("0@x", seconds{21})));
  }

  TEST_CASE("a stop while the server stands still is soon over, and the next start has it all") {
    Alone alone;
    alone.store->start();
    alone.round();
    REQUIRE(alone.written(kUsers));
    alone.server.pause();
    alone.round();
    const auto begin = std::chrono::steady_clock::now();
    alone.store->stop();
    CHECK(std::chrono::steady_clock::now() - begin < support::kPatience);  // six seconds, and a busy machine
    REQUIRE(alone.log.has("went to the spool file"));
    alone.server.resume();

    alone.store = openStore(alone.server.uri(alone.name), alone.identity);
    alone.store->start();
    REQUIRE(lookUp(*alone.store, "0@x").has_value());
    alone.checkAllThere();
    CHECK_FALSE(std::filesystem::exists(alone.identity.spool_path));
    CHECK(alone.ask("SELECT count(*) FROM last_seen WHERE cause = 'server_crashed'") == "0");
  }

  TEST_CASE("a full disk is trouble until there is room") {
    const SmallDisk disk;
    Alone alone;
    PostgresqlServer::giveAway(disk.path());
    PostgresqlClient(alone.server.superuser("postgres"))
        .execute("CREATE TABLESPACE small LOCATION '" + disk.path().string() + "'");
    PostgresqlClient(alone.server.superuser("postgres"))
        .execute("ALTER DATABASE " + alone.name + " SET TABLESPACE small");
    alone.store->start();
    alone.round();
    REQUIRE(alone.written(alone.records()));
    const auto room = std::filesystem::space(disk.path()).available;
    support::writeFile(disk.path() / "filler", std::string(room - 64 * 1024, 'x'));
    int users = 0;
    REQUIRE(tickUntil(*alone.store, [&] {
      LastSeen record = logout(std::to_string(users++) + "@full");
      record.status = std::string(kMaxStatusBytes, 's');
      alone.store->recordLogout(nextLogin(), record);
      return alone.log.has("its disk is full; make room on it");
    }));
    std::filesystem::remove(disk.path() / "filler");
    REQUIRE(alone.says("works again"));
    CHECK(tickUntil(*alone.store, [&] { return alone.store->stats().records_waiting == 0; }));
    CHECK(alone.ask("SELECT count(*) FROM last_seen WHERE bare_jid LIKE '%@full'") == std::to_string(users));
    CHECK(alone.log.lines().size() == 2);
    alone.store->stop();
    alone.server.stop();  // before its disk goes
  }

  TEST_CASE("a password that is changed while it runs is asked for, and works once it is set") {
    Alone alone;
    alone.store->start();
    alone.round();
    REQUIRE(alone.written(kUsers));
    PostgresqlClient superuser(alone.server.superuser(alone.name));
    superuser.execute("ALTER ROLE liveness PASSWORD 'other'");
    superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'liveness'");
    alone.round();
    REQUIRE(alone.says("warning: store "));
    REQUIRE(tickUntil(*alone.store, [&] { return alone.store->stats().failures >= 3; }));
    superuser.execute("ALTER ROLE liveness PASSWORD 'sesame!'");
    REQUIRE(alone.written(alone.records()));
    alone.checkAllThere();
  }
}

}  // namespace liveness::store
