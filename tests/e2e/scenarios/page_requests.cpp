// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Paths, methods and questions, good and bad.

#include <algorithm>
#include <vector>

#include "e2e/page_visitor.h"

namespace liveness::e2e {

using support::percentEncode;
using support::TcpSocket;

TEST_SUITE("e2e/page_requests") {
  TEST_CASE("the page's files are served as what they are, and sent again only when they have changed") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    const auto index = administrator.get("");
    CHECK(index.status == 200);
    CHECK(index.headers.at("content-type") == "text/html; charset=utf-8");
    CHECK(index.body.find("<!DOCTYPE html>") == 0);
    CHECK(administrator.get("index.html").body == index.body);
    const auto files = administrator.api("").at("files");
    for (const auto& file : files) {
      const auto path = file.get<std::string>();
      CAPTURE(path);
      const auto whole = administrator.get(path);
      CHECK(whole.status == 200);
      CHECK(whole.headers.at("cache-control") == "private, no-cache");
      const auto is = [&](const std::string& end, const std::string& type) {
        if (path.size() < end.size() || path.compare(path.size() - end.size(), end.size(), end) != 0) return;
        CHECK(whole.headers.at("content-type") == type);
      };
      is(".js", "text/javascript; charset=utf-8");
      is(".css", "text/css; charset=utf-8");
      is(".svg", "image/svg+xml");
      CHECK(whole.body ==
            support::readFile(pluginPath() / "mod_liveness/page" / (path.empty() ? "index.html" : path)));
      const auto again = administrator.get(path, {{"If-None-Match", whole.headers.at("etag")}});
      CHECK(again.status == 304);
      CHECK(again.body.empty());
      CHECK(administrator.get(path, {{"If-None-Match", "\"another\""}}).status == 200);
      const auto head = administrator.ask("HEAD", path);
      CHECK(head.status == 200);
      CHECK(head.body.empty());
      CHECK(head.headers.at("content-length") == std::to_string(whole.body.size()));
    }
  }

  TEST_CASE("the page is at its final slash") {
    Stage stage(pageSetup());
    for (const std::string target : {"/liveness", "/liveness?x=y", "/liveness%3F%0d%0aX-Evil:%20yes"}) {
      CAPTURE(target);
      CHECK(fetch(stage.server.http(), {"GET", target}).status == 401);
      const auto moved =
          fetch(stage.server.http(), {"GET", target, {{"Authorization", basic("juliet", "secret")}}});
      CHECK(moved.status == 301);
      CHECK(moved.headers.count("x-evil") == 0);
      CHECK(moved.headers.at("location").rfind("/liveness", 0) == 0);
    }
  }

  TEST_CASE(
      "the page may be somewhere else, and what is percent-encoded in its paths is what it stands for") {
    for (const std::string base : {"/ops/who%20is/", "/"}) {
      CAPTURE(base);
      auto setup = pageSetup();
      setup.options +=
          "http_paths = { liveness = \"" + (base == "/" ? "/" : std::string("/ops/who is")) + "\" }\n";
      Stage stage(setup);
      const auto get = [&](const std::string& path) {
        return fetch(stage.server.http(),
                     {"GET", base + path, {{"Authorization", basic("juliet", "secret")}}});
      };
      CHECK(get("").status == 200);
      CHECK(get("assets/main.js").status == 200);
      CHECK(get("%61ssets/m%61in.js").status == 200);
      CHECK(get("assets%2fmain.js").status == 200);  // in a path of ours no name has a slash
      CHECK(get("nothing").status == 404);
      for (const std::string& user :
           {std::string("romeo"), std::string("a?b"), std::string("50%"), std::string("\u00e9")}) {
        CAPTURE(user);
        const auto response = get("api/v1/users/" + percentEncode(user + "@localhost") + "?limit=1");
        REQUIRE(response.status == 200);
        CHECK(json::parse(response.body).at("jid") == user + "@localhost");
      }
      CHECK(stage.module("reload").find("rror") == std::string::npos);
      CHECK(get("").status == 200);
    }
  }

