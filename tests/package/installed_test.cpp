// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The Debian package in a clean Debian: installed, enabled, upgraded, removed and purged.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <regex>

#include "package/built_package.h"
#include "package/debian_prosody.h"
#include "package/debian_root.h"
#include "package/roots.h"
#include "support/http_client.h"
#include "support/prosody_log.h"
#include "support/sqlite_file.h"
#include "support/xmpp_client.h"

namespace liveness::package {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using support::kPatience;
using support::SqliteFile;
using support::XmppClient;

constexpr const char* kModule = "/usr/lib/prosody/modules/mod_liveness";
constexpr const char* kUser = "romeo@localhost";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// romeo comes, and goes with these words; then that is on record.
void comeAndGo(const DebianProsody& server, const std::string& words) {
  XmppClient client(server.client(), {"romeo", "phone"});
  client.available();
  client.unavailable(words);
  const bool on_record = eventually(kPatience, [&] {
    const auto seen = server.lastSeen(kUser);
    return seen && seen->status == words;
  });
  REQUIRE_MESSAGE(on_record, server.log());
  CHECK(server.lastSeen(kUser)->cause == "logged_out");
}

void checkLog(const DebianProsody& server) {
  for (const auto& entry : support::errorsIn(server.log(), {})) FAIL_CHECK("in the server's log: ", entry);
}

ino_t inodeOf(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_ino;
}

/// What the first version of the plugin left behind, readable by Prosody.
void putFirstRecords(const DebianRoot& root) {
  const auto file = root.path(DebianProsody::kRecords);
  const auto schema = support::readFile(sourceFolder() / "plugin/store/sqlite/001_last_seen.sql");
  REQUIRE_FALSE(schema.empty());
  {
    root.must({"install", "-d", "-o", "prosody", "-g", "prosody", "/var/lib/prosody/localhost"});
    SqliteFile database(file, SqliteFile::Mode::write);
    database.execute("PRAGMA journal_mode = WAL");
    database.execute(schema);
    database.execute("INSERT INTO schema_version VALUES (1, '2026-01-01T00:00:00.000Z')");
    database.execute(
        "INSERT INTO last_seen VALUES ('juliet@localhost', '2026-01-02T03:04:05.678Z', "
        "'2026-01-02T03:04:06.789Z', 'timed_out', 'balcony', 'good night', NULL)");
  }
  root.must({"sh", "-c", std::string("chown prosody:prosody ") + DebianProsody::kRecords + "*"});
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::set<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(rest, rest.end()));
  return rest;
}

}  // namespace

