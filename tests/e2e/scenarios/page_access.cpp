// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who may see the page and ask the JSON behind it. What there is to ask is what the server itself lists.

#include <functional>
#include <vector>

#include "e2e/page_visitor.h"

namespace liveness::e2e {
namespace {

struct Address {
  std::string method;
  std::string path;  ///< below /liveness/
  bool is_api = true;
};

/// Every address that there is: files, routes with something in their braces, and some that are nothing.
std::vector<Address> allAddresses(const PageVisitor& administrator) {
  std::vector<Address> all{{"GET", "", false},
                           {"GET", "no/such/file", false},
                           {"GET", "api/v1/nothing"},
                           {"GET", "api"},
                           {"DELETE", "api/v1/sessions"},
                           {"OPTIONS", "", false},
                           {"PUT", "index.html", false},
                           {"HEAD", "api/v1/me"},
                           {"GET", "%2e%2e/%2e%2e", false}};
  const auto index = administrator.api("");
  REQUIRE(index.at("files").size() > 5);
  REQUIRE(index.at("routes").size() > 1);
  for (const auto& file : index.at("files")) all.push_back({"GET", file.get<std::string>(), false});
  for (const auto& route : index.at("routes")) {
    auto path = route.at("path").get<std::string>();
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "4294967296");
    all.push_back({route.at("method").get<std::string>(), "api/v1/" + path});
  }
  return all;
}

void checkGuarded(const HttpResponse& response) {
  CHECK(response.headers.at("content-security-policy").rfind("default-src 'none'; script-src 'self';", 0) ==
        0);
  CHECK(response.headers.at("content-security-policy").find("unsafe") == std::string::npos);
  CHECK(response.headers.at("content-security-policy").find("frame-ancestors 'none'") != std::string::npos);
  CHECK(response.headers.at("x-content-type-options") == "nosniff");
  CHECK(response.headers.at("x-frame-options") == "DENY");
  CHECK(response.headers.at("referrer-policy") == "no-referrer");
  CHECK(response.headers.at("cross-origin-resource-policy") == "same-origin");
  for (const auto& header : response.headers)
    CHECK_MESSAGE(header.first.rfind("access-control", 0) != 0, header.first);
}

void checkRefused(const HttpResponse& response, int status, bool is_api) {
  CAPTURE(response.body);
  CHECK(response.status == status);
  CHECK((response.headers.count("www-authenticate") == 1) == (status == 401));
  CHECK(response.headers.at("cache-control") == "no-store");
  CHECK(response.headers.at("content-type").find(is_api ? "json" : "plain") != std::string::npos);
  checkGuarded(response);
}

/// From now on each password is checked, as it is where many sign in.
void rememberNoPassword(const Stage& stage) {
  stage.server.shell(R"(> require "util.timer".add_task(0, function ()
      prosody.events.fire_event("user-password-changed", { username = "somebody", host = "localhost" })
      return 0
    end))");
}

}  // namespace

