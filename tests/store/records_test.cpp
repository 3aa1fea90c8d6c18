// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "store_world.h"

namespace liveness::store {

using std::chrono::milliseconds;

TEST_SUITE("store/records") {
  TEST_CASE("a record is found as it was put, each field of it") {
    World world;
    world.store->start();
    for (std::size_t cause = 0; cause < kCauses; ++cause) {
      LastSeen record = logout("user" + std::to_string(cause) + "@example.org", milliseconds{7 * cause});
      record.cause = static_cast<Cause>(cause);
      record.evidence = static_cast<Evidence>(cause % 3);
      record.resource = "Gajim \xe2\x9c\x93 'quoted\"";
      record.status = "gone fishing; back -- on \xd0\xbf\xd0\xbd; DROP TABLE last_seen;\n:status";
      record.offline_presence = "<presence type='unavailable'><status>x</status></presence>";
      world.store->recordLogout(nextLogin(), record);
      const auto found = lookUp(*world.store, record.bare_jid);
      REQUIRE(found.has_value());
      CHECK(same(*found, record));
    }
  }

  TEST_CASE("words that a user did not leave are found empty, and are NULL in the table") {
    World world;
    world.store->start();
    LastSeen record = logout("a@x");
    record.resource.clear();
    world.store->recordLogout(nextLogin(), record);
    const auto found = lookUp(*world.store, "a@x");
    REQUIRE(found.has_value());
    CHECK(same(*found, record));
    CHECK(world.database.ask("SELECT count(*) FROM last_seen WHERE status IS NULL AND "
                             "offline_presence IS NULL AND resource IS NULL") == "1");
  }

  TEST_CASE("a user who was never seen is answered with nothing") {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    CHECK_FALSE(lookUp(*world.store, "b@x").has_value());
    CHECK_FALSE(lookUp(*world.store, "A@x").has_value());
    CHECK_FALSE(lookUp(*world.store, "").has_value());
    CHECK(world.log.lines().empty());
  }

  TEST_CASE("a look-up sees what was put before it, also in a crowd") {
    World world;
    world.store->start();
    int answered = 0, right = 0;
    for (int i = 0; i < 30000; ++i) {
      const std::string user = std::to_string(i % 20000) + "@x";
      world.store->recordLogout(nextLogin(), logout(user, milliseconds{i}));
      if (i % 10 != 0) continue;
      world.store->findLastSeen(user, [&, i](const std::optional<LastSeen>& found) {
        ++answered;
        if (found && found->logged_out_at >= logout("", milliseconds{i}).logged_out_at) ++right;
      });
    }
    CHECK(world.store->reading());
    CHECK(tickUntil(*world.store, [&] { return !world.store->reading(); }));
    CHECK(answered == 3000);
    CHECK(right == 3000);
  }

  TEST_CASE("reading is true until poll() has given the answer") {
    World world;
    world.store->start();
    CHECK_FALSE(world.store->reading());
    bool answered = false;
    world.store->findLastSeen("a@x", [&](const auto&) { answered = true; });
    CHECK(world.store->reading());
    CHECK(tickUntil(*world.store, [&] {
      CHECK(world.store->reading() == !answered);
      return answered;
    }));
  }

  TEST_CASE("an answer may ask again, record, and stop the store") {
    World world;
    world.store->start();
    std::vector<std::string> seen;
    world.store->findLastSeen("a@x", [&](const std::optional<LastSeen>& first) {
      seen.emplace_back(first ? "found" : "none");
      world.store->recordLogout(nextLogin(), logout("a@x"));
      world.store->findLastSeen("a@x", [&](const std::optional<LastSeen>& second) {
        seen.emplace_back(second ? "found" : "none");
        world.store->stop();
      });
    });
    CHECK(tickUntil(*world.store, [&] { return seen.size() == 2; }));
    CHECK(seen == std::vector<std::string>{"none", "found"});
    CHECK(writerThreads().empty());
  }

  TEST_CASE("the logout put last replaces the one before, also when the clock was set back between them") {
    World world;
    world.store->start();
    for (const int moment : {10, 11, 11, 5}) {
      LastSeen record = logout("a@x", milliseconds{moment});
      record.status = "at " + std::to_string(moment);
      world.store->recordLogout(nextLogin(), record);
      CHECK(same(*lookUp(*world.store, "a@x"), record));
    }
    CHECK(world.database.ask("SELECT count(*) FROM last_seen") == "1");
  }

  TEST_CASE("ten thousand logouts at once are written in batches") {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("first@x"));
    REQUIRE(world.written(1));
    const auto before = world.store->stats().batches;
    for (int i = 0; i < 10000; ++i) world.store->recordLogout(nextLogin(), logout(std::to_string(i) + "@x"));
    REQUIRE(world.written(10001));
    CHECK(world.store->stats().batches - before < 1000);
  }

  TEST_CASE("records that come without a pause do not keep the writer from writing") {
    World world;
    world.store->start();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (int i = 0; world.store->stats().records_written == 0; ++i) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      world.store->recordLogout(nextLogin(), logout(std::to_string(i % 1000) + "@x", milliseconds{i}));
    }
  }

  TEST_CASE("a record that the database refuses is dropped, and the others are not") {
    World world;
    world.store->start();
    world.store->recordLogout(nextLogin(), logout("a@x"));
    world.store->recordLogout(nextLogin(), logout(""));  // the key cannot be NULL
    world.store->recordLogout(nextLogin(), logout("b@x"));
    REQUIRE(world.written(2));
    CHECK(tickUntil(*world.store, [&] { return world.log.has("1 record refused and dropped"); }));
    CHECK(world.log.lines().size() == 1);
    CHECK(world.store->stats().records_waiting == 0);
  }

  TEST_CASE("hostile text is stored as valid text, and found by the name that was asked for") {
    World world;
    world.store->start();
    const std::string hostile("\xff\xc0\x80\0@x", 6);
    LastSeen record = logout(hostile);
    record.status = std::string("\0\xed\xa0\x80", 4) + std::string(5000, 'z');
    world.store->recordLogout(nextLogin(), record);
    const auto found = lookUp(*world.store, hostile);
    REQUIRE(found.has_value());
    CHECK(found->status.size() <= kMaxStatusBytes);
    CHECK(found->status.find('\0') == std::string::npos);
  }
}

}  // namespace liveness::store
