// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/resumable_user.h"

namespace liveness::e2e {
namespace {

constexpr const char* kLongHold = "liveness_idle_timeout = 3\nsmacks_hibernation_time = 60";

}  // namespace

TEST_SUITE("e2e/held_sessions") {
  TEST_CASE("a held session that a new login replaces is over, and the user is back") {
    Stage stage(kLongHold);
    ResumableUser user(stage);
    const auto said_at = utcNow();
    user.loseConnection(stage);
    auto again = stage.user("phone");
    stage.departure(stage.jid("phone"));
    CHECK(stage.contact.seen().from(stage.jid("phone")).back().type == "available");
    checkNear(stage.record("replaced").last_heard_at, said_at);
    CHECK(again->roundTrip());
  }

  TEST_CASE("a held session that an administrator closes was kicked") {
    Stage stage(kLongHold);
    ResumableUser user(stage);
    const auto said_at = utcNow();
    user.loseConnection(stage);
    stage.server.shell("c2s:close(\"" + stage.jid("phone") + "\")");
    stage.departure(stage.jid("phone"));
    checkNear(stage.record("kicked").last_heard_at, said_at);
  }

  TEST_CASE("a held session is on record as stopped when the server stops") {
    Stage stage(kLongHold);
    ResumableUser user(stage);
    const auto said_at = utcNow();
    user.loseConnection(stage);
    REQUIRE(stage.server.stop());
    const auto record = stage.server.lastSeen(stage.kUser);
    REQUIRE(record);
    CHECK(record->cause == "server_stopped");
    CHECK(record->resource == "phone");
    checkNear(record->last_heard_at, said_at);
  }

  TEST_CASE("a lost connection that is not resumed is dated by the last byte, not by the loss") {
    Stage stage("liveness_idle_timeout = 60\nsmacks_hibernation_time = 2");
    ResumableUser user(stage);
    const auto said_at = utcNow();
    user.client.listen(1s);  // so that the loss is later than the last byte
    user.client.socket().reset();
    stage.departure(stage.jid("phone"));
    const auto record = stage.record("hold_expired");
    checkNear(record.last_heard_at, said_at);
    CHECK(record.logged_out_at > said_at + 2s);
  }

  TEST_CASE("a session that was held across reloads resumes, and is heard") {
    Stage stage(kLongHold);
    ResumableUser user(stage);
    user.loseConnection(stage);
    for (int i = 0; i < 2; ++i) stage.module("reload");
    stage.contact.message(stage.jid("phone"), "still waiting");
    REQUIRE(stage.contact.roundTrip());

    RawClient again(stage.server.c2s());
    REQUIRE(resume(again, user.id, user.handled()).find("<resumed") == 0);
    CHECK(again.expect("still waiting"));
    stage.module("reload");
    const auto end = SteadyClock::now() + 4s;
    while (SteadyClock::now() < end && !again.ended()) {
      again.send(" ");
      again.listen(300ms);
    }
    CHECK_FALSE(again.ended());
    CHECK(again.receivedThat("<ping").empty());
    stage.noDeparture(stage.jid("phone"));

    // And when it falls silent, its time is over as anybody's.
    again.send(" ");
    const auto silent_since = SteadyClock::now();
    CHECK(again.awaitEnd());
    checkNear(SteadyClock::now() - silent_since, 3000ms, 500ms);
    stage.noDeparture(stage.jid("phone"));  // held again
  }
}

}  // namespace liveness::e2e
