// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <atomic>
#include <thread>

#include "e2e/resumable_user.h"
#include "e2e/stage.h"
#include "support/temp_dir.h"

namespace liveness::e2e {
namespace {

ServerSetup notLoaded(const std::string& options) {
  auto setup = usualSetup(options);
  setup.plugin_enabled = false;
  return setup;
}

/// Two clients that never stop writing to each other, each on a thread of its own.
class Traffic {
 public:
  Traffic(XmppClient& one, XmppClient& other)
      : forth_([this, &one, &other] { chat(one, other.fullJid()); }),
        back_([this, &one, &other] { chat(other, one.fullJid()); }) {}
  ~Traffic() {
    over_ = true;
    forth_.join();
    back_.join();
  }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  std::size_t sent() const { return sent_; }

 private:
  void chat(XmppClient& from, const std::string& to) {
    while (!over_) {
      from.message(to, "and another thing");
      if (!from.roundTrip()) return;
      ++sent_;
    }
  }

  std::atomic<bool> over_{false};
  std::atomic<std::size_t> sent_{0};
  std::thread forth_;
  std::thread back_;
};

}  // namespace

TEST_SUITE("e2e/module_life") {
  TEST_CASE("a module that is loaded into a running server adopts who is there") {
    Stage stage(notLoaded("liveness_idle_timeout = 2"));
    auto live = stage.user("live");
    auto silent = stage.rawUser("silent");
    XmppClient hidden(stage.server.c2s(), {"mercutio", "hidden"});
    CHECK(stage.module("load").find("Error") == std::string::npos);
    const auto loaded_at = SteadyClock::now();

    const auto table = stage.server.shell("liveness:sessions()");
    CAPTURE(table);
    for (const auto& jid :
         {stage.jid("live"), stage.jid("silent"), hidden.fullJid(), stage.contact.fullJid()})
      CHECK(countOf(jid, table) == 1);
    CHECK(countOf("(not available)", table) == 1);

    const auto error = silent->expect("<connection-timeout");
    REQUIRE(error);
    checkNear(error->at - loaded_at, 2000ms, 500ms);  // the shell's own run lies in between
    stage.departure(stage.jid("silent"));
    live->unavailable("adopted, and gone");
    CHECK(stage.record("logged_out").status == "adopted, and gone");
  }

  TEST_CASE("a reload under traffic forgets nothing and tells nobody") {
    Stage stage("liveness_idle_timeout = 4");
    auto one = stage.user("one");
    XmppClient other(stage.server.c2s(), {"mercutio"});
    other.available();
    auto silent = stage.rawUser("silent");
    const auto silent_since = SteadyClock::now();
    const auto silent_since_utc = utcNow();
    {
      Traffic traffic(*one, other);
      for (int i = 0; i < 5; ++i) {
        const auto said = stage.module("reload");
        CAPTURE(said);
        CHECK(said.find("OK") != std::string::npos);
      }
      // The silent one's time goes on as if nothing had happened.
      const auto error = silent->expect("<connection-timeout");
      REQUIRE(error);
      checkNear(error->at - silent_since, 4000ms);
      CHECK(traffic.sent() > 20);
    }
    stage.departure(stage.jid("silent"));
    stage.noDeparture(stage.jid("one"));
    stage.settleRecords();
    CHECK_FALSE(stage.server.lastSeen(stage.kUser));  // one of two resources is still here

    one->reset();
    stage.departure(stage.jid("one"));
    CHECK(stage.record("connection_lost").last_heard_at > silent_since_utc + 3s);
    const auto stats = stage.server.shell("liveness:stats()");
    CAPTURE(stats);
    CHECK(stats.find("connection_lost") != std::string::npos);
  }

  TEST_CASE("a reload keeps the record of a logout that was still on its way to the disk") {
    Stage stage;
    auto user = stage.user();
    user->unavailable("just before");
    REQUIRE(user->roundTrip());
    stage.module("reload");
    CHECK(stage.record("logged_out").status == "just before");
  }

  TEST_CASE("a reload takes new options for those who are there") {
    auto setup = usualSetup("liveness_idle_timeout = 600");
    Stage stage(setup);
    auto silent = stage.rawUser("silent");
    setup.hosts.front().options = "liveness_idle_timeout = 2";
    stage.server.rewriteConfig(setup);
    stage.server.shell("config:reload()");
    stage.module("reload");
    CHECK(silent->expect("<connection-timeout"));
    stage.departure(stage.jid("silent"));
  }

  TEST_CASE("each rule that a reload changes holds for those who are there") {
    const std::string before = "liveness_idle_timeout = 600\nliveness_inactive_idle_timeout = 600";
    auto setup = usualSetup(before);
    Stage stage(setup);
    auto live = stage.user("live");
    auto silent = stage.rawUser("silent");
    auto phone = stage.rawUser("phone");
    phone->send("<inactive xmlns='urn:xmpp:csi:0'/>");
    REQUIRE(phone->roundTrip());
    const auto reload = [&](const std::string& options) {
      setup.hosts.front().options = options;
      stage.server.rewriteConfig(setup);
      stage.server.shell("config:reload()");
      CHECK(stage.module("reload").find("OK") != std::string::npos);
    };
    // Both timeouts, the number of probes, and who is doubted: that is one probe more.
    reload(
        "liveness_idle_timeout = 4\nliveness_inactive_idle_timeout = 600\nliveness_ping_attempts = 3\n"
        "liveness_mass_minimum = 1\nliveness_mass_share = 0");
    CHECK(silent->expect("<connection-timeout", kPatience));
    CHECK(silent->receivedThat("<ping").size() == 4);
    CHECK(phone->receivedThat("<ping").empty());
    stage.departure(stage.jid("silent"));
    reload("liveness_idle_timeout = 600\nliveness_inactive_idle_timeout = 4\nliveness_ping = false");
    CHECK(phone->expect("<connection-timeout", kPatience));
    CHECK(phone->receivedThat("<ping").empty());
    stage.departure(stage.jid("phone"));
    CHECK(live->roundTrip());
    stage.noDeparture(stage.jid("live"));
  }

  TEST_CASE(
      "who is here while the module is unloaded, or renames its node, is not taken for a victim of a crash") {
    auto setup = usualSetup();
    Stage stage(setup);
    auto user = stage.user();
    stage.module("unload");
    stage.module("load");
    setup.hosts.front().options = "liveness_node = \"another name\"";
    stage.server.rewriteConfig(setup);
    stage.server.shell("config:reload()");
    stage.module("reload");
    CHECK(stage.userSessions().find("1 session") != std::string::npos);

    user->unavailable("only now");
    CHECK(stage.record("logged_out").status == "only now");
    const auto history = stage.server.shell(R"(liveness:history("romeo@localhost"))");
    CAPTURE(history);
    CHECK(history.find("1 logout of") != std::string::npos);
    CHECK(stage.server.shell("liveness:inactive(0)").find("juliet") == std::string::npos);
  }

  TEST_CASE("a held session that a new plugin adopts is on record with the time when it was last heard") {
    auto setup = usualSetup("smacks_hibernation_time = 600");
    Stage stage(setup);
    ResumableUser user(stage);
    REQUIRE(user.client.roundTrip());
    const auto heard_at = utcNow();
    user.loseConnection(stage);
    REQUIRE(eventually(kPatience, [&] { return utcNow() - heard_at > 3s; }));
    SUBCASE("the module is unloaded and loaded") {
      stage.module("unload");
      stage.module("load");
    }
    SUBCASE("a reload makes it anew") {
      setup.hosts.front().options += "\nliveness_node = \"another name\"";
      stage.server.rewriteConfig(setup);
      stage.server.shell("config:reload()");
      stage.module("reload");
    }
    const auto said = stage.server.shell(R"(liveness:disconnect("romeo@localhost/phone"))");
    CAPTURE(said);
    const auto record = stage.record("kicked");
    checkNear(record.last_heard_at, heard_at);
    CHECK(record.logged_out_at - heard_at > 3s);
  }

  TEST_CASE(
      "a session that is held, or inactive, when a module is first loaded is that from the same time on") {
    Stage stage(notLoaded("smacks_hibernation_time = 600"));
    auto watched = stage.rawUser("watched");
    watched->send("<inactive xmlns='urn:xmpp:csi:0'/>");
    ResumableUser user(stage);
    REQUIRE(user.client.roundTrip());
    const auto heard_at = utcNow();
    user.client.socket().reset();
    REQUIRE(eventually(kPatience, [&] {
      return stage.server
                 .shell(R"(> for _, s in pairs(prosody.hosts.localhost.sessions.romeo.sessions) do
                     if s.hibernating then return "it is held" end end)")
                 .find("it is held") != std::string::npos;
    }));
    REQUIRE(eventually(kPatience, [&] { return utcNow() - heard_at > 4s; }));
    stage.module("load");
    const auto inactive = stage.server.shell("liveness:sessions{ inactive = true }");
    CAPTURE(inactive);
    CHECK(inactive.find("romeo@localhost/watched") != std::string::npos);
    CHECK(inactive.find("1 session") != std::string::npos);
    const auto why = stage.server.shell(R"(liveness:why("romeo@localhost/phone"))");
    CAPTURE(why);
    const std::string held_for = " (for ";
    REQUIRE(why.find("is held since ") != std::string::npos);
    REQUIRE(why.find(held_for) != std::string::npos);
    CHECK(std::stod(why.substr(why.find(held_for) + held_for.size())) >= 2.0);
    stage.server.shell(R"(liveness:disconnect("romeo@localhost/phone"))");
    REQUIRE(eventually(kPatience, [&] { return stage.userSessions().find("phone") == std::string::npos; }));
    watched->send("<presence type='unavailable'/>");
    stage.record("logged_out");
    const auto history = stage.server.shell(R"(liveness:history("romeo@localhost"))");
    CAPTURE(history);
    CHECK(history.find("1 logout of") != std::string::npos);
  }

  TEST_CASE("an unloaded module leaves nothing behind, and can be loaded again") {
    Stage stage(notLoaded("liveness_idle_timeout = 2"));
    const auto threads_before = stage.server.threads();
    auto silent = stage.rawUser("silent");
    for (int round = 1; round <= 3; ++round) {
      CAPTURE(round);
      stage.module("load");
      REQUIRE(eventually(kPatience, [&] { return stage.server.threads() > threads_before; }));
      silent->send(" ");
      const auto said = stage.module("unload");
      CAPTURE(said);
      CHECK(said.find("OK") != std::string::npos);
      CHECK(eventually(kPatience, [&] { return stage.server.threads() == threads_before; }));
      CHECK(stage.server.shell("liveness:sessions()").find(stage.jid("silent")) == std::string::npos);
    }
    // Nobody asks any more: longer than the whole timeout.
    const auto pings_before = silent->receivedThat("<ping").size();
    silent->listen(2500ms);
    CHECK(silent->receivedThat("<ping").size() == pings_before);
    CHECK_FALSE(silent->ended());
    CHECK(silent->roundTrip());
    stage.noDeparture(stage.jid("silent"));

    stage.module("load");
    CHECK(silent->expect("<connection-timeout"));
    stage.departure(stage.jid("silent"));
    stage.record("timed_out");
  }

  TEST_CASE("a probe from the shell comes to an end when the module does, whichever host's it is") {
    auto setup = usualSetup();
    setup.hosts.push_back({"other.example", {{"romeo"}}});
    Stage stage(withMoments(setup));
    auto here = stage.rawUser("silent");
    RawClient there(stage.server.c2s());
    there.logIn("romeo", "secret", "other.example", "silent");
    there.send("<presence/>");
    REQUIRE(there.roundTrip());
    for (const std::string host : {"localhost", "other.example"}) {  // one of them serves the shell
      for (const std::string verb : {"reload", "unload"}) {
        for (const std::string moment : {"", ", 0.3"}) {
          CAPTURE(host);
          CAPTURE(verb);
          CAPTURE(moment);
          const auto told =
              stage.server.shell(R"((function () soon(")" + verb + R"(", ")" + host + "\"" + moment +
                                 R"(); return liveness:probe("romeo@)" + host + R"(") end)())");
          CAPTURE(told);
          CHECK(told.find("may have answered: the module was unloaded or reloaded meanwhile: ask again") !=
                std::string::npos);
          CHECK(told.find("OK: 0 of 1 session answered") != std::string::npos);
          if (verb == "unload") stage.server.shell("module:load(\"liveness\", \"" + host + "\")");
        }
      }
    }
  }

