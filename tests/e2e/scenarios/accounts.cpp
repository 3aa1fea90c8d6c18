// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Lives and deaths of accounts and of hosts.
#include "e2e/resumable_user.h"
#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

const std::string kLastSeen = R"(liveness:last_seen("romeo@localhost"))";
const std::string kHistory = R"(liveness:history("romeo@localhost"))";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// romeo has a record, and is here again.
std::unique_ptr<XmppClient> onRecordAndHere(Stage& stage) {
  stage.user("old")->unavailable("before");
  stage.departure(stage.jid("old"));
  stage.record("logged_out");
  return stage.user("phone");
}

/// Nothing is left of romeo, now and when he has an account again.
void isForgotten(Stage& stage) {
  stage.settleRecords();
  CHECK_FALSE(stage.server.lastSeen(stage.kUser));
  CHECK(has(stage.server.shell(kLastSeen), "never seen"));
  CHECK(has(stage.server.shell(kHistory), "0 logouts"));

  CHECK(has(stage.server.shell(R"(user:create("romeo@localhost", "secret"))"), "OK"));
  CHECK(has(stage.server.shell(kLastSeen), "never seen"));
  RawClient anew(stage.server.c2s());
  anew.logIn("romeo", "secret", "localhost", "anew");
  anew.send("<iq type='get' id='own'><query xmlns='jabber:iq:last'/></iq>");
  const auto answer = anew.expect("id='own'");
  REQUIRE(answer);
  CHECK(answer->contains("<item-not-found"));

  anew.send("<presence/>");
  anew.send("<presence type='unavailable'><status>a new life</status></presence>");
  CHECK(stage.record("logged_out").status == "a new life");
  CHECK(has(stage.server.shell(kHistory), "1 logout of"));
}

}  // namespace

