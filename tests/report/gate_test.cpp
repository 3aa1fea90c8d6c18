// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/web/gate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "report/web/forwarded.h"

namespace liveness::report::web {
namespace {

/// A request over HTTPS to a proxy on this machine, or directly.
Asker asker(const std::string& address, const std::map<std::string, std::string>& headers = {},
            const std::string& peer = "127.0.0.1") {
  Asker asked{peer, address, true, {}};
  for (const ForwardingHeader& header : forwardingHeaders()) {
    const auto given = headers.find(header.name);
    if (given != headers.end()) asked.headers.emplace_back(&header, given->second);
  }
  REQUIRE(asked.headers.size() == headers.size());
  return asked;
}

Gate usualGate() {
  return {{"127.0.0.0/8", "::1", "192.0.2.0/24", "10.0.0.0/8", "2001:db8::/33"},
          {"127.0.0.1", "::1", "10.0.0.0/30", "what is none"}};
}

Refusal judged(const std::string& address, const std::map<std::string, std::string>& headers = {},
               const std::string& peer = "127.0.0.1") {
  return usualGate().judge(asker(address, headers, peer));
}

const std::vector<std::string>& namesOfOne() {
  static const std::vector<std::string> all{"x-real-ip", "x-client-ip", "x-cluster-client-ip",
                                            "true-client-ip", "cf-connecting-ip"};
  return all;
}

}  // namespace

TEST_SUITE("report/web/gate") {
  TEST_CASE("the machine itself is let in, and another only from a network that is") {
    CHECK(judged("127.0.0.1") == Refusal::none);
    CHECK(judged("::1", {}, "::1") == Refusal::none);
    CHECK(judged("::ffff:127.0.0.1") == Refusal::none);
    for (const std::string one : {"192.0.2.0", "192.0.2.255", "2001:db8:7fff::1", "::ffff:192.0.2.9"})
      CHECK_MESSAGE(judged(one, {}, one) == Refusal::none, one);
    for (const std::string one : {"192.0.3.0", "192.0.1.255", "2001:db8:8000::1", "::2", "", "localhost",
                                  "192.0.2.1:80", "192.0.2.1 ", "[2001:db8::1]", "fe80::1%eth0"})
      CHECK_MESSAGE(judged(one, {}, one) == Refusal::not_served, one);
    CHECK(judged(std::string("192.0.2.1\0", 10)) == Refusal::not_served);
  }

  TEST_CASE("whoever is elsewhere needs HTTPS, the machine itself does not") {
    const auto in_the_clear = [](Asker asked) {
      asked.secure = false;
      return usualGate().judge(asked);
    };
    CHECK(in_the_clear(asker("127.0.0.1")) == Refusal::none);
    CHECK(in_the_clear(asker("192.0.2.1", {{"x-forwarded-for", "192.0.2.1"}})) == Refusal::in_the_clear);
    CHECK(judged("192.0.2.1", {{"x-forwarded-for", "192.0.2.1"}}) == Refusal::none);
    // A server that reads X-Forwarded-Proto only takes this for HTTPS.
    const std::string client = "for=192.0.2.1";
    CHECK(judged("192.0.2.1", {{"forwarded", client + ";proto=https"}}) == Refusal::none);
    CHECK(judged("192.0.2.1", {{"forwarded", client + ";proto=\"HTTPS\""}}) == Refusal::none);
    CHECK(judged("192.0.2.1", {{"forwarded", client + ";proto=http"}}) == Refusal::in_the_clear);
    CHECK(judged("192.0.2.1", {{"forwarded", client + ";proto=http, for=10.0.0.1;proto=https"}}) ==
          Refusal::in_the_clear);
  }

  TEST_CASE("what looks local is, where every header that names a client says so") {
    CHECK(judged("127.0.0.1", {{"x-forwarded-for", "127.0.0.1"}}) == Refusal::none);
    CHECK(judged("127.0.0.1", {{"x-forwarded-for", "127.0.0.1, ::1"}, {"via", "1.1 proxy"}}) ==
          Refusal::none);
    CHECK(judged("127.0.0.1", {}, "10.0.0.1") == Refusal::silent_proxy);
    for (const std::string bad :
         {"203.0.113.5", "127.0.0.1, 203.0.113.5", "203.0.113.5, 127.0.0.1", "127.0.0.1,203.0.113.5",
          "unknown", "", ",", "127.0.0.1 203.0.113.5", "::2", "10.0.0.1"}) {
      CAPTURE(bad);
      CHECK(judged("127.0.0.1", {{"x-forwarded-for", bad}}) == Refusal::silent_proxy);
      for (const auto& name : namesOfOne())
        CHECK(judged("127.0.0.1", {{"x-forwarded-for", "127.0.0.1"}, {name, bad}}) == Refusal::no_one_client);
    }
    for (const std::string bad :
         {"for=198.51.100.1", "for=127.0.0.1, for=198.51.100.1", "for=198.51.100.1,for=127.0.0.1",
          "For=\"[2001:db8::1]:47\"", "for=unknown", "for=_hidden", "proto=https",
          "for=127.0.0.1;for=127.0.0.1", "for=\"127.0.0.1", "for", "=", "", ";", "for=127.0.0.1 x",
          "by=127.0.0.1", "for=\"127.0.0.1\\"}) {
      CAPTURE(bad);
      CHECK(judged("127.0.0.1", {{"x-forwarded-for", "127.0.0.1"}, {"forwarded", bad}}) ==
            Refusal::no_one_client);
    }
    CHECK(judged("127.0.0.1", {{"x-forwarded-for", "127.0.0.1"},
                               {"x-real-ip", "127.0.0.1"},
                               {"forwarded", "for=\"[::1]:4711\" ; proto=http,, for=127.0.0.1"}}) ==
          Refusal::none);
  }

  TEST_CASE("a proxy that does not say for whom it asks is refused, whatever else it says") {
    for (const auto& header : forwardingHeaders()) {
      if (header.name == std::string("x-forwarded-for")) continue;
      CAPTURE(header.name);
      const auto value = header.kind == ForwardingHeader::Kind::forwarded ? "for=127.0.0.1" : "127.0.0.1";
      CHECK(judged("127.0.0.1", {{header.name, value}}) == Refusal::silent_proxy);
    }
    for (const std::string other : {"via", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server"})
      CHECK(judged("127.0.0.1", {{other, "anything"}}) == Refusal::silent_proxy);
    // Its own address is all that is known.
    CHECK(judged("10.0.0.2", {}, "10.0.0.2") == Refusal::silent_proxy);
    CHECK(judged("10.0.0.2", {{"x-forwarded-for", "10.0.0.2"}}, "10.0.0.2") == Refusal::silent_proxy);
    CHECK(judged("10.0.0.4", {}, "10.0.0.4") == Refusal::none);
  }

  TEST_CASE("all headers name the client that the server found, or its proxies, which are trusted") {
    const std::string client = "192.0.2.7";
    for (const std::string chain :
         {"192.0.2.7", "192.0.2.7, 10.0.0.1", "203.0.113.5, 192.0.2.7", "unknown, 192.0.2.7,10.0.0.2",
          "192.0.2.7:4711", "::ffff:192.0.2.7", "10.0.0.1"}) {
      CAPTURE(chain);
      CHECK(judged(client, {{"x-forwarded-for", chain}}) == Refusal::none);
      for (const auto& name : namesOfOne())
        CHECK(judged(client, {{"x-forwarded-for", client}, {name, chain}}) == Refusal::none);
    }
    for (const std::string chain :
         {"192.0.2.8", "192.0.2.7, 192.0.2.8", "192.0.2.7, 203.0.113.5", "unknown", "", "192.0.2.7, x",
          "192.0.2.7:", "192.0.2.7:123456", "[192.0.2.7]", "192.0.2.7 192.0.2.7"}) {
      CAPTURE(chain);
      CHECK(judged(client, {{"x-forwarded-for", chain}}) == Refusal::no_one_client);
      for (const auto& name : namesOfOne())
        CHECK(judged(client, {{"x-forwarded-for", client}, {name, chain}}) == Refusal::no_one_client);
    }
    CHECK(judged(client, {{"forwarded", "for=192.0.2.7"}}) == Refusal::none);
    CHECK(judged(client, {{"forwarded", "for=x, For=\"192.0.2.7:80\" ;by=10.0.0.1;, for=10.0.0.1"}}) ==
          Refusal::none);
    CHECK(judged(client, {{"forwarded", "for=192.0.2.8"}}) == Refusal::no_one_client);
    CHECK(judged(client, {{"forwarded", "for=192.0.2.7, proto=https"}}) == Refusal::no_one_client);
    const std::string v6 = "2001:db8::7";
    for (const std::string one :
         {"for=\"[2001:db8::7]\"", "for=\"[2001:DB8::7]:80\"", "for=2001:db8::7", "for=[2001:db8::7]"})
      CHECK_MESSAGE(judged(v6, {{"forwarded", one}}) == Refusal::none, one);
    for (const std::string one :
         {"for=\"[2001:db8::7\"", "for=\"[2001:db8::7]80\"", "for=\"[2001:db8::7]:\"", "for=\"[]\""})
      CHECK_MESSAGE(judged(v6, {{"forwarded", one}}) == Refusal::no_one_client, one);
  }

  TEST_CASE("networks are addresses, with the number of bits that count or without") {
    const auto contains = [](const std::string& network, const std::string& address) {
      return Network::parse(network).value().contains(Address::parse(address).value());
    };
    CHECK(contains("0.0.0.0/0", "203.0.113.5"));
    CHECK_FALSE(contains("0.0.0.0/0", "::1"));
    CHECK(contains("::/0", "2001:db8::1"));
    CHECK_FALSE(contains("::/0", "203.0.113.5"));
    CHECK(contains("192.0.2.128/25", "192.0.2.129"));
    CHECK_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    CHECK(contains("192.0.2.7", "192.0.2.7"));
    CHECK_FALSE(contains("192.0.2.7", "192.0.2.6"));
    CHECK(contains("::ffff:192.0.2.0/120", "192.0.2.9"));
    CHECK_FALSE(contains("::ffff:192.0.2.0/120", "192.0.3.9"));
    CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    for (const std::string bad :
         {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "::ffff:192.0.2.0/95", "1/8", "::1/0x8"})
      CHECK_FALSE_MESSAGE(Network::parse(bad), bad);
  }

  TEST_CASE("guesses are counted by an IPv4 address, and by the network of an IPv6 one") {
    const auto place = [](const std::string& text) { return Address::parse(text).value().place(); };
    CHECK(place("192.0.2.1") != place("192.0.2.2"));
    CHECK(place("192.0.2.1") == place("::ffff:192.0.2.1"));
    CHECK(place("2001:db8::1") == place("2001:db8::ffff:ffff:ffff:ffff"));
    CHECK(place("2001:db8::1") != place("2001:db8:0:1::1"));
  }
}

}  // namespace liveness::report::web
