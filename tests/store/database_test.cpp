// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What every Database does, whichever it is: this suite runs on each of them.
#include "store/database.h"

#include <doctest/doctest.h>

#include "database_world.h"

namespace liveness::store {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_SUITE("store/database") {
  TEST_CASE("a logout is found as it was put, each field of it") {
    DatabaseWorld world;
    for (std::size_t cause = 0; cause < kCauses; ++cause) {
      LastSeen record = logout("user" + std::to_string(cause) + "@x", milliseconds{7 * cause});
      record.cause = static_cast<Cause>(cause);
      record.status = "gone fishing";
      record.offline_presence = "<presence type='unavailable'><status>x</status></presence>";
      world.end(record);
      CHECK(same(*world.database->find(record.bare_jid), record));
      const auto history = world.database->history(record.bare_jid, 10);
      REQUIRE(history.size() == 1);
      record.offline_presence.clear();
      CHECK(same(history[0], record));
    }
  }

  TEST_CASE("texts arrive as they are, whatever is in them") {
    DatabaseWorld world;
    const char* const texts[] = {"it's",
                                 "\"so\"",
                                 "back\\slash\\\\",
                                 "{a,b}",
                                 "a,b",
                                 "NULL",
                                 "null",
                                 "{}",
                                 "\\",
                                 "\"",
                                 "' ; DROP TABLE last_seen; --",
                                 ":status :run $1 ?1 %s %",
                                 "line\nbreak\ttab\r",
                                 " edges ",
                                 "\xc3\xa4\xd0\xbf\xe2\x9c\x93",
                                 "\xf0\x9f\x90\x9f",
                                 "\xef\xbb\xbf\xe2\x80\xae",
                                 "\x01\x7f"};
    std::uint64_t login = 100;
    for (const char* text : texts) {
      CAPTURE(text);
      LastSeen record = logout(std::string(text) + "@x");
      record.resource = record.status = record.offline_presence = text;
      world.begin(++login, record.bare_jid, record.resource);
      world.end(record, login);
      CHECK(same(*world.database->find(record.bare_jid), record));
    }
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == "0");
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == std::to_string(std::size(texts)));
  }

  TEST_CASE("words that a user did not leave are NULL, and found empty") {
    DatabaseWorld world;
    LastSeen record = logout("a@x");
    record.resource.clear();
    world.end(record);
    CHECK(same(*world.database->find("a@x"), record));
    CHECK(world.test.ask("SELECT count(*) FROM last_seen WHERE resource IS NULL AND status IS NULL AND "
                         "offline_presence IS NULL") == "1");
  }

  TEST_CASE("times keep their milliseconds, from the first to the last that a record may have") {
    DatabaseWorld world;
    for (const char* text :
         {"0000-01-01T00:00:00.000Z", "0000-02-29T23:59:59.999Z", "0001-01-01T00:00:00.001Z",
          "1969-12-31T23:59:59.999Z", "2026-11-23T00:44:48.120Z", "9999-12-31T23:59:59.999Z"}) {
      CAPTURE(text);
      LastSeen record = logout(std::string(text) + "@x");
      record.last_heard = record.logged_out_at = *fromUtcText(text);
      world.end(record);
      CHECK(same(*world.database->find(record.bare_jid), record));
    }
  }

  TEST_CASE("who was never seen is found nowhere") {
    DatabaseWorld world;
    world.end(logout("a@x"));
    CHECK_FALSE(world.database->find("b@x").has_value());
    CHECK_FALSE(world.database->find("A@x").has_value());
    CHECK_FALSE(world.database->find("").has_value());
    CHECK(world.database->history("b@x", 10).empty());
  }

  TEST_CASE("a batch that is written again changes nothing but the beat") {
    DatabaseWorld world;
    world.begin(1, "a@x");
    const LastSeen record = logout("a@x");
    Batch batch = world.batch();
    batch.ended = {{1, &record}};
    batch.last_seen = {&record};
    const auto first = world.write(batch);
    CHECK(world.write(batch) > first);
    CHECK(world.database->history("a@x", 10).size() == 1);
    CHECK(same(*world.database->find("a@x"), record));
  }

  TEST_CASE("a later logout of a user takes the place of the one before, and both are in the history") {
    DatabaseWorld world;
    world.end(logout("a@x", seconds{10}), 1);
    world.end(logout("a@x", seconds{5}), 2);  // the clock was set back between them
    CHECK(same(*world.database->find("a@x"), logout("a@x", seconds{5})));
    const auto history = world.database->history("a@x", 10);
    REQUIRE(history.size() == 2);
    CHECK(history[0].logged_out_at > history[1].logged_out_at);
    CHECK(world.database->history("a@x", 1).size() == 1);
  }

  TEST_CASE("a newer record of another node stays, unless it is from the future") {
    DatabaseWorld world;
    Run other = world.beginRun(2, "other", "x");
    const LastSeen older = logout("a@x");
    LastSeen newer = logout("a@x", seconds{5});
    bool stays = true;
    SUBCASE("newer") {}
    SUBCASE("from the future") {
      newer = logout("a@x", hours{24 * 365});
      stays = false;
    }
    world.end(newer, 1, &other);
    world.end(older, 1);
    CHECK(same(*world.database->find("a@x"), stays ? newer : older));
    CHECK(world.database->history("a@x", 10).size() == 2);
  }

  TEST_CASE("what comes late, from a spool, leaves a newer record of the same node alone too") {
    DatabaseWorld world;
    world.end(logout("a@x", seconds{5}), 2);
    const LastSeen older = logout("a@x");
    Batch batch = world.batch();
    batch.late = true;
    batch.last_seen = {&older};
    world.write(batch);
    CHECK(same(*world.database->find("a@x"), logout("a@x", seconds{5})));
  }

  TEST_CASE("no history is kept where none is wanted") {
    DatabaseWorld world;
    world.begin(1, "a@x");
    const LastSeen record = logout("a@x");
    Batch batch = world.batch();
    batch.keep_history = false;
    batch.ended = {{1, &record}};
    batch.last_seen = {&record};
    world.write(batch);
    CHECK(world.database->history("a@x", 10).empty());
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == "0");
  }

  TEST_CASE("many rows go in one batch") {
    DatabaseWorld world;
    constexpr std::uint64_t kMany = 10001;
    std::vector<Store::Online> users;
    std::vector<LastSeen> records;
    for (std::uint64_t n = 1; n <= kMany; ++n) {
      users.push_back({n, std::to_string(n) + "@x", "r", logout("").last_heard, logout("").last_heard});
      records.push_back(logout(users.back().bare_jid, milliseconds{n}));
      if (n % 1000 == 0) records.back().offline_presence = std::string(kMaxPresenceBytes, 'x');
    }
    Batch begin = world.batch();
    for (const auto& user : users) begin.online.push_back(&user);
    world.write(begin);
    Batch heard = world.batch();
    for (const auto& user : users)
      heard.heard.push_back({user.login, user.last_heard + milliseconds{user.login}});
    heard.heard.push_back({kMany + 1, logout("").last_heard});  // has ended
    world.write(heard);
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == std::to_string(kMany));
    CHECK(world.test.ask("SELECT count(DISTINCT last_heard_at) FROM online_users") == std::to_string(kMany));
    Batch end = world.batch();
    for (std::uint64_t n = 0; n < kMany; ++n) {
      end.ended.push_back({n + 1, &records[n]});
      end.last_seen.push_back(&records[n]);
    }
    world.write(end);
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == "0");
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == std::to_string(kMany));
    for (const std::uint64_t n : {1UL, 4096UL, 4097UL, kMany - 1})
      CHECK(same(*world.database->find(records[n].bare_jid), records[n]));
  }

  TEST_CASE("a login that has a row already gets the new one") {
    DatabaseWorld world;
    world.begin(1, "a@x", "old");
    world.begin(1, "a@x", "new");
    CHECK(world.test.ask("SELECT resource FROM online_users") == "new");
  }

  TEST_CASE("who is forgotten is nowhere, and may be seen again in the same batch") {
    DatabaseWorld world;
    Run other = world.beginRun(2, "other", "x");
    world.begin(1, "a@x");
    world.begin(1, "a@x", "phone", &other);
    world.begin(2, "b@x");
    world.end(logout("a@x"), 3);
    world.end(logout("b@x"), 4);
    const Store::Online again{5, "a@x", "", logout("").last_heard, logout("").last_heard};
    Batch batch = world.batch();
    batch.forgotten = {{"a@x", world.now}};
    bool seen_again = false;
    SUBCASE("for ever") {}
    SUBCASE("for a moment") {
      batch.online = {&again};
      seen_again = true;
    }
    world.write(batch);
    CHECK_FALSE(world.database->find("a@x").has_value());
    CHECK(world.database->history("a@x", 10).empty());
    CHECK(world.test.ask("SELECT count(*) FROM online_users WHERE bare_jid = 'a@x'") ==
          (seen_again ? "1" : "0"));
    CHECK(world.database->find("b@x").has_value());
    CHECK(world.test.ask("SELECT count(*) FROM online_users WHERE bare_jid = 'b@x'") == "1");
  }

  TEST_CASE("an account that was deleted is another one when it is there again: what came later stays") {
    DatabaseWorld world;
    using std::chrono::minutes;
    Run other = world.beginRun(2, "other", "x");
    LastSeen later = logout("a@x");
    const UtcTime deleted_at = later.logged_out_at;
    UtcTime at = deleted_at + minutes{1};
    bool stays = true;
    SUBCASE("later") {}
    SUBCASE("at that moment") {
      at = deleted_at;
      stays = false;
    }
    SUBCASE("in the future, by a clock that was wrong once") {
      at = world.now + minutes{1};
      stays = false;
    }
    later.last_heard = later.logged_out_at = at;
    world.end(later, 3, &other);
    const Store::Online here{4, "a@x", "phone", at, at};
    Batch batch = world.batch();
    batch.online = {&here};
    world.write(batch, &other);

    batch = world.batch();
    batch.forgotten = {{"a@x", deleted_at}};
    for (int time = 0; time < 2; ++time) world.write(batch);
    CHECK(world.database->find("a@x").has_value() == stays);
    CHECK(world.database->history("a@x", 10).size() == (stays ? 1 : 0));
    CHECK(world.test.ask("SELECT count(*) FROM online_users") == (stays ? "1" : "0"));
  }

  TEST_CASE("a batch with a record that cannot be is refused, and leaves nothing behind") {
    DatabaseWorld world;
    const LastSeen good = logout("a@x"), bad = logout("");
    Batch batch = world.batch();
    batch.ended = {{1, &good}, {2, &bad}};
    batch.last_seen = {&good, &bad};
    CHECK(world.kindOfError([&] { world.write(batch); }) == DatabaseError::Kind::refused);
    CHECK_FALSE(world.database->find("a@x").has_value());
    CHECK(world.database->history("a@x", 10).empty());
    world.end(good);
    CHECK(world.database->find("a@x").has_value());
  }

  TEST_CASE("a row that somebody spoiled is refused") {
    DatabaseWorld world;
    world.end(logout("a@x"));
    world.test.execute("UPDATE last_seen SET cause = 'bored'");
    CHECK(world.kindOfError([&] { world.database->find("a@x"); }) == DatabaseError::Kind::refused);
    CHECK_FALSE(world.database->find("b@x").has_value());
  }

  TEST_CASE(
      "a name that is not UTF-8, or has a NUL in it, is nobody's, and spoils no question about others") {
    DatabaseWorld world;
    world.end(logout("a@x"));
    world.begin(1, "b@x");
    for (const std::string& bad : {std::string("a\xff@x"), std::string("a@x\0b", 5),
                                   std::string("\xed\xa0\x80@x"), std::string("\xc3")}) {
      CAPTURE(bad);
      CHECK(world.database->unknown({bad, "a@x", "new@x", bad, "b@x"}) ==
            std::vector<std::string>{bad, "new@x", bad});
      CHECK_FALSE(world.database->find(bad).has_value());
      CHECK(world.database->history(bad, 10).empty());
      CHECK(world.database->inactive(bad, world.now, 10).total == 0);
      CHECK(world.database->active(bad, {UtcTime{}, world.now}) == std::vector<std::uint64_t>{0, 0});
      UsersQuestion question;
      question.limit = 10;
      CHECK(world.database->users(bad, question).matched == 0);
      question.text = bad;
      CHECK(world.database->users("x", question).matched == 0);
    }
    const std::vector<std::string> long_ones = {std::string(5000, 'a') + "@x"};
    CHECK(world.database->unknown(long_ones) == long_ones);
  }

  TEST_CASE("old logouts are purged up to a limit, the oldest first") {
    DatabaseWorld world;
    for (std::uint64_t n = 0; n < 10; ++n) world.end(logout(std::to_string(n) + "@x", hours{n}), n + 1);
    const UtcTime before = logout("", hours{7}).logged_out_at;
    const auto first = world.database->purge(UtcTime::min(), before, 4);
    CHECK(first.rows == 4);
    CHECK(first.up_to == logout("", hours{3}).logged_out_at);
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == "6");
    CHECK(world.database->history("3@x", 1).empty());
    CHECK(world.database->history("4@x", 1).size() == 1);
    CHECK(world.database->purge(logout("", hours{6}).logged_out_at, before, 4).rows == 1);
    CHECK(world.database->purge(first.up_to, before, 4).rows == 2);
    CHECK(world.database->purge(UtcTime::min(), before, 4).rows == 0);
    CHECK(world.test.ask("SELECT count(*) FROM logouts") == "3");
    CHECK(world.database->find("0@x").has_value());
  }

  TEST_CASE("it is opened to be read only after somebody has made it") {
    DatabaseWorld world(false);
    auto reader = databaseFor(world.test.connectionString());
    CHECK(world.kindOfError([&] { reader->openToRead(); }) == DatabaseError::Kind::away);
    world.open();
    world.end(logout("a@x"));
    reader->openToRead();
    CHECK(same(*reader->find("a@x"), logout("a@x")));

    // An older version's, which the server that is about to start brings up to date.
    reader->close();
    world.database->close();
    world.test.execute("DELETE FROM schema_version WHERE version > 1");
    CHECK(world.kindOfError([&] { reader->openToRead(); }) == DatabaseError::Kind::away);
  }

  TEST_CASE("a schema of a version that nobody knows yet is unfit, and stays as it is") {
    DatabaseWorld world;
    world.database->close();
    world.test.execute("INSERT INTO schema_version VALUES (99, '2030-01-01T00:00:00.000Z')");
    CHECK(world.kindOfError([&] { world.database->open(); }) == DatabaseError::Kind::unfit);
    CHECK(world.kindOfError([&] { world.database->openToRead(); }) == DatabaseError::Kind::unfit);
    CHECK(world.test.ask("SELECT max(version) FROM schema_version") == "99");
  }
}

}  // namespace liveness::store
