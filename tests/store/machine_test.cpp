// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What only a machine can do to a database: disks that are full or read-only, files of somebody else. On file
// systems of the test's own, which nobody else sees.

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "store_world.h"
#include "support/child_process.h"
#include "support/skip.h"

namespace liveness::store {

namespace {

using std::chrono::milliseconds;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// A file system in memory, for this process alone.
class Disk {
 public:
  Disk() {
    support::requireRoot("mounting a small disk");
    static const bool alone =
        ::unshare(CLONE_NEWNS) == 0 && ::mount("", "/", "", MS_REC | MS_PRIVATE, "") == 0;
    if (!alone)
      throw support::Skip(
          "mounts are forbidden here: run the tests on a machine, or in a privileged container");
    if (::mount("liveness-test", folder_.path().c_str(), "tmpfs", 0, "size=16m") != 0) fail("mount");
  }
  ~Disk() { ::umount2(folder_.path().c_str(), MNT_DETACH); }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  std::filesystem::path file() const { return folder_.path() / "liveness.sqlite3"; }
  void setSize(const std::string& size) { remount(0, "size=" + size); }
  void setReadOnly(bool read_only) { remount(read_only ? MS_RDONLY : 0, ""); }

 private:
  void remount(unsigned long flags, const std::string& options) {
    if (::mount("", folder_.path().c_str(), "", MS_REMOUNT | flags, options.c_str()) != 0) fail("remount");
  }

  support::TempDir folder_{"liveness-disk"};
};

/// For as long as it lives, this process may do no more than a server's user.
class AsNobody {
 public:
  AsNobody() {
    support::requireRoot("becoming another user");
    if (seteuid(65534) != 0) fail("seteuid");
  }
  ~AsNobody() {
    if (seteuid(0) != 0) std::abort();
    prctl(PR_SET_DUMPABLE, 1);  // the leak sanitizer looks at its own process
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
};

LastSeen large(int user) {
  LastSeen record = logout(std::to_string(user) + "@x");
  record.offline_presence = std::string(4000, 'p');
  return record;
}

}  // namespace

TEST_SUITE("store/machine") {
  TEST_CASE("a full disk: records wait until there is room, and none is lost") {
    Disk disk;
    disk.setSize("600k");
    const auto store = openStore("sqlite3://" + disk.file().string());
    Log log(*store);
    store->start();
    int users = 0;
    REQUIRE(tickUntil(*store, [&] {
      // No faster than they are written, which a sanitizer makes slow.
      for (; store->stats().records_waiting < 20; ++users) store->recordLogout(nextLogin(), large(users));
      return log.has("warning: ");
    }));
    CHECK(log.has("database or disk is full; make room on its disk"));

    disk.setSize("64m");
    REQUIRE(tickUntil(*store, [&] { return log.has("works again"); }));
    store->stop();
    CHECK(log.lines().size() == 2);
    CHECK(store->stats().records_written == static_cast<std::uint64_t>(users));
    Sqlite sqlite(disk.file());
    CHECK(sqlite.ask("PRAGMA integrity_check") == "ok");
    CHECK(sqlite.ask("SELECT count(*) FROM last_seen") == std::to_string(users));
  }

  TEST_CASE("a disk that is full for the spool file as well is one line more, and costs no record") {
    Disk disk;
    const auto spool = disk.file().parent_path() / "liveness.spool";
    const auto store = openStore("sqlite3://" + disk.file().string(), {"node", "x", spool.string()});
    Log log(*store);
    store->start();
    int users = 0;
    REQUIRE(tickUntil(*store, [&] {
      for (; store->stats().records_waiting < 20; ++users) store->recordLogout(nextLogin(), large(users));
      return log.has("error: ");
    }));
    CHECK(log.has("the spool file " + spool.string() + ": "));
    CHECK(log.has("what waits is in memory alone, and lost with a crash"));

    disk.setSize("64m");
    REQUIRE(tickUntil(*store, [&] { return log.has("works again"); }));
    CHECK_FALSE(std::filesystem::exists(spool));
    store->stop();
    CHECK(log.lines().size() == 3);
    CHECK(Sqlite(disk.file()).ask("SELECT count(*) FROM last_seen") == std::to_string(users));
  }

  TEST_CASE("a disk too small for an empty database is trouble, until it has room") {
    Disk disk;
    disk.setSize("8k");
    const auto store = openStore("sqlite3://" + disk.file().string());
    Log log(*store);
    store->start();
    store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(tickUntil(*store, [&] { return log.has("warning: "); }));
    disk.setSize("64m");
    REQUIRE(tickUntil(*store, [&] { return store->stats().records_written == 1; }));
    store->stop();
    CHECK(log.lines().size() == 2);
  }

  TEST_CASE("a read-only disk is named, and written to when it is not any more") {
    Disk disk;
    SUBCASE("with a database on it") {
      const auto before = openStore("sqlite3://" + disk.file().string());
      before->recordLogout(nextLogin(), logout("before@x"));
      before->stop();
    }
    SUBCASE("without one") {}
    disk.setReadOnly(true);
    const auto store = openStore("sqlite3://" + disk.file().string());
    Log log(*store);
    store->start();
    store->recordLogout(nextLogin(), logout("a@x"));
    REQUIRE(tickUntil(*store, [&] { return log.has("warning: "); }));
    CHECK(log.has("its file system is mounted read-only: mount it for writing"));
    disk.setReadOnly(false);
    REQUIRE(tickUntil(*store, [&] { return log.has("works again"); }));
    CHECK(store->stats().records_written == 1);
    store->stop();
  }

  TEST_CASE("a file of another user is named, and written to when it is given over") {
    Disk disk;
    const auto file = disk.file();
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms::all);
    support::writeFile(file, "");
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    {
      const AsNobody nobody;
      const auto store = openStore("sqlite3://" + file.string());
      Log log(*store);
      store->start();
      store->recordLogout(nextLogin(), logout("a@x"));
      REQUIRE(tickUntil(*store, [&] { return log.has("warning: "); }));
      CHECK(log.has(
          "the file cannot be written: Permission denied; see that the server's user may write there"));
      std::filesystem::remove(file);  // the folder is open to all: as if it had been given over
      REQUIRE(tickUntil(*store, [&] { return log.has("works again"); }));
      store->stop();
    }
    CHECK(Sqlite(file).ask("SELECT bare_jid FROM last_seen") == "a@x");
  }