  TEST_CASE("a reload that finds the files of another version, or half of one, says so and changes nothing") {
    const support::TempDir copy;
    std::filesystem::copy(pluginPath(), copy.path(), std::filesystem::copy_options::recursive);
    const auto version = copy.path() / "mod_liveness/version.lib.lua";
    const auto as_built = support::readFile(version);
    REQUIRE_FALSE(as_built.empty());
    auto setup = usualSetup();
    setup.plugin_path = copy.path();
    Stage stage(setup);
    auto user = stage.user();

    support::writeFile(version, "return \"0.0.1\";\n");
    stage.server.expectError("the old options stay in force");
    stage.module("reload");
    CHECK(stage.server.logContains("beside it are of 0.0.1: restart Prosody"));
    support::writeFile(version, as_built);
    const auto half_written = copy.path() / "mod_liveness/words.lib.lua";
    const auto whole = support::readFile(half_written);
    support::writeFile(half_written, whole.substr(0, whole.size() / 2));
    stage.module("reload");
    CHECK(stage.server.logContains("words.lib.lua:"));
    CHECK(user->roundTrip());
    stage.noDeparture(stage.jid("phone"));
    CHECK(stage.userSessions().find("1 session") != std::string::npos);

    support::writeFile(half_written, whole);
    CHECK(stage.module("reload").find("OK") != std::string::npos);
    user->unavailable("still watched");
    CHECK(stage.record("logged_out").status == "still watched");
  }
}

}  // namespace liveness::e2e