TEST_SUITE("package") {
  TEST_CASE("one line enables it, and a client that comes and goes is on record") {
    const DebianRoot root(installedRoot());
    DebianProsody server(root);
    const auto before = root.run({"prosodyctl", "check", "config"});
    server.enable();
    const auto enabled = root.run({"prosodyctl", "check", "config"});
    CHECK(enabled.status == before.status);
    CHECK(enabled.output == before.output);

    server.start();
    CHECK(contains(server.shell("module:list()"), "liveness"));
    comeAndGo(server, "off to Mantua");
    CHECK(contains(server.shell("liveness:last_seen('romeo@localhost')"), "off to Mantua"));
    CHECK(contains(root.must({"prosodyctl", "mod_liveness", "history", kUser}), "logged_out"));

    // Nobody else may read them, and nothing is kept in another place.
    struct stat records {};
    REQUIRE(stat(root.path(DebianProsody::kRecords).c_str(), &records) == 0);
    CHECK((records.st_mode & 0777) == 0600);
    for (const auto& file : without(root.files(), installedRoot().files()))
      CHECK_MESSAGE((file.rfind("/var/lib/prosody/", 0) == 0 || file.rfind("/etc/prosody/conf.d/", 0) == 0),
                    file);
    CHECK(server.stop());
    checkLog(server);
  }

  TEST_CASE("every option of the sample configuration is accepted as it stands") {
    const DebianRoot root(installedRoot());
    DebianProsody server(root);
    server.enable();
    root.must({"ln", "-s", "../conf.avail/liveness.cfg.lua", "/etc/prosody/conf.d/"});
    // Not those that name a database and a server that only an example has.
    root.must({"sed", "-i", "-E", R"(/^--liveness_(store|node) /! s/^--(liveness_)/\1/)",
               "/etc/prosody/conf.avail/liveness.cfg.lua"});
    server.start();
    CHECK(contains(server.shell("config:get('*', 'liveness_idle_timeout')"), "360"));
    comeAndGo(server, "with all options");
    CHECK(server.stop());
    checkLog(server);
  }

  TEST_CASE("the page is served, with the Chart.js that Debian has") {
    const DebianRoot root(installedRoot());
    DebianProsody server(root);
    server.enable();
    support::writeFile(root.path("/etc/prosody/conf.d/page.cfg.lua"),
                       "liveness_page = true\nadmins = { \"romeo@localhost\" }\n");
    server.start();
    const auto get = [&](const std::string& path) {
      const std::string romeo = "cm9tZW9AbG9jYWxob3N0OnNlY3JldA==";  // romeo@localhost:secret
      return fetch(server.http(),
                   {"GET", path, {{"Host", "localhost"}, {"Authorization", "Basic " + romeo}}, {}});
    };
    CHECK(get("/liveness/").status == 200);
    const auto chart = get("/liveness/assets/chart.min.js");
    CHECK(chart.status == 200);
    CHECK(chart.body == support::readFile(root.path("/usr/share/javascript/chart.js/chart.min.js")));
    CHECK(contains(get("/liveness/api/v1/me").body, "romeo@localhost"));
    CHECK(server.stop());
    checkLog(server);
  }

  TEST_CASE(
      "an upgrade leaves the running server alone, and its restart has the new version and the old records") {
    const DebianRoot root(freshRoot());
    const support::TempDir folder("lvolder");
    root.install(olderPackage(folder.path()));
    CHECK(std::filesystem::exists(root.path(kFileOfTheOlder)));
    putFirstRecords(root);
    DebianProsody server(root);
    server.enable();
    server.start();
    XmppClient client(server.client(), {"romeo", "phone"});
    client.available();
    const auto loaded = root.path(std::string(kModule) + "/liveness.so");
    const auto inode = inodeOf(loaded);

    const auto said = root.install(builtPackage());
    CHECK(contains(said, std::string("Prosody goes on with version ") + kOlderVersion));
    CHECK(inodeOf(loaded) != inode);
    CHECK_FALSE(std::filesystem::exists(root.path(kFileOfTheOlder)));
    CHECK(server.running());
    CHECK(client.roundTrip());
    client.unavailable("seen by the old one");
    CHECK(eventually(kPatience, [&] {
      const auto seen = server.lastSeen(kUser);
      return seen && seen->status == "seen by the old one";
    }));
    CHECK(server.stop());
    checkLog(server);

    server.start();
    comeAndGo(server, "seen by the new one");
    CHECK(server.stop());
    checkLog(server);
    const auto juliet = server.lastSeen("juliet@localhost");
    REQUIRE(juliet);
    CHECK(juliet->cause == "timed_out");
    CHECK(juliet->status == "good night");
    CHECK(std::stoi(
              SqliteFile(root.path(DebianProsody::kRecords)).one("SELECT max(version) FROM schema_version")) >
          1);
  }

  TEST_CASE("removed, it leaves the running server and the records; purged, it leaves nothing") {
    const DebianRoot root(installedRoot());
    DebianProsody server(root);
    server.enable();
    root.must({"ln", "-s", "../conf.avail/liveness.cfg.lua", "/etc/prosody/conf.d/"});
    // Of another VirtualHost, and not ours.
    const auto other = root.path("/var/lib/prosody/other%2eexample");
    for (const char* ours : {"liveness.spool", "liveness.sqlite3-wal", "liveness%5fpublic/juliet.dat"})
      support::writeFile(other / ours, "ours");
    for (const char* theirs : {"livenessful.dat", "accounts/juliet.dat"})
      support::writeFile(other / theirs, "theirs");
    root.must({"chown", "-R", "prosody:prosody", "/var/lib/prosody/other%2eexample"});
    server.start();
    comeAndGo(server, "before the end");
    XmppClient client(server.client(), {"juliet", "balcony"});
    client.available();

    root.must({"apt-get", "-q", "remove", "-y", "prosody-mod-liveness"});
    CHECK(server.running());
    CHECK(client.roundTrip());
    CHECK_FALSE(contains(server.shell("module:list('localhost')"), "liveness"));
    CHECK_FALSE(std::filesystem::exists(root.path(kModule)));
    CHECK(server.lastSeen(kUser)->status == "before the end");

    root.must({"apt-get", "-q", "purge", "-y", "--autoremove", "prosody-mod-liveness"});
    CHECK(server.running());
    CHECK(client.roundTrip());
    CHECK(server.stop());
    checkLog(server);
    CHECK(support::readFile(other / "livenessful.dat") == "theirs");

    // Prosody's own for who has an account and logs in, and the test's.
    const std::regex expected(
        "/var/lib/prosody/(localhost|other%2eexample)(/(accounts|offline|pep|roster|livenessful).*)?|"
        "/var/lib/prosody/prosody.sock|/etc/prosody/conf.d/test.cfg.lua");
    for (const auto& file : without(root.files(), freshRoot().files()))
      CHECK_MESSAGE(std::regex_match(file, expected), "left behind: " << file);
    for (const auto& file : without(freshRoot().files(), root.files())) FAIL_CHECK("gone with it: ", file);

    // And Prosody starts without it, where the administrator has not taken the line out yet.
    server.start();
    CHECK(XmppClient(server.client(), {"romeo"}).roundTrip());
    CHECK(server.stop());
  }
}

}  // namespace liveness::package
