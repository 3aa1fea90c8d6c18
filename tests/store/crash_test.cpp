// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <sstream>

#include "store_world.h"
#include "support/child_process.h"

namespace liveness::store {

namespace {

using support::ChildProcess;
using support::eventually;

std::string childProgram() {
  const char* path = std::getenv("LIVENESS_STORE_CHILD");
  REQUIRE_MESSAGE(path != nullptr, "LIVENESS_STORE_CHILD is not set: run this with meson test");
  return path;
}

/// The last whole number that the child said was on disk.
unsigned long said(const std::filesystem::path& output) {
  std::istringstream lines(support::readFile(output));
  unsigned long last = 0;
  for (std::string line; std::getline(lines, line) && !lines.eof();) last = std::stoul(line);
  return last;
}

}  // namespace

TEST_SUITE("store/crash") {
  TEST_CASE("a process that is killed among its batches leaves a sound file with all it had counted") {
    const support::TempDir folder("liveness-store");
    TestDatabase database;
    unsigned long so_far = 0;
    for (int life = 0; life < 5; ++life) {
      CAPTURE(life);
      const auto output = folder.path() / ("said" + std::to_string(life));
      ChildProcess child(
          {{childProgram(), "write", database.connectionString(), std::to_string(so_far)}, output});
      const unsigned long enough = so_far + 2000 + 777 * static_cast<unsigned long>(life);
      REQUIRE(eventually(std::chrono::seconds{60}, [&] { return said(output) >= enough; }));
      child.signal(SIGKILL);
      REQUIRE(child.wait(std::chrono::seconds{10}) == -SIGKILL);
      so_far = said(output);

      if (databaseKind() == DatabaseKind::sqlite3) CHECK(database.ask("PRAGMA integrity_check") == "ok");
      CHECK(database.ask(
                "SELECT count(*) FROM last_seen WHERE CAST(replace(bare_jid, '@x', '') AS INTEGER) < " +
                std::to_string(so_far)) == std::to_string(so_far));
    }
    const auto store = openStore(database.connectionString());
    store->start();
    CHECK(lookUp(*store, std::to_string(so_far - 1) + "@x").has_value());
    CHECK(store->takeNotices().empty());
  }

  TEST_CASE("a server that forks before the start writes from its last process") {
    TestDatabase database;
    const auto result =
        support::run({{childProgram(), "daemonize", database.connectionString()}}, std::chrono::seconds{60});
    CHECK(result.output == "");
    REQUIRE(result.status == 0);
    CHECK(database.ask("SELECT count(*) FROM last_seen WHERE bare_jid IN ('1@x', '2@x')") == "2");
  }
}

}  // namespace liveness::store