TEST_SUITE("e2e/accounts") {
  TEST_CASE(
      "an account that an operator deletes takes its records along, and its dying session leaves none") {
    Stage stage;
    auto user = onRecordAndHere(stage);
    CHECK(has(stage.server.shell(R"(user:delete("romeo@localhost"))"), "OK"));
    CHECK(user->waitUntil([](const Seen& seen) { return !seen.connected; }));
    isForgotten(stage);
  }

  TEST_CASE("a user who deletes their own account is forgotten") {
    ServerSetup setup = usualSetup();
    setup.modules = {"register"};
    Stage stage(setup);
    onRecordAndHere(stage).reset();
    stage.departure(stage.jid("phone"));
    auto user = stage.rawUser("tablet");
    user->send("<iq type='set' id='bye'><query xmlns='jabber:iq:register'><remove/></query></iq>");
    CHECK(user->expect("id='bye'"));
    isForgotten(stage);
  }

  TEST_CASE("a session that is held for resumption does not outlive its account's records") {
    Stage stage;
    ResumableUser user(stage);
    user.loseConnection(stage);
    CHECK(has(stage.server.shell(R"(user:delete("romeo@localhost"))"), "OK"));
    CHECK(has(stage.userSessions(), "0 sessions"));
    isForgotten(stage);
  }

  TEST_CASE(
      "who gets the name of an account that was deleted behind the server's back begins without a past") {
    Stage stage;
    stage.user()->unavailable("before");
    stage.departure(stage.jid("phone"));
    stage.record("logged_out");
    CHECK(stage.server.ctl({"deluser", stage.kUser}).status == 0);  // tells the running server nothing
    CHECK(stage.server.ctl({"register", "romeo", "localhost", "secret"}).status == 0);
    bool restarted = false;
    SUBCASE("where the server remembers the record") {
      CHECK(has(stage.server.shell(kLastSeen), "was last seen"));  // nobody but operators can see it
    }
    SUBCASE("where it remembers nothing, and must ask the database") {
      REQUIRE(stage.server.stop());
      stage.server.start();
      restarted = true;
    }
    CAPTURE(restarted);

    RawClient anew(stage.server.c2s()), more(stage.server.c2s());
    anew.logIn("romeo", "secret", "localhost", "anew");
    more.logIn("romeo", "secret", "localhost", "more");
    for (RawClient* client : {&anew, &more}) {
      client->send("<presence/>");
      REQUIRE(client->roundTrip());
    }
    REQUIRE(eventually(kPatience, [&] { return stage.server.logContains("another account"); }));
    CHECK(has(stage.userSessions(), "2 sessions"));
    CHECK(has(stage.server.shell(kHistory), "0 logouts"));
    more.send("<presence type='unavailable'/>");
    anew.send("<presence type='unavailable'><status>a new life</status></presence>");
    CHECK(stage.server.lastSeenThat(
        stage.kUser, [](const StoredLastSeen& found) { return found.status == "a new life"; }));
    CHECK(has(stage.server.shell(kHistory), "1 logout of"));
    anew.send("<iq type='get' id='own'><query xmlns='jabber:iq:last'/></iq>");
    const auto own = anew.expect("id='own'");
    REQUIRE(own);
    CHECK(own->contains("a new life"));
    CHECK(countOf("another account", stage.server.log()) == 1);
  }

  TEST_CASE(
      "a mark that is not there proves nothing: looking a user up destroys nothing, nor does their login") {
    Stage stage;
    const auto folder = stage.server.files().hostData("localhost");
    const auto marks = folder / "liveness", book = folder / "liveness.dat";
    const auto comeAndGo = [&](const std::string& word) {
      XmppClient user(stage.server.c2s(), Login{"romeo"});
      user.available();
      user.unavailable(word);
      CHECK(stage.server.lastSeenThat(stage.kUser,
                                      [&](const StoredLastSeen& found) { return found.status == word; }));
    };
    const auto checkAllIsThere = [&](const std::string& logouts) {
      CHECK(has(stage.server.shell(kLastSeen), "was last seen"));
      CHECK(eventually(kPatience,
                       [&] { return has(stage.server.shell("liveness:inactive(0)"), stage.kUser); }));
      CHECK(has(stage.server.shell(kHistory), logouts));
      CHECK(stage.server.lastSeen(stage.kUser));
    };
    SUBCASE("it could not be written when the account first logged in") {
      REQUIRE(stage.server.stop());
      std::filesystem::remove_all(marks);
      support::writeFile(marks, "no folder\n");
      stage.server.expectError("liveness storage");  // Prosody's own line
      stage.server.start();
      comeAndGo("unmarked");
      checkAllIsThere("1 logout");
      REQUIRE(stage.server.stop());
      std::filesystem::remove(marks);
      stage.server.start();
      comeAndGo("marked");
      checkAllIsThere("2 logouts");
      CHECK(std::filesystem::exists(marks / "romeo.dat"));
    }
    SUBCASE("the storage was made anew") {
      comeAndGo("before");
      REQUIRE(stage.server.stop());
      std::filesystem::remove_all(marks);
      std::filesystem::remove(book);
      stage.server.start();
      checkAllIsThere("1 logout");
      comeAndGo("after");
      checkAllIsThere("2 logouts");
    }
    SUBCASE("the storage was set back to before the account's first login") {
      const auto older = support::readFile(book);
      comeAndGo("before");
      REQUIRE(stage.server.stop());
      std::filesystem::remove(marks / "romeo.dat");
      support::writeFile(book, older);
      stage.server.start();
      comeAndGo("after");
      checkAllIsThere("2 logouts");
    }
    SUBCASE("it is of an earlier version, or spoiled") {
      comeAndGo("before");
      REQUIRE(stage.server.stop());
      support::writeFile(marks / "romeo.dat", "return { since = 1700000000 };\n");
      stage.server.start();
      comeAndGo("between");
      support::writeFile(marks / "romeo.dat", "return { book = 'x'; number = 1.5; since = {} };\n");
      comeAndGo("after");
      checkAllIsThere("3 logouts");
    }
    CHECK_FALSE(stage.server.logContains("another account"));
  }

  TEST_CASE("an account that is deleted is no harm to others") {
    Stage stage;
    auto user = onRecordAndHere(stage);
    CHECK(has(stage.server.shell(R"(user:delete("mercutio@localhost"))"), "OK"));  // was never seen
    CHECK(user->roundTrip());
    user->unavailable("still on record");
    const auto record = stage.server.lastSeenThat(
        stage.kUser, [](const StoredLastSeen& found) { return found.resource == "phone"; });
    REQUIRE(record);
    CHECK(record->status == "still on record");
    CHECK(has(stage.server.shell(kHistory), "2 logouts"));
  }

  TEST_CASE("a host that is no longer configured disturbs no other, and finds its records when it is back") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}});
    Stage stage(setup);
    auto here = stage.user();
    RawClient there(stage.server.c2s());
    there.logIn("romeo", "secret", "other.example", "phone");
    there.send("<presence/>");
    there.send("<presence type='unavailable'><status>over there</status></presence>");
    CHECK(stage.record("romeo@other.example", "logged_out").status == "over there");

    auto without = setup;
    without.hosts.pop_back();
    stage.server.rewriteConfig(without);
    REQUIRE(stage.server.stop());
    stage.server.start();
    CHECK(stage.server.lastSeen(stage.kUser)->cause == "server_stopped");
    auto again = std::make_unique<XmppClient>(stage.server.c2s(), Login{"romeo"});
    again->available();
    again->unavailable("and gone");
    CHECK(stage.record("logged_out").status == "and gone");
    CHECK(has(stage.server.shell("liveness:active()"), "1 host"));

    stage.server.rewriteConfig(setup);
    REQUIRE(stage.server.stop());
    stage.server.start();
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@other.example"))"), "over there"));
    CHECK(has(stage.server.shell(kLastSeen), "and gone"));
  }

  TEST_CASE("a host that is taken away from a running server ends in order, and can be put back") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}});
    Stage stage(setup);
    auto here = stage.user();
    RawClient there(stage.server.c2s());
    there.logIn("romeo", "secret", "other.example", "phone");
    there.send("<presence/>");
    REQUIRE(there.roundTrip());
    CHECK(has(stage.server.shell(R"(host:deactivate("other.example"))"), "true"));
    stage.record("romeo@other.example", "server_stopped");
    CHECK(has(stage.server.shell(R"(host:activate("other.example"))"), "true"));
    CHECK(has(stage.server.shell(R"(liveness:last_seen("romeo@other.example"))"), "server_stopped"));
    CHECK(here->roundTrip());
    stage.noDeparture(stage.jid("phone"));
  }
}

}  // namespace liveness::e2e