TEST_SUITE("e2e/page_access") {
  TEST_CASE("every address is for an administrator of the host with their password, and for nobody else") {
    // Wrong passwords are counted by address and by account: so there are many of both.
    auto setup = pageSetup("liveness_page_networks = { \"127.0.0.0/8\" }");
    std::string admins = "\"juliet@localhost\"";
    for (int i = 0; i < 20; ++i) {
      setup.hosts.front().accounts.push_back({"nurse" + std::to_string(i)});
      admins += ", \"nurse" + std::to_string(i) + "@localhost\"";
    }
    setup.hosts.front().options += "\nadmins = { " + admins + " }";
    Stage stage(setup);
    const PageVisitor administrator(stage.server);
    const auto nobody = PageVisitor::nobody(stage.server);
    const PageVisitor user(stage.server, "romeo");
    int asked = 0;
    for (const Address& address : allAddresses(administrator)) {
      const auto& method = address.method;
      const auto& path = address.path;
      const bool is_api = address.is_api;
      CAPTURE(method);
      CAPTURE(path);
      const auto number = std::to_string(++asked);
      const Headers from{{"X-Forwarded-For", "127.0.1." + number}};
      const PageVisitor liar(stage.server, "nurse" + std::to_string(asked % 20), "wrong");
      const PageVisitor stranger(stage.server, "stranger" + number, "secret");
      const bool has_body = method != "HEAD";
      checkRefused(nobody.ask(method, path), 401, is_api);
      checkRefused(liar.ask(method, path, from), 401, is_api);
      checkRefused(stranger.ask(method, path, from), 401, is_api);
      checkRefused(user.ask(method, path), 403, is_api);
      if (has_body && is_api)
        CHECK(errorIn(user.ask(method, path)) == "romeo@localhost is no administrator of localhost");
      const auto answer = administrator.ask(method, path);
      CHECK(answer.status != 401);
      CHECK((answer.status != 403 || method == "POST"));
      checkGuarded(answer);
    }
    CHECK(stage.server.log().find("refused to nurse1@localhost from 127.0.1.1:") != std::string::npos);
  }

  TEST_CASE("an Authorization that makes no sense is none") {
    Stage stage(pageSetup());
    const auto nobody = PageVisitor::nobody(stage.server);
    for (const std::string& bad :
         {std::string("Basic"), std::string("Basic "), std::string("Basic ?"), std::string("Bearer abc"),
          "Basic " + support::base64("juliet"), "Basic " + support::base64(":secret"),
          basic("juliet@localhost/balcony", "secret"), basic("juliet@elsewhere.example", "secret"),
          basic("@localhost", "secret"), basic("localhost", "secret"),
          basic(std::string(3000, 'j'), "secret"), basic("juliet\xff", "secret"), std::string("secret")}) {
      CAPTURE(bad);
      const auto answer = nobody.get("api/v1/me", {{"Authorization", bad}});
      checkRefused(answer, 401, true);
      CHECK(answer.headers.at("www-authenticate").rfind("Basic realm=\"Liveness on localhost\"", 0) == 0);
    }
    for (const std::string& good : {basic("juliet", "secret"), basic("JULIET@localhost", "secret"),
                                    "bAsIc  " + support::base64("juliet:secret")})
      CHECK(nobody.get("api/v1/me", {{"Authorization", good}}).status == 200);
  }

  TEST_CASE("an administrator of the host may have their account on another one") {
    auto setup = pageSetup();
    setup.hosts.push_back({"other.example", {{"benvolio", "rapier"}, {"juliet", "another"}}});
    setup.hosts.front().options += "\nadmins = { \"benvolio@other.example\" }";
    Stage stage(setup);
    CHECK(PageVisitor(stage.server, "benvolio@other.example", "rapier").api("me").at("user") ==
          "benvolio@other.example");
    CHECK(PageVisitor(stage.server, "benvolio", "rapier").get("").status == 401);
    CHECK(PageVisitor(stage.server, "juliet@other.example", "another").get("").status == 403);
    CHECK(PageVisitor(stage.server, "juliet@other.example", "secret").get("").status == 401);
  }

  TEST_CASE("passwords cannot be tried for long: by an address, and of an account from everywhere") {
    auto setup = pageSetup("liveness_page_networks = { \"127.0.0.0/8\" }");
    setup.hosts.front().accounts.push_back({"nurse"});
    setup.hosts.front().options += "\nadmins = { \"juliet@localhost\", \"nurse@localhost\" }";
    Stage stage(setup);
    rememberNoPassword(stage);
    const PageVisitor administrator(stage.server);
    REQUIRE(administrator.get("").status == 200);  // from 127.0.0.1
    const auto from = [](int i) { return Headers{{"X-Forwarded-For", "127.0.2." + std::to_string(i)}}; };
    const auto guesses = [&](const Headers& headers, int limit) {
      int count = 0;
      while (count < limit && PageVisitor(stage.server, "juliet", "guess " + std::to_string(count))
                                      .get("api/v1/me", headers)
                                      .status == 401)
        ++count;
      return count;
    };
    const int of_one = guesses(from(1), 30);
    CHECK(of_one >= 10);
    CHECK(of_one <= 12);  // some more are allowed while it lasts
    const auto refused = PageVisitor(stage.server, "nurse").get("api/v1/me", from(1));
    checkRefused(refused, 429, true);
    CHECK(std::stoi(refused.headers.at("retry-after")) >= 1);
    CHECK(std::stoi(refused.headers.at("retry-after")) <= 6);
    // Others go on.
    CHECK(guesses(from(2), 5) == 5);
    CHECK(guesses(from(3), 30) <= 8);
    CHECK(PageVisitor(stage.server, "juliet", "guess").get("", from(4)).status == 429);
    CHECK(PageVisitor(stage.server, "romeo").get("", from(4)).status == 403);
    // Whoever had signed in before is still let in.
    CHECK(administrator.get("").status == 200);
    // And so is, after a while, who had not.
    CHECK(eventually(kPatience,
                     [&] { return PageVisitor(stage.server, "nurse").get("", from(1)).status == 200; }));
  }

  TEST_CASE("who signs in rightly, however often, is not taken for one who guesses") {
    Stage stage(pageSetup("liveness_page_networks = { \"127.0.0.0/8\" }"));
    rememberNoPassword(stage);
    const PageVisitor administrator(stage.server);
    for (int i = 1; i <= 200; ++i) {
      REQUIRE(administrator.get("api/v1/me").status == 200);
      REQUIRE(administrator.get("api/v1/me", {{"X-Forwarded-For", "127.0.2." + std::to_string(i)}}).status ==
              200);
    }
  }

  TEST_CASE("guesses from all the addresses of one network of IPv6 are those of one customer") {
    Stage stage(pageSetup("liveness_page_networks = { \"2001:db8::/32\" }"));
    const auto statusFrom = [&](const std::string& address) {
      return PageVisitor(stage.server, "romeo", "guess")
          .get("api/v1/me", {{"X-Forwarded-For", address}, {"X-Forwarded-Proto", "https"}})
          .status;
    };
    int guesses = 0;
    while (guesses < 30 && statusFrom("2001:db8::" + std::to_string(guesses + 1)) == 401) ++guesses;
    CHECK(guesses >= 10);
    CHECK(guesses <= 12);
    CHECK(statusFrom("2001:db8:0:1::1") == 401);
  }

  TEST_CASE("a password is not checked more often than needed") {
    auto setup = pageSetup();
    setup.log_level = "debug";
    Stage stage(setup);
    const auto checks = [&] { return countOf("test password for user", stage.server.log()); };
    const auto before = checks();
    const PageVisitor administrator(stage.server);
    for (int i = 0; i < 20; ++i) CHECK(administrator.get("api/v1/me").status == 200);
    CHECK(checks() == before + 1);
    const PageVisitor user(stage.server, "romeo");
    for (int i = 0; i < 5; ++i) CHECK(user.get("").status == 403);
    CHECK(checks() == before + 2);
    CHECK(stage.server.log().find("secret") == std::string::npos);
  }

  TEST_CASE("a password that was changed is good no more") {
    Stage stage(pageSetup());
    const PageVisitor before(stage.server);
    CHECK(before.get("").status == 200);
    stage.server.shell(R"(user:password("juliet@localhost", "new"))");
    CHECK(before.get("").status == 401);
    CHECK(before.get("api/v1/me").status == 401);
    const PageVisitor after(stage.server, "juliet", "new");
    CHECK(after.get("").status == 200);
  }

  TEST_CASE("whose account is deleted is refused at once") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    CHECK(administrator.get("").status == 200);
    stage.server.shell(R"(user:delete("juliet@localhost"))");
    CHECK(administrator.get("").status == 401);
  }

  TEST_CASE("who is no administrator any more is refused at once") {
    auto setup = pageSetup();
    Stage stage(setup);
    const PageVisitor user(stage.server, "romeo");
    CHECK(user.get("").status == 403);
    stage.server.shell(R"(user:setroles("romeo@localhost", "localhost", "admin"))");
    CHECK(user.get("").status == 200);
    stage.server.shell(R"(user:setroles("romeo@localhost", "localhost", {}))");
    CHECK(user.get("").status == 403);
  }

  TEST_CASE("there is no page unless it is turned on, and a reload turns it on and off") {
    auto setup = pageSetup();
    const auto with_page = setup.hosts.front().options;
    setup.hosts.front().options = "admins = { \"juliet@localhost\" }";
    Stage stage(setup);
    const PageVisitor administrator(stage.server);
    CHECK(administrator.get("").status == 404);
    CHECK(administrator.get("api/v1/me").status == 404);
    const auto reload = [&](const std::string& options) {
      setup.hosts.front().options = options;
      stage.server.rewriteConfig(setup);
      stage.server.shell("config:reload()");
      stage.module("reload");
    };
    reload(with_page);
    CHECK(administrator.get("").status == 200);
    const auto token = administrator.token();
    reload(with_page);
    CHECK(administrator.token() != token);
    reload("admins = { \"juliet@localhost\" }\nliveness_page = false");
    CHECK(administrator.get("").status == 404);
    reload(with_page);
    CHECK(administrator.get("").status == 200);
    stage.module("unload");
    CHECK(administrator.get("").status == 404);
  }
}

}  // namespace liveness::e2e
