// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// An SQLite file in trouble, a server under load.
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "e2e/crowd_stage.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

using support::SqliteFile;

constexpr std::size_t kUsers = 8;
constexpr milliseconds kStillServed{3000};

void checkServing(Conversation& talk, CrowdStage& stage, std::size_t logins) {
  talk.report();
  stage.await(logins);
  const auto report = talk.report();
  CHECK(report.round_trips > 10);
  CHECK(report.longest < kStillServed);
}

void settle(CrowdStage& stage) {
  stage.goHome();
  CHECK(eventually(kPatience, [&] { return stage.storeLines().size() >= 2; }));
  const auto lines = stage.storeLines();
  REQUIRE(lines.size() == 2);
  CHECK(lines.back().find("works again") != std::string::npos);
  stage.stopServer();
  stage.judge();
  for (const auto& line : stage.server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
}

/// A disk of a few MB, gone with the object.
class SmallDisk {
 public:
  /// In the place of a folder; made where there is none.
  explicit SmallDisk(const std::filesystem::path& folder) : path_(folder) {
    std::filesystem::create_directories(path_);
    support::requireRoot("a small disk of the test's own");
    if (mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=4m") != 0)
      throw Skip(std::string("cannot mount a tmpfs: ") + std::strerror(errno));
  }
  ~SmallDisk() { umount2(path_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// To the last byte.
  void fill() const {
    std::ofstream filler(path() / "filler", std::ios::binary);
    for (std::size_t block : {65536, 4096, 1})
      while (filler.write(std::string(block, 'x').data(), static_cast<std::streamsize>(block)).flush())
        continue;
  }
  void clear() const { std::filesystem::remove(path() / "filler"); }

 private:
  const std::filesystem::path path_;
};

/// Names of accounts: guest1, guest2, and so on.
std::vector<std::string> guests(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back("guest" + std::to_string(i));
  return names;
}

}  // namespace

TEST_SUITE("e2e/file_trouble") {
  TEST_CASE("a file that another process has locked costs no record") {
    CrowdStage stage(kUsers);
    stage.server.expectError("liveness\terror\tstore sqlite");
    stage.gather();
    stage.await(kUsers);
    Conversation talk(stage.server.c2s(), "talker1", "talker2");
    stage.slowDown();
    {
      SqliteFile other(stage.file(), SqliteFile::Mode::write);
      other.execute("BEGIN IMMEDIATE");
      checkServing(talk, stage, kUsers);
      CHECK(eventually(kPatience, [&] { return !stage.storeLines().empty(); }));
      other.execute("ROLLBACK");
    }
    settle(stage);
  }

  TEST_CASE("a server that is killed while another process has its file locked loses no record") {
    CrowdStage stage(kUsers, "liveness_checkpoint_interval = 1");
    stage.server.expectError("liveness\terror\tstore sqlite");
    stage.gather();
    stage.await(kUsers);
    stage.slowDown();
    {
      SqliteFile other(stage.file(), SqliteFile::Mode::write);
      other.execute("BEGIN IMMEDIATE");
      stage.crowd().comeAtMost(7);  // from now on: to slow down may have taken its time
      stage.await(2 * kUsers);
      REQUIRE(eventually(kPatience, [&] { return std::filesystem::exists(stage.spool()); }));
      stage.await(2 * kUsers);
      // Each attempt at the file takes a second, in which nothing goes to the spool file.
      stage.killServer(3000ms, 1s);
      other.execute("ROLLBACK");
    }
    stage.server.start();
    CHECK(eventually(kPatience, [&] { return !std::filesystem::exists(stage.spool()); }));
    stage.goHome();
    stage.stopServer();
    stage.judge();
    CHECK(stage.ledger.count(stage.records()).open > 0);
  }

  TEST_CASE("a file that is locked when users come for the first time costs no record") {
    CrowdStage stage(kUsers);
    REQUIRE(eventually(kPatience, [&] { return std::filesystem::exists(stage.file()); }));
    stage.stopServer();
    SqliteFile other(stage.file(), SqliteFile::Mode::write);
    other.execute("BEGIN IMMEDIATE");
    stage.server.start();
    stage.gather();
    stage.crowd().comeAtMost(7);
    stage.await(3 * kUsers);
    other.execute("ROLLBACK");
    stage.goHome();
    stage.stopServer();
    stage.judge();
    CHECK_FALSE(stage.server.logContains("is another account"));
  }

  TEST_CASE("a spool file that is spoiled costs no record of a stop without the database") {
    CrowdStage stage(kUsers);
    stage.server.expectError("liveness\terror\tstore sqlite");
    stage.gather();
    stage.await(kUsers);
    stage.slowDown();
    {
      SqliteFile other(stage.file(), SqliteFile::Mode::write);
      other.execute("BEGIN IMMEDIATE");
      support::writeFile(stage.spool(), std::string(5000, '#'));
      stage.await(kUsers);
      stage.stopServer();
      other.execute("ROLLBACK");
    }
    const auto aside = stage.spool().string() + ".spoiled";
    CHECK(support::readFile(aside) == std::string(5000, '#'));
    CHECK(countOf("The file is now " + aside, stage.server.log()) == 1);
    stage.server.start();
    CHECK(eventually(kPatience, [&] { return !std::filesystem::exists(stage.spool()); }));
    stage.goHome();
    stage.stopServer();
    stage.judge();
  }

  TEST_CASE("a disk that is full costs no record") {
    const support::TempDir folder("lv-disk");
    const SmallDisk disk(folder.path());
    const auto file = disk.path() / "records.sqlite3";
    CrowdStage stage(kUsers, "liveness_store = \"sqlite3://" + file.string() + "\"", file);
    stage.server.expectError("liveness\terror\tstore sqlite");
    stage.gather();
    stage.await(kUsers);
    Conversation talk(stage.server.c2s(), "talker1", "talker2");
    stage.slowDown();
    disk.fill();
    checkServing(talk, stage, 3 * kUsers);
    CHECK(eventually(kPatience, [&] { return !stage.storeLines().empty(); }));
    disk.clear();
    settle(stage);
  }

  TEST_CASE("a disk that is too full for the marks of accounts is two lines, however many users come") {
    const auto names = guests(30);
    ProsodyServer server(crowdSetup(names));
    const auto marks = server.files().hostData("localhost") / "liveness";
    const SmallDisk disk(marks);
    const auto marked = [&](const std::string& name) {
      return std::filesystem::exists(marks / (name + ".dat"));
    };
    const auto visit = [&](const std::string& name) {
      XmppClient client(server.c2s(), {name});
      client.available();
      CHECK(client.roundTrip());
    };
    server.expectError("Unable to write to liveness storage");  // Prosody's own line, one for each attempt
    disk.fill();
    const auto began = SteadyClock::now();
    for (const auto& name : names) visit(name);
    for (const auto& name : names) visit(name);
    CHECK(countOf("cannot be kept", server.log()) == 1);
    const auto attempts = 1 + (SteadyClock::now() - began) / 30s;  // see trouble.lib.lua
    CHECK(countOf("Unable to write to liveness storage", server.log()) <= static_cast<std::size_t>(attempts));

    disk.clear();
    CHECK(eventually(150s, [&] { return std::all_of(names.begin(), names.end(), marked); }));
    CHECK(eventually(kPatience, [&] { return server.logContains("works again after"); }));
    visit("guest1");
    CHECK(countOf("the marks of accounts", server.log()) == 2);
    CHECK_FALSE(server.logContains("is another account"));
    CHECK(server.stop());
    for (const auto& line : server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  TEST_CASE("the words of a deleted account leave the disk, once a reader that held them ends") {
    CrowdStage stage(kUsers);
    const auto isOnDisk = [&](const std::string& text) {
      const auto log = stage.file().string() + "-wal";
      return support::readFile(stage.file()).find(text) != std::string::npos ||
             (std::filesystem::exists(log) && support::readFile(log).find(text) != std::string::npos);
    };
    XmppClient user(stage.server.c2s(), {"talker1"});
    user.available();
    user.unavailable("never to be read again");
    const auto isCommitted = [&] {
      return SqliteFile(stage.file()).one("SELECT count(*) FROM last_seen") == "1";
    };
    REQUIRE(eventually(kPatience, [&] {
      return std::filesystem::exists(stage.file()) && isOnDisk("never to be read again") && isCommitted();
    }));
    {
      SqliteFile reader(stage.file());
      reader.execute("BEGIN");
      CHECK(reader.one("SELECT count(*) FROM last_seen") == "1");
      stage.server.shell(R"(user:delete("talker1@localhost"))");
      REQUIRE(eventually(kPatience, [&] { return stage.server.logContains("cannot be emptied"); }));
    }
    CHECK(eventually(kPatience, [&] { return stage.server.logContains("can be emptied again"); }));
    CHECK_FALSE(isOnDisk("never to be read again"));
    CHECK(countOf("its log ", stage.server.log()) == 2);
    stage.stopServer();
  }

  TEST_CASE("of a file that is replaced while the server runs, who is here is in the new one") {
    CrowdStage stage(kUsers);
    XmppClient stayed(stage.server.c2s(), {"talker1"});
    stayed.available();
    const auto here = [&] {
      if (!std::filesystem::exists(stage.file())) return false;
      try {
        return SqliteFile(stage.file())
                   .one("SELECT count(*) FROM online_users WHERE bare_jid = 'talker1@localhost'") == "1";
      } catch (const std::runtime_error&) {
        return false;  // still being made
      }
    };
    REQUIRE(eventually(kPatience, here));
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(stage.file().string() + end);
    XmppClient other(stage.server.c2s(), {"talker2"});
    other.available();
    other.unavailable("something to write");
    CHECK(eventually(kPatience, here));
    const auto killed_at = utcNow();
    stage.server.kill();
    stage.server.start();
    const auto record = stage.server.lastSeenThat(
        "talker1@localhost", [](const StoredLastSeen& r) { return r.cause == "server_crashed"; });
    REQUIRE(record);
    CHECK(record->cause == "server_crashed");
    CHECK(record->logged_out_at <= killed_at);
  }
}

}  // namespace liveness::e2e
