// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Contacts on another server: two Prosodys, each in a network namespace, whose domains are their addresses.
#include "e2e/stage.h"
#include "support/net_namespaces.h"

namespace liveness::e2e {

using support::NetNamespaces;

namespace {

const std::string kHere = NetNamespaces::kServerAddress;
const std::string kThere = NetNamespaces::kClientAddress;
const std::string kRomeo = "romeo@" + kHere;
const std::string kJuliet = "juliet@" + kThere;

ServerSetup federating(const std::string& network_namespace, const std::string& address,
                       std::vector<support::Account> accounts) {
  ServerSetup setup;
  setup.network_namespace = network_namespace;
  setup.address = address;
  setup.federates = true;
  setup.hosts.push_back({address, std::move(accounts), {}});
  return setup;
}

/// romeo's server has the plugin; juliet's, where mercutio is too, has not.
struct TwoServers {
  TwoServers()
      : here(withPlugin(federating(net.server(), kHere, {{"romeo", "secret", {{kJuliet, "both"}}}}))),
        there(federating(net.client(), kThere,
                         {{"juliet", "secret", {{kRomeo, "both"}}}, {"mercutio", "secret", {}}})) {}
  ~TwoServers() {
    if (std::uncaught_exceptions() > 0)
      std::fprintf(stderr, "the servers' logs:\n%s\n%s\n", here.log().c_str(), there.log().c_str());
    for (const auto& line : here.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }
  TwoServers(const TwoServers&) = delete;
  TwoServers& operator=(const TwoServers&) = delete;

  static ServerSetup withPlugin(ServerSetup setup) {
    setup.plugin_path = pluginPath();
    return setup;
  }

  std::unique_ptr<RawClient> logIn(const ProsodyServer& server, const std::string& username,
                                   const std::string& domain, const std::string& resource = "phone") const {
    auto client = std::make_unique<RawClient>(server.c2s());
    client->logIn(username, "secret", domain, resource);
    return client;
  }

  NetNamespaces net;
  ProsodyServer here;
  ProsodyServer there;
};

}  // namespace

TEST_SUITE("e2e/other_servers") {
  TEST_CASE("a contact of another server who comes online gets the last presence, stamped") {
    TwoServers servers;
    auto first = servers.logIn(servers.there, "juliet", kThere);
    first->send("<presence/>");
    auto romeo = servers.logIn(servers.here, "romeo", kHere);
    romeo->send("<presence/>");
    romeo->send("<presence type='unavailable'><status>gone to Mantua</status></presence>");
    const auto broadcast = first->expect("gone to Mantua");
    REQUIRE(broadcast);
    CHECK(attribute(broadcast->xml, "from") == kRomeo + "/phone");

    auto late = servers.logIn(servers.there, "juliet", kThere, "late");
    late->send("<presence/>");
    const auto seen = late->expect("gone to Mantua");
    REQUIRE(seen);
    CHECK(attribute(seen->xml, "from") == kRomeo);
    CHECK(attribute(seen->xml, "type") == "unavailable");
    const auto delay = seen->xml.find("<delay");
    REQUIRE(delay != std::string::npos);
    CHECK(seen->contains("urn:xmpp:delay"));
    CHECK(attribute(seen->xml.substr(delay), "from") == kHere);
    late->listen(kQuiet);
    CHECK(late->receivedThat("gone to Mantua").size() == 1);
  }

  TEST_CASE("last activity is told to a contact of another server, and to no stranger there") {
    TwoServers servers;
    auto romeo = servers.logIn(servers.here, "romeo", kHere);
    romeo->send("<presence/>");
    romeo->send("<presence type='unavailable'><status>gone to Mantua</status></presence>");
    REQUIRE(romeo->roundTrip());

    const auto ask = [](RawClient& client, const std::string& to, const std::string& id) {
      client.send("<iq type='get' id='" + id + "' to='" + to + "'><query xmlns='jabber:iq:last'/></iq>");
      const auto answer = client.expect([&](const Received& r) { return attribute(r.xml, "id") == id; });
      REQUIRE(answer);
      return answer->xml;
    };
    auto juliet = servers.logIn(servers.there, "juliet", kThere);
    CHECK(ask(*juliet, kRomeo, "a").find("gone to Mantua</query>") != std::string::npos);
    auto mercutio = servers.logIn(servers.there, "mercutio", kThere);
    CHECK(ask(*mercutio, kRomeo, "b").find("<forbidden") != std::string::npos);
    CHECK(ask(*mercutio, kRomeo + "/phone", "c").find("<forbidden") != std::string::npos);
    CHECK(ask(*mercutio, "nobody@" + kHere, "d").find("<forbidden") != std::string::npos);

    // A client is asked by who may know only.
    CHECK(romeo->roundTrip());
    CHECK(romeo->receivedThat("jabber:iq:last").empty());
    juliet->send("<iq type='get' id='e' to='" + kRomeo + "/phone'><query xmlns='jabber:iq:last'/></iq>");
    CHECK(romeo->expect("jabber:iq:last"));
  }

  TEST_CASE("a stranger of another server learns nothing by a probe") {
    TwoServers servers;
    auto romeo = servers.logIn(servers.here, "romeo", kHere);
    romeo->send("<presence/>");
    romeo->send("<presence type='unavailable'><status>secret words</status></presence>");
    REQUIRE(romeo->roundTrip());
    auto mercutio = servers.logIn(servers.there, "mercutio", kThere);
    mercutio->send("<presence type='probe' to='" + kRomeo + "'/>");
    // The answer to this comes by the same way, and so after the answer to the probe.
    mercutio->send("<iq type='get' id='after' to='" + kRomeo + "'><query xmlns='jabber:iq:last'/></iq>");
    REQUIRE(mercutio->expect([](const Received& r) { return attribute(r.xml, "id") == "after"; }));
    CHECK(mercutio->receivedThat("secret words").empty());
    CHECK(mercutio->receivedThat("<delay").empty());
  }
}

}  // namespace liveness::e2e
