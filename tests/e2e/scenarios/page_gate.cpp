// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// From where the page may be asked, and who may make it do something.

#include <vector>

#include "e2e/page_visitor.h"
#include "support/net_namespaces.h"

namespace liveness::e2e {
namespace {

struct Case {
  Headers headers;
  int status;
};

/// A proxy of this machine asks, for this machine as it seems.
Headers local(const Headers::value_type& beside) {
  return {{"X-Forwarded-For", "127.0.0.1"}, beside};
}

void checkAll(const PageVisitor& visitor, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.headers);
    for (const std::string path : {"", "assets/main.js", "api/v1/me", "api/v1/nothing"}) {
      CAPTURE(path);
      const auto response = visitor.get(path, one.headers);
      CHECK(response.status == (one.status == 200 && path == "api/v1/nothing" ? 404 : one.status));
    }
  }
}

}  // namespace

TEST_SUITE("e2e/page_gate") {
  TEST_CASE("by default only the machine itself may ask, whatever it is told of others") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    checkAll(administrator,
             {
                 {{}, 200},
                 {{{"X-Forwarded-For", "127.0.0.1"}}, 200},
                 {{{"X-Forwarded-For", "203.0.113.5"}}, 403},
                 {{{"X-Forwarded-For", "127.0.0.1, 203.0.113.5"}}, 403},
                 {{{"X-Forwarded-For", "203.0.113.5, 127.0.0.1"}}, 403},
                 {{{"X-Forwarded-For", "203.0.113.5"}, {"X-Forwarded-Proto", "https"}}, 403},
                 {{{"X-Forwarded-For", "unknown"}}, 403},
                 {{{"X-Forwarded-For", "127.0.0.2"}}, 403},
                 {{{"X-Forwarded-For", "::2"}}, 403},
                 // A proxy that does not say for whom it asks.
                 {{{"Via", "1.1 proxy"}}, 403},
                 {{{"X-Real-IP", "203.0.113.5"}}, 403},
                 {{{"X-Forwarded-Proto", "https"}}, 403},
                 {{{"Forwarded", "for=127.0.0.1"}}, 403},
                 // One that lets a client write what Prosody believes, and says the truth elsewhere.
                 {local({"Forwarded", "for=198.51.100.1"}), 403},
                 {local({"forwarded", "for=127.0.0.1, FOR=\"[2001:db8::1]:80\""}), 403},
                 {local({"X-Real-IP", "198.51.100.1"}), 403},
                 {local({"X-REAL-IP", "unknown"}), 403},
                 {local({"X-Client-IP", "198.51.100.1"}), 403},
                 {local({"Forwarded", "for=127.0.0.1"}), 200},
                 {local({"X-Real-IP", "::1"}), 200},
                 // Several lines of one are one list.
                 {{{"X-Forwarded-For", "127.0.0.1"}, {"x-forwarded-for", "198.51.100.1"}}, 403},
                 {{{"X-Forwarded-For", "198.51.100.1"}, {"x-forwarded-for", "127.0.0.1"}}, 403},
             });
    const auto two = administrator.get("api/v1/me", local({"Forwarded", "for=198.51.100.1"}));
    CHECK(errorIn(two).find("do not name one client") != std::string::npos);
    const auto refused =
        PageVisitor::nobody(stage.server).get("api/v1/me", {{"X-Forwarded-For", "192.0.2.1"}});
    CHECK(refused.status == 403);  // before anybody is asked who they are
    CHECK(errorIn(refused).find("liveness_page_networks") != std::string::npos);
  }

  TEST_CASE("a network that is let in has to speak HTTPS, by a proxy that says so") {
    Stage stage(pageSetup("liveness_page_networks = { \"127.0.0.1\", \"192.0.2.0/24\", \"2001:db8::/33\" }"));
    const PageVisitor administrator(stage.server);
    const auto from = [](const std::string& address, bool https,
                         const Headers::value_type& beside = {"Accept", "*/*"}) {
      Headers headers{{"X-Forwarded-For", address}, beside};
      if (https) headers["X-Forwarded-Proto"] = "https";
      return headers;
    };
    checkAll(administrator, {
                                {{}, 200},
                                {from("192.0.2.1", true), 200},
                                {from("192.0.2.255", true), 200},
                                {from("192.0.2.1", false), 403},
                                {from("192.0.3.1", true), 403},
                                {from("::ffff:192.0.2.1", true), 200},
                                {from("2001:db8:1::1", true), 200},
                                {from("2001:db8:8000::1", true), 403},
                                {from("2001:db8:1::1", false), 403},
                                {from("192.0.2.1, 198.51.100.1", true), 403},
                                {from("198.51.100.1, 192.0.2.1", true), 200},
                                {from("192.0.2.1", true, {"X-Real-IP", "192.0.2.1"}), 200},
                                {from("192.0.2.1", true, {"X-Real-IP", "127.0.0.1"}), 200},  // another proxy
                                {from("192.0.2.1", true, {"X-Real-IP", "192.0.2.2"}), 403},
                                {from("192.0.2.1", true, {"Forwarded", "for=192.0.2.1;proto=https"}), 200},
                                {from("192.0.2.1", true, {"Forwarded", "for=192.0.2.1;proto=http"}), 403},
                                {from("192.0.2.1", true, {"Forwarded", "for=198.51.100.1"}), 403},
                                {from("192.0.2.1", true, {"Forwarded", "proto=https"}), 403},
                            });
    const auto in_the_clear = administrator.get("api/v1/me", from("192.0.2.1", false));
    CHECK(errorIn(in_the_clear).find("in the clear") != std::string::npos);
  }

  TEST_CASE("who is no trusted proxy may say what they like of others") {
    auto setup = pageSetup("liveness_page_networks = { \"127.0.0.1\", \"192.0.2.0/24\" }");
    setup.options += "trusted_proxies = { \"198.51.100.1\" }\n";
    Stage stage(setup);
    checkAll(
        PageVisitor(stage.server),
        {
            {{}, 200},
            {{{"X-Forwarded-For", "127.0.0.1"}}, 200},
            // It looks as if a proxy asks that nobody told Prosody of: mod_http leaves its address in place.
            {{{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-Proto", "https"}}, 403},
            {{{"X-Forwarded-For", "203.0.113.5"}}, 403},
        });
  }

  TEST_CASE("proxies on the way to the last one are trusted as Prosody trusts them") {
    auto setup = pageSetup("liveness_page_networks = { \"192.0.2.0/24\" }");
    std::string chain = "192.0.2.1, ";
    SUBCASE("by default") {
      chain += "::1, 127.0.0.1";
    }
    SUBCASE("where the option is a single one") {
      setup.options += "trusted_proxies = \"127.0.0.0/8\"\n";
      chain += "127.0.0.7";
    }
    CAPTURE(chain);
    Stage stage(setup);
    checkAll(PageVisitor(stage.server),
             {{{{"X-Forwarded-For", chain}, {"X-Forwarded-Proto", "https"}}, 200},
              {{{"X-Forwarded-For", "203.0.113.5, " + chain}, {"X-Forwarded-Proto", "https"}}, 200},
              {{{"X-Forwarded-For", chain + ", 203.0.113.5"}, {"X-Forwarded-Proto", "https"}}, 403}});
  }

  TEST_CASE("a trusted proxy elsewhere does not ask for this machine, whatever it says") {
    const support::NetNamespaces net;
    auto setup = pageSetup();
    setup.network_namespace = net.server();
    setup.address = net.kServerAddress;
    setup.options += "http_default_host = \"localhost\"\n";
    setup.options += "trusted_proxies = { \"" + std::string(net.kClientAddress) + "\" }\n";
    ProsodyServer server(setup);
    auto proxy = server.http();
    proxy.network_namespace = net.client();
    checkAll(PageVisitor(proxy, "juliet", "secret"),
             {{{{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-Proto", "https"}}, 403}});
  }

  TEST_CASE("another machine is what it is, whatever it says of itself") {
    const support::NetNamespaces net;
    auto setup =
        pageSetup("liveness_page_networks = { \"127.0.0.1\", \"" + std::string(net.kServerAddress) + "\" }");
    setup.network_namespace = net.server();
    setup.address = net.kServerAddress;
    setup.options += "http_default_host = \"localhost\"\n";
    ProsodyServer server(setup);
    auto from_afar = server.http();
    from_afar.network_namespace = net.client();
    const std::vector<Headers> lies = {
        {},
        {{"X-Forwarded-For", "127.0.0.1"}},
        {{"X-Forwarded-For", net.kServerAddress}, {"X-Forwarded-Proto", "https"}},
        {{"X-Real-IP", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1;proto=https"}},
        {{"Host", "127.0.0.1"}}};
    for (const auto& lie : lies) {
      CAPTURE(lie);
      checkAll(PageVisitor(from_afar, "juliet", "secret"), {{lie, 403}});
    }
    // From the server's own machine, but not by its loopback: allowed, and in the clear.
    const auto near = PageVisitor(server).get("api/v1/me");
    CHECK(near.status == 403);
    CHECK(errorIn(near).find("in the clear") != std::string::npos);
    CHECK(PageVisitor(server).get("api/v1/me", {{"X-Forwarded-Proto", "https"}}).status == 403);
  }

  TEST_CASE("nothing is done for a page of another site, or without the token") {
    Stage stage(pageSetup());
    auto user = stage.user();
    const PageVisitor administrator(stage.server);
    const auto id = administrator.api("sessions?user=romeo@localhost").at("sessions")[0].at("id");
    const auto path = "sessions/" + id.get<std::string>() + "/disconnect";
    const auto other_token = [&] {
      stage.server.shell(R"(user:setroles("mercutio@localhost", "localhost", "admin"))");
      return PageVisitor(stage.server, "mercutio").token();
    }();
    const auto token = administrator.token();
    CHECK(token.size() == 64);
    const std::vector<Case> refused = {
        {{{"X-Liveness-Token", ""}}, 403},
        {{{"X-Liveness-Token", other_token}}, 403},
        {{{"X-Liveness-Token", token.substr(0, 63)}}, 403},
        {{{"X-Liveness-Token", token + "0"}}, 403},
        {{{"Origin", "https://evil.example"}}, 403},
        {{{"Origin", "null"}}, 403},
        {{{"Origin", "http://localhost.evil.example"}}, 403},
        {{{"Origin", "http://localhost:1"}}, 403},
        {{{"Origin", "http://localhost/"}}, 403},
        {{{"Sec-Fetch-Site", "cross-site"}}, 403},
        {{{"Sec-Fetch-Site", "same-site"}}, 403},
        {{{"Sec-Fetch-Site", "none"}}, 403},
        {{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.example"}}, 403},
        {{{"Content-Type", "text/plain"}}, 415},
        {{{"Content-Type", "application/x-www-form-urlencoded"}}, 415},
        {{{"Content-Type", "application/jsonp"}}, 415},
    };
    for (const Case& one : refused) {
      CAPTURE(one.headers);
      const auto response = administrator.press(path, one.headers);
      CHECK(response.status == one.status);
      CHECK(errorIn(response).find("no error") == std::string::npos);
    }
    CHECK(administrator.ask("POST", "api/v1/" + path, {{"Content-Type", "application/json"}}).status == 403);
    for (const std::string body : {"[1]", "{\"done\": true}", "no JSON", "7", "{"}) {
      CAPTURE(body);
      CHECK(administrator.press(path, {}, body).status == 400);
    }
    CHECK(administrator.press(path, {}, "{" + std::string(5000, ' ') + "}").status == 413);
    CHECK(administrator.get("api/v1/" + path).status == 405);
    CHECK(user->roundTrip());  // all that did nothing

    CHECK(administrator
              .press(path,
                     {{"Origin", "http://localhost"},
                      {"Sec-Fetch-Site", "same-origin"},
                      {"Content-Type", "application/json; charset=utf-8"}},
                     "{ }")
              .status == 200);
    stage.departure(stage.jid("phone"));
  }

  TEST_CASE("a token is of one load of the module") {
    Stage stage(pageSetup());
    const PageVisitor administrator(stage.server);
    const auto token = administrator.token();
    CHECK(administrator.press("sessions/1/probe", {{"X-Liveness-Token", token}}).status == 404);
    stage.module("reload");
    CHECK(administrator.press("sessions/1/probe", {{"X-Liveness-Token", token}}).status == 403);
    CHECK(administrator.press("sessions/1/probe").status == 404);
  }
}

}  // namespace liveness::e2e