  TEST_CASE("a folder of another user is named") {
    Disk disk;
    std::filesystem::permissions(disk.file().parent_path(), std::filesystem::perms{0755});
    bool with_file = false;
    SUBCASE("without a file in it") {}
    SUBCASE("with a file in it that may be written") {
      support::writeFile(disk.file(), "");
      std::filesystem::permissions(disk.file(), std::filesystem::perms{0666});
      with_file = true;
    }
    const AsNobody nobody;
    const auto store = openStore("sqlite3://" + disk.file().string());
    Log log(*store);
    store->start();
    REQUIRE(tickUntil(*store, [&] { return log.has("warning: "); }));
    CHECK(log.has("Permission denied"));
    CHECK(log.has(with_file ? "its folder cannot be written" : "the file cannot be made"));
    store->stop();
  }

  TEST_CASE("an operator reads the records with sqlite3") {
    support::requireProgram("sqlite3", "sqlite3");
    World world;
    world.store->start();
    LastSeen record = logout("alice@example.org");
    record.status = "Back on Monday";
    world.store->recordLogout(nextLogin(), record);
    REQUIRE(world.written(1));
    const auto result = support::run(
        {{"sqlite3", "-header", "-column", world.file.string(),
          "select bare_jid, last_heard_at, logged_out_at, cause, resource, status from last_seen"}});
    CHECK(result.status == 0);
    CHECK(result.output ==
          "bare_jid           last_heard_at             logged_out_at             cause      resource  "
          "status        \n"
          "-----------------  ------------------------  ------------------------  ---------  --------  "
          "--------------\n"
          "alice@example.org  2026-11-23T00:44:43.802Z  2026-11-23T00:44:48.123Z  timed_out  phone     Back "
          "on Monday\n");
  }
}

}  // namespace liveness::store
