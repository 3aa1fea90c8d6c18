// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <cstdlib>

#include "e2e/stage.h"
#include "support/sqlite_file.h"
#include "support/stored_records.h"

namespace liveness::e2e {
namespace {

using support::SqliteFile;

/// A migration as the plugin has it built in.
std::string migration(const std::string& name) {
  const char* folder = std::getenv("LIVENESS_SQLITE_MIGRATIONS");
  if (folder == nullptr) throw Skip("LIVENESS_SQLITE_MIGRATIONS is not set: run this with `meson test`");
  auto sql = support::readFile(std::filesystem::path(folder) / name);
  if (sql.empty()) throw std::runtime_error("no migration " + name);
  return sql;
}

/// What the first version of the plugin left behind: its file, with two users in it.
void makeFirstVersion(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  SqliteFile database(file, SqliteFile::Mode::write);
  database.execute("PRAGMA journal_mode = WAL");
  database.execute(migration("001_last_seen.sql"));
  database.execute("INSERT INTO schema_version VALUES (1, '2026-01-01T00:00:00.000Z')");
  database.execute(
      "INSERT INTO last_seen VALUES ('romeo@localhost', '2026-01-02T03:04:05.678Z', "
      "'2026-01-02T03:04:06.789Z', 'timed_out', 'phone', 'off to \"Mantua\"', '<presence/>')");
  database.execute(
      "INSERT INTO last_seen VALUES ('mercutio@localhost', '2026-01-02T03:04:05.000Z', "
      "'2026-01-02T03:04:05.000Z', 'connection_lost', 'orchard', NULL, NULL)");
}

}  // namespace

TEST_SUITE("e2e/upgrade") {
  TEST_CASE("the records of the first version are kept, and are written on") {
    ProsodyServer server(usualSetup());
    const auto file = server.files().hostData("localhost") / "liveness.sqlite3";
    server.stop();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    makeFirstVersion(file);

    SUBCASE("at the first start") {
      server.start();
    }
    SUBCASE("at a start after others that were killed") {
      for (int kills = 0; kills < 5; ++kills) {
        server.start();
        server.kill();
      }
      server.start();
    }
    const auto version = [&] {
      return std::stoi(SqliteFile(file).one("SELECT max(version) FROM schema_version"));
    };
    REQUIRE(eventually(kPatience, [&] { return version() > 1; }));
    const auto romeo = server.lastSeen("romeo@localhost");
    REQUIRE(romeo);
    CHECK(romeo->cause == "timed_out");
    CHECK(romeo->status == "off to \"Mantua\"");
    CHECK(romeo->offline_presence == "<presence/>");
    CHECK(romeo->last_heard_at == support::parseUtc("2026-01-02T03:04:05.678Z"));
    CHECK(romeo->logged_out_at == support::parseUtc("2026-01-02T03:04:06.789Z"));
    CHECK(server.shell(R"(liveness:last_seen("romeo@localhost"))").find("Mantua") != std::string::npos);

    XmppClient client(server.c2s(), {"mercutio", "orchard"});
    client.available();
    client.unavailable("a plague on both");
    const auto mercutio = server.lastSeenThat(
        "mercutio@localhost", [](const StoredLastSeen& record) { return record.cause == "logged_out"; });
    REQUIRE(mercutio);
    CHECK(mercutio->status == "a plague on both");
    CHECK(server.stop());
    const auto records = support::readRecords(file);
    CHECK(records.last_seen.size() == 2);
    REQUIRE(records.logouts.size() == 1);  // the old ones had no history
    CHECK(records.logouts.front().bare_jid == "mercutio@localhost");
    for (const auto& line : server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }
}

}  // namespace liveness::e2e
