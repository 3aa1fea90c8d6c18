// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Every stanza that we build, beside an example of it in the XEP that defines it: the same names, namespaces,
// attributes and kinds of values.
#include <gloox/parser.h>
#include <gloox/tag.h>
#include <gloox/taghandler.h>

#include <algorithm>
#include <regex>

#include "e2e/stage.h"

namespace liveness::e2e {
namespace {

class OneTag : gloox::TagHandler {
 public:
  explicit OneTag(std::string xml) {
    gloox::Parser parser(this, false);
    REQUIRE(parser.feed(xml) < 0);
    REQUIRE(tag_ != nullptr);
  }
  const gloox::Tag& operator*() const { return *tag_; }

 private:
  void handleTag(gloox::Tag* tag) override { tag_.reset(tag); }

  std::unique_ptr<gloox::Tag> tag_;
};

bool is(const std::string& value, const char* form) {
  return std::regex_match(value, std::regex(form));
}

/// What kind of value an attribute has; one whose very value matters is its own kind.
std::string kindOf(const std::string& name, const std::string& value) {
  if (name == "from" || name == "to") {
    if (value.find('@') == std::string::npos) return "domain";
    return value.find('/') == std::string::npos ? "bare JID" : "full JID";
  }
  if (name == "id") return value.empty() ? "empty" : "id";
  if (name == "seconds") return is(value, "[0-9]+") ? "number" : value;
  if (name == "stamp")  // XEP-0082: in UTC, the seconds' fraction may be left out
    return is(value, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)") ? "time" : value;
  return value;
}

/// An element without what differs from one stanza to the next. Its language is one of these: Prosody notes
/// that of the client's stream (RFC 6120 section 8.1.5).
std::string shapeOf(const gloox::Tag& tag) {
  std::vector<std::string> attributes;
  for (const auto* attribute : tag.attributes())
    if (attribute->name() != "lang")
      attributes.push_back(attribute->name() + "=" + kindOf(attribute->name(), attribute->value()));
  std::sort(attributes.begin(), attributes.end());
  std::vector<std::string> children;
  for (const auto* child : tag.children()) children.push_back(shapeOf(*child));
  std::sort(children.begin(), children.end());
  std::string shape = tag.name() + "[";
  for (const auto& attribute : attributes) shape += attribute + ";";
  shape += tag.cdata().empty() ? "](" : "]words(";
  for (const auto& child : children) shape += child;
  return shape + ")";
}

std::string shapeOf(const std::string& xml) {
  return shapeOf(*OneTag(xml));
}

/// As juliet, who may know, or mercutio, who may not.
std::string askFor(Stage& stage, const std::string& username, const std::string& to) {
  RawClient asker(stage.server.c2s());
  asker.logIn(username, "secret", "localhost", "orchard");
  asker.send("<iq from='" + asker.fullJid() + "' id='last1' to='" + to +
             "' type='get'><query xmlns='jabber:iq:last'/></iq>");
  const auto answer = asker.expect([](const Received& r) { return attribute(r.xml, "id") == "last1"; });
  REQUIRE(answer);
  return answer->xml;
}

}  // namespace

TEST_SUITE("e2e/conformance") {
  TEST_CASE("answers about last activity are those of XEP-0012") {
    ServerSetup setup = usualSetup();
    setup.modules = {"uptime"};
    Stage stage(setup);
    // Not an example of the XEP's, but RFC 6120's error (section 8.3) in the place of example 3's.
    CHECK(shapeOf(askFor(stage, "juliet", "romeo@localhost")) ==
          shapeOf("<iq from='juliet@capulet.com' id='last1' to='romeo@montague.net/orchard' type='error'>"
                  "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
                  "</iq>"));

    auto user = stage.rawUser();
    // Section 3: seconds='0', and nothing else, while there is an available resource.
    const auto here = askFor(stage, "juliet", "romeo@localhost");
    CHECK(shapeOf(here) ==
          shapeOf("<iq from='juliet@capulet.com' id='last1' to='romeo@montague.net/orchard' type='result'>"
                  "<query xmlns='jabber:iq:last' seconds='0'/></iq>"));
    CHECK(here.find("seconds='0'") != std::string::npos);

    // Examples 4 and 5: a client is asked, and what it says comes back.
    RawClient juliet(stage.server.c2s());
    juliet.logIn("juliet", "secret", "localhost", "orchard");
    juliet.send("<iq id='last2' to='" + stage.jid("phone") +
                "' type='get'><query xmlns='jabber:iq:last'/></iq>");
    const auto asked = user->expect("jabber:iq:last");
    REQUIRE(asked);
    CHECK(shapeOf(asked->xml) ==
          shapeOf("<iq from='romeo@montague.net/orchard' id='last2' to='juliet@capulet.com/balcony' "
                  "type='get'><query xmlns='jabber:iq:last'/></iq>"));
    user->send("<iq id='last2' to='" + juliet.fullJid() +
               "' type='result'><query xmlns='jabber:iq:last' seconds='123'/></iq>");
    const auto answered = juliet.expect("last2");
    REQUIRE(answered);
    CHECK(shapeOf(answered->xml) ==
          shapeOf("<iq from='juliet@capulet.com/balcony' id='last2' to='romeo@montague.net/orchard' "
                  "type='result'><query xmlns='jabber:iq:last' seconds='123'/></iq>"));

    // Examples 1 and 2: with words, and without.
    user->send("<presence type='unavailable'><status>Heading Home</status></presence>");
    stage.departure(stage.jid("phone"));
    CHECK(shapeOf(askFor(stage, "juliet", "romeo@localhost")) ==
          shapeOf("<iq from='juliet@capulet.com' id='last1' to='romeo@montague.net/orchard' type='result'>"
                  "<query xmlns='jabber:iq:last' seconds='903'>Heading Home</query></iq>"));

    // Example 3, also for somebody who does not exist and for a full JID (section 4).
    for (const char* to : {"romeo@localhost", "nobody@localhost"})
      CHECK(shapeOf(askFor(stage, "mercutio", to)) ==
            shapeOf(
                "<iq from='juliet@capulet.com' id='last1' to='romeo@montague.net/orchard' type='error'>"
                "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
    CHECK(shapeOf(askFor(stage, "mercutio", stage.jid("phone"))) ==
          shapeOf("<iq from='juliet@capulet.com/balcony' id='last1' to='romeo@montague.net/orchard' "
                  "type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                  "</error></iq>"));

    // Examples 6 and 7: the server's own uptime, which stays mod_uptime's.
    CHECK(shapeOf(askFor(stage, "mercutio", "localhost")) ==
          shapeOf("<iq from='capulet.com' id='last1' to='juliet@capulet.com/balcony' type='result'>"
                  "<query xmlns='jabber:iq:last' seconds='123456'/></iq>"));
  }

  TEST_CASE("presence of a user who is away is RFC 6121's, with the delay of XEP-0203") {
    Stage stage;
    const auto probe = [&] {
      RawClient juliet(stage.server.c2s());
      juliet.logIn("juliet", "secret", "localhost", "orchard");
      juliet.send("<presence type='probe' to='romeo@localhost'/>");
      const auto answer = juliet.expect("type='unavailable'");
      REQUIRE(answer);
      return answer->xml;
    };
    const std::string delay =
        "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:41:07Z'/>";

    stage.rawUser()->socket().reset();
    stage.departure(stage.jid("phone"));
    CHECK(shapeOf(probe()) == shapeOf("<presence from='juliet@capulet.com' to='romeo@montague.net/orchard' "
                                      "type='unavailable'>" +
                                      delay + "</presence>"));

    auto user = stage.rawUser();
    user->send(
        "<presence id='bye' type='unavailable'><show>xa</show><status>anon!</status><priority>1</priority>"
        "<delay xmlns='urn:xmpp:delay' stamp='1969-07-21T02:56:15Z'/></presence>");
    stage.departure(stage.jid("phone"), 2);
    CHECK(shapeOf(probe()) == shapeOf("<presence from='juliet@capulet.com' to='romeo@montague.net/orchard' "
                                      "type='unavailable'><status>anon!</status><show>xa</show>"
                                      "<priority>1</priority>" +
                                      delay + "</presence>"));
  }

  TEST_CASE("what a silent client gets is the ping of XEP-0199 and the stream error of RFC 6120") {
    Stage stage("liveness_idle_timeout = 2");
    auto silent = stage.rawUser();
    const auto ping = silent->expect("<ping");
    REQUIRE(ping);
    CHECK(shapeOf(ping->xml) == shapeOf("<iq from='capulet.lit' to='juliet@capulet.lit/balcony' id='s2c1' "
                                        "type='get'><ping xmlns='urn:xmpp:ping'/></iq>"));
    CHECK(attribute(ping->xml, "to") == stage.jid("phone"));
    const auto error = silent->expect("<connection-timeout");
    REQUIRE(error);
    CHECK(shapeOf(error->xml) == shapeOf("<stream:error><connection-timeout "
                                         "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"));
    stage.departure(stage.jid("phone"));
  }
}

}  // namespace liveness::e2e
