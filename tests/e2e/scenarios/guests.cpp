// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Users without an account: their names never come again, so nothing of them is kept.
#include <cstdlib>

#include "e2e/stage.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

const std::string kHost = "guest.localhost";

ServerSetup withGuests(const std::string& authentication) {
  auto setup = usualSetup();
  if (const char* modules = std::getenv("LIVENESS_E2E_MODULES")) setup.more_plugins = modules;
  setup.hosts.push_back({kHost,
                         {},
                         "authentication = \"" + authentication +
                             "\"\nallow_anonymous_storage = true\nliveness_idle_timeout = 4\n"});
  return setup;
}

std::unique_ptr<RawClient> guest(Stage& stage) {
  auto client = std::make_unique<RawClient>(stage.server.c2s());
  client->logInAnonymously(kHost, "web");
  client->send("<presence/>");
  REQUIRE(client->roundTrip());
  return client;
}

/// Of all tables, and of Prosody's own storage.
void checkNothingIsLeft(Stage& stage) {
  const auto folder = stage.server.files().hostData(kHost);
  support::SqliteFile file(folder / "liveness.sqlite3");
  for (const auto& table : file.rows("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    if (table.front() == "schema_version") continue;
    CAPTURE(table.front());
    CHECK(file.one("SELECT count(*) FROM " + table.front()) == "0");
  }
  CHECK_FALSE(std::filesystem::exists(folder / "liveness"));
}

}  // namespace

TEST_SUITE("e2e/guests") {
  TEST_CASE("guests leave no record, however they go") {
    for (const std::string authentication : {"anonymous", "open_house"}) {
      CAPTURE(authentication);
      Stage stage(withGuests(authentication));
      auto polite = guest(stage), rude = guest(stage), silent = guest(stage);
      CHECK(stage.server.shell(R"(liveness:sessions("guest.localhost"))").find("3 sessions") !=
            std::string::npos);
      polite->send("<presence type='unavailable'><status>bye</status></presence></stream:stream>");
      CHECK_FALSE(polite->expect("never"));  // until the stream's end
      CHECK(polite->ended());
      rude->socket().reset();
      CHECK(silent->expect("connection-timeout"));  // watched like everybody
      auto stays = guest(stage);
      CHECK(stage.server.shell(R"(liveness:inactive(0, "guest.localhost"))").find("0 inactive, 0 unknown") !=
            std::string::npos);
      REQUIRE(stage.server.stop());
      checkNothingIsLeft(stage);
    }
  }

  TEST_CASE("a guest who is there when the module is loaded, or when the server crashes, leaves no record") {
    auto setup = withGuests("anonymous");
    setup.plugin_enabled = false;
    Stage stage(setup);
    auto early = guest(stage);
    CHECK(stage.server.shell(R"(module:load("liveness", "guest.localhost"))").find("OK") !=
          std::string::npos);
    CHECK(stage.server.shell(R"(liveness:sessions("guest.localhost"))").find("1 session") !=
          std::string::npos);
    CHECK(stage.server.shell(R"(module:reload("liveness", "guest.localhost"))").find("OK") !=
          std::string::npos);
    auto late = guest(stage);
    setup.plugin_enabled = true;
    stage.server.rewriteConfig(setup);
    stage.server.kill();
    stage.server.start();
    CHECK(stage.server.shell(R"(liveness:inactive(0, "guest.localhost"))").find("0 inactive, 0 unknown") !=
          std::string::npos);
    REQUIRE(stage.server.stop());
    checkNothingIsLeft(stage);
  }
}

}  // namespace liveness::e2e