  TEST_CASE("a path leads to what is in the page's folder, and to nothing else") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    for (const std::string path : {"..",
                                   "../",
                                   "../mod_liveness.lua",
                                   "%2e%2e/mod_liveness.lua",
                                   "assets/../../mod_liveness.lua",
                                   "assets/%2e%2e/%2e%2e/mod_liveness.lua",
                                   "..%2fmod_liveness.lua",
                                   "assets/..%2f..%2fmod_liveness.lua",
                                   "../../../../../../etc/passwd",
                                   "..%5cmod_liveness.lua",
                                   "/etc/passwd",
                                   "%2fetc%2fpasswd",
                                   "assets",
                                   "assets/",
                                   "assets/main.js%00.html",
                                   "assets/main.js/",
                                   "index.html/x",
                                   "./../liveness.so",
                                   "page/index.html",
                                   "assets//..//..//liveness.so",
                                   "api/v1/../../../liveness.so",
                                   "%",
                                   "%zz",
                                   "%ff"}) {
      CAPTURE(path);
      const auto response = administrator.get(path);
      CHECK((response.status == 400 || response.status == 404));
      CHECK(response.body.find("SPDX") == std::string::npos);
      CHECK(response.body.find("root:") == std::string::npos);
    }
  }

  TEST_CASE("other methods are told which there are") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}) {
      CAPTURE(method);
      for (const std::string path :
           {"", "assets/main.js", "api/v1/sessions", "api/v1/me", "api/v1/sessions/1"}) {
        CAPTURE(path);
        const auto response = administrator.ask(method, path);
        CHECK(response.status == 405);
        CHECK(response.headers.at("allow") == "GET, HEAD");
      }
      if (method == "POST") continue;
      const auto response = administrator.ask(method, "api/v1/sessions/1/probe");
      CHECK(response.status == 405);
      CHECK(response.headers.at("allow") == "POST");
    }
    CHECK(administrator.ask("FOO", "api/v1/me").status == 404);
    const auto head = administrator.ask("HEAD", "api/v1/sessions");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
  }

  TEST_CASE("a question that makes no sense is refused, and says what would") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    struct Bad {
      std::string path;
      std::vector<std::string> told;
      int status = 400;
    };
    const std::vector<Bad> all = {
        {"sessions?state=dead", {"state", "dead", "reachable", "suspect", "held"}},
        {"sessions?transport=udp", {"transport", "udp", "tcp", "websocket", "bosh"}},
        {"sessions?sort=size", {"sort", "size", "round_trip", "opened"}},
        {"sessions?order=up", {"order", "up", "asc", "desc"}},
        {"sessions?limit=501", {"limit", "501", "500"}},
        {"sessions?limit=-1", {"limit", "-1"}},
        {"sessions?offset=many", {"offset", "many"}},
        {"sessions?stat=held", {"stat", "state"}},
        {"sessions?q=a&q=b", {"q", "twice"}},
        {"sessions?q=%ff", {"UTF-8"}},
        {"sessions?q=%00", {"UTF-8"}},
        {"sessions?q=%4", {"percent"}},
        {"users?cause=boredom", {"cause", "boredom", "timed_out", "server_crashed"}},
        {"users?sort=age", {"sort", "age", "last_heard", "logged_out"}},
        {"users?limit=1e3", {"limit", "1e3"}},
        {"users?user=romeo", {"user"}},
        {"users/romeo@localhost?limit=x", {"limit", "x"}},
        {"users/romeo@localhost?offset=1", {"offset", "limit"}},
        {"series?span=60", {"span", "60", "3600", "86400"}},
        {"stats?x=y", {"x"}},
        {"me?%3Cscript%3E=1", {"<script>"}},
        {"sessions/1?x", {"x"}},
        {"sessions?q=" + std::string(5000, 'q'), {"4096"}, 414},
        {"users/romeo", {"localhost"}, 404},
        {"users/romeo@elsewhere.example", {"localhost"}, 404},
        {"users/romeo@localhost%2Fphone", {"localhost"}, 404},
        {"sessions/x", {"session"}, 404},
        {"sessions/1e3", {"session"}, 404},
        {"sessions/-1", {"session"}, 404},
        {"sessions/99999999999999999999999", {"session"}, 404},
        {"sessions/4294967296/extra/more", {"/api/v1"}, 404},
        {"session", {"/api/v1"}, 404},
    };
    for (const Bad& bad : all) {
      CAPTURE(bad.path);
      const auto response = administrator.get("api/v1/" + bad.path);
      CHECK(response.status == bad.status);
      CHECK(response.headers.at("content-type") == "application/json");
      const auto error = errorIn(response);
      CAPTURE(error);
      for (const auto& word : bad.told) CHECK(error.find(word) != std::string::npos);
    }
    std::string many = "users?";
    for (int i = 0; i < 40; ++i) many += "p" + std::to_string(i) + "=1&";
    CHECK(administrator.get("api/v1/" + many).status == 400);
    // What forms and browsers send is no mistake.
    CHECK(administrator.api("sessions?q=&state=&sort=jid&order=asc&").at("matched") == 1);
    CHECK(administrator.api("sessions?q=JULIET%40local+").at("matched") == 0);
    CHECK(administrator.api("sessions?q=Juliet%40local").at("matched") == 1);
  }

  TEST_CASE("one connection can carry many questions, and one that is broken off is no harm") {
    Stage stage(pageSetup());
    const std::string request =
        "GET /liveness/api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: " +
        basic("juliet", "secret") + "\r\n\r\n";
    TcpSocket patient(stage.server.http());
    REQUIRE(patient.send(request + request + request));
    std::string answers;
    CHECK(eventually(kPatience, [&] {
      if (const auto piece = patient.receive(1s)) answers += *piece;
      return countOf("\"sessions\":", answers) == 3;
    }));
    for (int i = 0; i < 40; ++i) {
      TcpSocket hasty(stage.server.http());
      hasty.send(request);
      i % 2 == 0 ? hasty.close() : hasty.reset();
    }
    // Some of those are worked on yet: nobody has more than a few at once.
    CHECK(eventually(kPatience,
                     [&] { return PageVisitor(stage.server).get("api/v1/sessions").status == 200; }));
  }
}

}  // namespace liveness::e2e
