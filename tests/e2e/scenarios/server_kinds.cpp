// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

namespace liveness::e2e {

TEST_SUITE("e2e/server_kinds") {
  TEST_CASE("a server that has gone into the background does all that one in the foreground does") {
    auto setup = usualSetup("liveness_idle_timeout = 2");
    setup.daemonized = true;
    Stage stage(setup);
    auto silent = stage.rawUser("silent");
    const auto error = silent->expect("<connection-timeout");
    REQUIRE(error);
    stage.departure(stage.jid("silent"));
    CHECK(stage.record("timed_out").resource == "silent");

    auto user = stage.user();
    REQUIRE(stage.server.stop());
    const auto record = stage.server.lastSeen(stage.kUser);
    REQUIRE(record);
    CHECK(record->cause == "server_stopped");
    CHECK(record->resource == "phone");
  }

  TEST_CASE("two hosts of one server have options and records of their own") {
    auto setup = usualSetup("liveness_idle_timeout = 2");
    setup.hosts.push_back({"other.example", {{"romeo"}}, "liveness_idle_timeout = 0"});
    Stage stage(setup);
    auto here = stage.rawUser();
    RawClient there(stage.server.c2s());
    there.logIn("romeo", "secret", "other.example", "phone");
    there.send("<presence/>");
    REQUIRE(there.roundTrip());

    REQUIRE(here->expect("<connection-timeout"));
    stage.record("romeo@localhost", "timed_out");
    there.listen(1500ms);  // time enough for what must not come
    CHECK_FALSE(there.ended());
    CHECK(there.receivedThat("<ping").empty());
    CHECK_FALSE(stage.server.lastSeen("romeo@other.example"));

    there.send("<presence type='unavailable'><status>over there</status></presence>");
    const auto record = stage.record("romeo@other.example", "logged_out");
    CHECK(record.status == "over there");
    CHECK(stage.server.lastSeen("romeo@localhost")->cause == "timed_out");
  }
}

}  // namespace liveness::e2e
