// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <gloox/parser.h>
#include <gloox/tag.h>
#include <gloox/taghandler.h>

#include <nlohmann/json.hpp>

#include "e2e/resumable_user.h"
#include "e2e/stage.h"
#include "support/ad_hoc_client.h"
#include "support/http_client.h"

namespace liveness::e2e {
namespace {

using support::AdHocClient;
using support::fetch;
using support::HttpResponse;
using support::percentEncode;

const std::string kNode = "liveness#public-presence";
const std::string kOn = "liveness_public_presence = true\nliveness_held_grace = 0";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Whoever looks at somebody's presence on the web.
class Passerby {
 public:
  explicit Passerby(const ProsodyServer& server) : server_(server.http()) {}

  HttpResponse get(const std::string& target, std::map<std::string, std::string> headers = {},
                   const std::string& method = "GET") const {
    headers.emplace("Host", "localhost");
    return fetch(server_, {method, target, std::move(headers), {}});
  }
  HttpResponse json(const std::string& name = "romeo") const { return get("/presence/" + name + ".json"); }

  /// Waits until romeo's state is this.
  bool sees(const std::string& state) const {
    return eventually(kPatience, [&] { return has(json().body, "\"state\":\"" + state + "\""); });
  }

 private:
  Endpoint server_;
};

/// romeo's wishes; none: he withdraws his consent.
support::CommandStep consent(Stage& stage, const support::CommandStep::Fields& fields) {
  AdHocClient romeo(stage.server.c2s(), {"romeo", "commands"});
  const auto form = romeo.execute("localhost", kNode);
  REQUIRE(form.status == "executing");
  return romeo.submit("localhost", form, fields);
}

/// The <title/> of a badge that is well-formed; throws where it is not.
std::string titleOf(const std::string& svg) {
  struct Reader : gloox::TagHandler {
    void handleTag(gloox::Tag* tag) override { title = tag->findChild("title")->cdata(); }
    std::string title;
  } reader;
  gloox::Parser parser(&reader);
  std::string text = svg;
  if (parser.feed(text) != -1 || reader.title.empty()) throw std::runtime_error("no badge: " + svg);
  return reader.title;
}

/// What differs from answer to answer and tells nothing: the time of day.
HttpResponse timeless(HttpResponse response) {
  response.headers.erase("date");
  return response;
}

void checkSame(const HttpResponse& one, const HttpResponse& other) {
  CHECK(one.status == other.status);
  CHECK(one.body == other.body);
  CHECK(timeless(one).headers == timeless(other).headers);
}

}  // namespace

TEST_SUITE("e2e/public_presence") {
  TEST_CASE("nobody's presence is public, and nothing tells users from strangers, until one consents") {
    Stage stage(kOn);
    Passerby passerby(stage.server);
    auto user = stage.user();
    const auto unknown = passerby.json("nobody");
    CHECK(unknown.status == 404);
    for (const std::string name : {"romeo", "juliet", "mercutio"}) {
      CAPTURE(name);
      for (const std::string extension : {".json", ".txt", ".svg"})
        checkSame(passerby.get("/presence/" + name + extension), unknown);
    }
    for (const std::string target :
         {"/presence/", "/presence/romeo", "/presence/romeo.xml", "/presence/romeo.json/",
          "/presence/%ff.json", "/presence/romeo@localhost.json", "/presence/.json"}) {
      CAPTURE(target);
      checkSame(passerby.get(target), unknown);
    }

    auto answer = consent(stage, {{"public", "1"}});
    CHECK(answer.status == "completed");
    CHECK(answer.noted("Everybody may see whether you are there: http"));
    CHECK(answer.noted("/presence/romeo.svg"));
    CHECK(passerby.json().status == 200);
    checkSame(passerby.json("juliet"), unknown);

    answer = consent(stage, {{"public", "0"}, {"status", "1"}});
    CHECK(answer.noted("Nobody but your contacts"));
    checkSame(passerby.json(), unknown);
    checkSame(passerby.get("/presence/romeo.svg"), unknown);
  }

  TEST_CASE(
      "a user who consented is shown as contacts see them: state, status and last seen as they allowed") {
    Stage stage(kOn);
    Passerby passerby(stage.server);
    consent(stage, {{"public", "1"}});
    CHECK(passerby.json().body == "{\"jid\":\"romeo@localhost\",\"state\":\"offline\"}\n");

    auto user = stage.user();
    CHECK(passerby.sees("available"));
    for (const std::string show : {"chat", "away", "xa", "dnd"}) {
      user->available("not for everybody", show);
      CHECK(passerby.sees(show));
      CHECK(has(passerby.get("/presence/romeo.txt").body, show + "\n"));
    }
    CHECK_FALSE(has(passerby.json().body, "not for everybody"));
    CHECK_FALSE(has(passerby.get("/presence/romeo.svg").body, "not for everybody"));

    // Of two resources, the one with the higher priority.
    XmppClient tablet(stage.server.c2s(), {"romeo", "tablet"});
    tablet.available("on the balcony", "away", 5);
    CHECK(passerby.sees("away"));
    tablet.available("on the balcony", "away", -5);
    CHECK(passerby.sees("dnd"));

    consent(stage, {{"public", "1"}, {"status", "1"}, {"last_seen", "1"}});
    CHECK(has(passerby.json().body, "\"state\":\"dnd\",\"status\":\"not for everybody\"}"));
    CHECK(passerby.get("/presence/romeo.txt").body == "dnd\nstatus: not for everybody\n");
    CHECK(has(passerby.get("/presence/romeo.svg").body,
              "<title>romeo@localhost is do not disturb: not for everybody</title>"));

    tablet.unavailable();
    user->unavailable("not said to everybody either");
    CHECK(passerby.sees("offline"));
    stage.record("logged_out");
    CHECK(eventually(kPatience, [&] { return has(passerby.json().body, "\"last_seen\":\"20"); }));
    CHECK_FALSE(has(passerby.json().body, "either"));
    CHECK(has(passerby.get("/presence/romeo.txt").body, "offline\nlast seen: 20"));

    consent(stage, {{"public", "1"}});
    CHECK_FALSE(has(passerby.json().body, "last_seen"));
  }

  TEST_CASE("a session that is held is shown as gone, with when it was last heard, once contacts see it so") {
    Stage stage(kOn);
    Passerby passerby(stage.server);
    consent(stage, {{"public", "1"}, {"last_seen", "1"}});
    ResumableUser user(stage);
    CHECK(passerby.sees("available"));
    user.loseConnection(stage);
    CHECK(passerby.sees("offline"));
    CHECK(has(passerby.json().body, "\"last_seen\":\"20"));
    CHECK(has(stage.userSessions(), "held"));
  }

  TEST_CASE(
      "what was seen once is not sent again, may be kept for a while, and cannot do anything to who sees "
      "it") {
    Stage stage(kOn);
    Passerby passerby(stage.server);
    consent(stage, {{"public", "1"}, {"status", "1"}});
    auto user = stage.user();
    const std::string hostile = "</title><script>alert('1')</script>\n\"&\\\x7f\xc2\x9b\xe2\x80\xa8]]>";
    user->available(hostile, "away");
    REQUIRE(passerby.sees("away"));
    for (const std::string extension : {"json", "txt", "svg"}) {
      CAPTURE(extension);
      const auto target = "/presence/romeo." + extension;
      const auto full = passerby.get(target);
      CAPTURE(full.body);
      CHECK(full.status == 200);
      CHECK(has(full.headers.at("cache-control"), "public, max-age="));
      CHECK(full.headers.at("access-control-allow-origin") == "*");
      CHECK(full.headers.at("x-content-type-options") == "nosniff");
      CHECK(has(full.headers.at("content-security-policy"), "default-src 'none'"));
      CHECK(full.headers.count("set-cookie") == 0);

      const auto etag = full.headers.at("etag");
      const auto again = passerby.get(target, {{"If-None-Match", "\"other\", " + etag}});
      CHECK(again.status == 304);
      CHECK(again.body.empty());
      CHECK(again.headers.at("etag") == etag);
      CHECK(passerby.get(target, {{"If-None-Match", "\"other\""}}).status == 200);

      const auto head = passerby.get(target, {}, "HEAD");
      CHECK(head.status == 200);
      CHECK(head.body.empty());
      CHECK(timeless(head).headers == timeless(full).headers);
      CHECK(passerby.get(target, {}, "POST").status >= 400);
    }
    const auto json = passerby.json();
    CHECK(json.headers.at("content-type") == "application/json");
    CHECK(nlohmann::json::parse(json.body).at("status") == hostile);
    const auto text = passerby.get("/presence/romeo.txt");
    CHECK(text.headers.at("content-type") == "text/plain; charset=utf-8");
    CHECK(countOf("\n", text.body) == 2);
    const auto badge = passerby.get("/presence/romeo.svg");
    CHECK(badge.headers.at("content-type") == "image/svg+xml; charset=utf-8");
    CHECK_FALSE(has(badge.body, "<script"));
    CHECK(titleOf(badge.body) ==
          "romeo@localhost is away: </title><script>alert('1')</script> \"&\\  \xe2\x80\xa8]]>");

    // A new state is a new answer.
    const auto before = json.headers.at("etag");
    user->available("calm", "away");
    CHECK(eventually(kPatience, [&] {
      return passerby.get("/presence/romeo.json", {{"If-None-Match", before}}).status == 200;
    }));
  }

  TEST_CASE("consent outlives a restart, and goes with the account, whoever deletes it") {
    Stage stage(kOn);
    Passerby passerby(stage.server);
    consent(stage, {{"public", "1"}, {"status", "1"}});
    REQUIRE(stage.server.stop());
    stage.server.start();
    CHECK(has(passerby.json().body, "\"state\":\"offline\""));
    {
      AdHocClient romeo(stage.server.c2s(), {"romeo", "commands"});
      const auto form = romeo.execute("localhost", kNode);
      CHECK(form.fields.at("public") == "1");
      CHECK(form.fields.at("status") == "1");
      CHECK(form.fields.at("last_seen") == "0");
    }
    const auto unknown = passerby.json("nobody");
    REQUIRE(stage.server.stop());
    support::writeFile(stage.server.files().hostData("localhost") / "liveness_public" / "romeo.dat", "{");
    stage.server.expectError("romeo");
    stage.server.start();
    for (int i = 0; i < 3; ++i) checkSame(passerby.json(), unknown);
    CHECK(countOf("what users let everybody see cannot be read: romeo", stage.server.log()) == 1);
    consent(stage, {{"public", "1"}});
    CHECK(passerby.json().status == 200);

    stage.server.shell(R"(user:delete("romeo@localhost"))");
    checkSame(passerby.json(), unknown);

    stage.server.shell(R"(user:create("romeo@localhost", "secret"))");
    checkSame(passerby.json(), unknown);
    consent(stage, {{"public", "1"}});
    CHECK(passerby.json().status == 200);
    // By another process, of which the server is told nothing. Who has the name next is not who consented.
    stage.server.ctl({"deluser", "romeo@localhost"});
    stage.server.ctl({"register", "romeo", "localhost", "secret"});
    XmppClient successor(stage.server.c2s(), {"romeo"});
    successor.available();
    REQUIRE(successor.roundTrip());
    checkSame(passerby.json(), unknown);
  }

  TEST_CASE("where it is not enabled, there is nothing at that address and no command") {
    Stage stage;
    Passerby passerby(stage.server);
    AdHocClient romeo(stage.server.c2s(), {"romeo", "commands"});
    CHECK(romeo.commands("localhost").count(kNode) == 0);
    CHECK_FALSE(romeo.execute("localhost", kNode).error.empty());
    CHECK(passerby.json().status == 404);
  }

  TEST_CASE("without the modules that it goes by nothing is public, and everything else works") {
    Stage stage(kOn + "\nmodules_disabled = { \"adhoc\" }");
    stage.server.expectError("nobody's presence is public, for mod_adhoc is in modules_disabled");
    CHECK(stage.server.logContains("liveness_public_presence: nobody's presence is public"));
    CHECK(stage.server.logContains("administrators have no ad-hoc commands"));
    CHECK(Passerby(stage.server).json().status == 404);
    auto user = stage.user();
    CHECK(has(stage.userSessions(), "OK: 1 session"));
  }

  TEST_CASE("only a user of the host itself may consent") {
    auto setup = usualSetup(kOn);
    setup.hosts.push_back({"other.example", {{"romeo"}}, {}});
    Stage stage(setup);
    AdHocClient romeo(stage.server.c2s(), {"romeo", "commands"});
    CHECK(romeo.commands("localhost").count(kNode) == 1);
    AdHocClient stranger(stage.server.c2s(), {"romeo", "commands", "other.example"});
    CHECK(stranger.commands("localhost").count(kNode) == 0);
    CHECK(stranger.execute("localhost", kNode).error == "forbidden");
    CHECK(Passerby(stage.server).json().status == 404);
  }
}

}  // namespace liveness::e2e
