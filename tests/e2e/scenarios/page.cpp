// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator sees: the page in a real browser, of a real server with real clients.
#include "e2e/page_stage.h"
#include "e2e/resumable_user.h"
#include "support/websocket_client.h"

namespace liveness::e2e {

using support::NetNamespaces;
using support::WebSocketClient;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::unique_ptr<RawClient> rawClient(Stage& stage, const std::string& user, const std::string& resource,
                                     const std::string& presence) {
  auto client = std::make_unique<RawClient>(stage.server.c2s());
  client->logIn(user, "secret", "localhost", resource);
  client->send(presence);
  REQUIRE(client->roundTrip());
  return client;
}

/// As XML wants it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

}  // namespace

TEST_SUITE("e2e/page") {
  TEST_CASE("only who signs in as an administrator sees the page") {
    PageStage scene;
    auto& viewer = scene.viewer;
    CHECK(viewer.open("", "") == 401);
    viewer.expect("401");
    CHECK(viewer.problems() == "");
    CHECK(viewer.open("juliet", "wrong") == 401);
    viewer.expect("401");
    CHECK(viewer.open("romeo", "secret") == 403);
    viewer.expect("403");
    CHECK(viewer.problems() == "");
    scene.signIn();
    viewer.sees("Signed in as juliet@localhost");
    viewer.row("balcony", "State", "Reachable");
  }

  TEST_CASE("every column tells what the clients did") {
    PageStage scene;
    auto& stage = scene.stage;
    auto tcp = std::make_unique<XmppClient>(stage.server.c2s(), Login{"romeo", "laptop"});
    tcp->available("in a meeting", "dnd");
    WebSocketClient web(stage.server.http(), "localhost");
    web.logIn("mercutio", "secret", "localhost", "browser");
    web.send("<presence><show>away</show></presence>");
    ResumableUser resumable(stage);
    scene.signIn();
    auto& viewer = scene.viewer;

    auto row = viewer.row("laptop", "Presence", "Do not disturb in a meeting");
    CHECK(row["User"] == "romeo@localhost");
    CHECK(row["Resource"] == "laptop");
    CHECK(row["State"] == "Reachable");
    CHECK(row["Transport"] == "TCP");
    CHECK(row["Round trip"] == "\u2013");
    CHECK((row["Last heard"] == "now" || has(row["Last heard"], " s ago")));
    CHECK(has(row["Next"], "Probe in 2 min"));

    row = viewer.row("browser", "Presence", "Away");
    CHECK(row["User"] == "mercutio@localhost");
    CHECK(row["Transport"] == "WebSocket");
    CHECK(viewer.row("phone", "Presence", "Online")["Transport"] == "TCP resumes");

    // And what they do next.
    tcp->available("back", "chat");
    viewer.row("laptop", "Presence", "Free to chat back");
    tcp->unavailable();
    viewer.row("laptop", "Presence", "Not available");
    resumable.client.send("<inactive xmlns='urn:xmpp:csi:0'/>");
    viewer.row("phone", "Presence", "inactive");
    resumable.loseConnection(stage);
    CHECK(has(viewer.row("phone", "State", "Held")["Next"], "Shown as held in"));
    tcp.reset();
    viewer.noRow("laptop");
    web.send("<presence type='unavailable'><status>gone fishing</status></presence>");
    web.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    viewer.noRow("browser");

    viewer.go("#/away");
    row = viewer.row("mercutio", "Cause", "Logged out");
    CHECK(row["User"] == "mercutio@localhost");
    CHECK(row["Resource"] == "browser");
    CHECK(row["Last words"] == "gone fishing");
    CHECK(has(row["Logged out"], "ago"));
  }

  TEST_CASE("a client behind a pulled cable turns suspect, goes, and is away, before one's eyes") {
    NetNamespaces net;
    PageStage scene(viewedSetup(net, "liveness_idle_timeout = 12"), {net.kServerAddress, 0, net.server()});
    auto far = scene.stage.server.c2s();
    far.network_namespace = net.client();
    XmppClient user(far, Login{"romeo"});
    user.available("on the train");
    scene.signIn();
    scene.viewer.row("romeo", "State", "Reachable");

    net.cut();
    const auto row = scene.viewer.row("romeo", "State", "Suspect");
    CHECK((has(row.at("Next"), "Probe") || has(row.at("Next"), "Logout")));
    scene.viewer.noRow("romeo");
    scene.viewer.row("balcony", "State", "Reachable");

    scene.viewer.follow("Away");
    const auto away = scene.viewer.row("romeo", "Cause", "Timed out");
    CHECK(has(away.at("Cause"), "network gone"));
    CHECK(away.at("Resource") == "phone");
    CHECK(has(away.at("Last heard"), "ago"));
    const auto record = scene.stage.record("timed_out");
    CHECK(away.at("Last words") == (record.status.empty() ? "\u2013" : record.status));
    scene.viewer.follow("romeo@localhost");
    scene.viewer.sees("1 logout on record");

    // What is plotted was measured every ten seconds.
    CHECK(eventually(kPatience, [&] {
      scene.viewer.go("#/sessions");
      scene.viewer.go("#/plots");
      scene.viewer.drawn();
      return has(scene.viewer.text(".plot-sum"), "1 logout: 1 timed out");
    }));
  }

  TEST_CASE("a client that hangs turns suspect, and wakes again") {
    PageStage scene("liveness_idle_timeout = 16");
    auto user = scene.stage.user("phone", PingReaction::none);
    scene.signIn();
    scene.viewer.row("phone", "State", "Suspect");
    REQUIRE(user->roundTrip());
    // Something was heard; what was asked is still not answered.
    CHECK(scene.viewer.row("phone", "State", "Reachable").at("Round trip") == "\u2013");
  }

  TEST_CASE("probe asks the client, and disconnect ends its session, each after a yes") {
    PageStage scene;
    auto& viewer = scene.viewer;
    auto user = scene.stage.user();
    scene.signIn();
    viewer.row("phone", "State", "Reachable");
    viewer.follow("phone");
    viewer.sees("Came online");
    CHECK(user->seen().pings.empty());

    viewer.press("Probe");
    viewer.press("Probe");
    viewer.sees("The client was asked.");
    CHECK(user->waitUntil([](const Seen& seen) { return seen.pings.size() == 1; }));
    viewer.sees("Asked for a sign of life");
    viewer.sees("Answered");
    viewer.go("#/sessions");
    const auto round_trip = viewer.row("phone", "State", "Reachable").at("Round trip");
    REQUIRE(has(round_trip, " ms"));
    CHECK(std::stod(round_trip) > 0);
    viewer.follow("phone");

    viewer.press("Disconnect");
    viewer.press("Cancel");
    CHECK(user->roundTrip());
    viewer.press("Disconnect");
    viewer.press("Disconnect");
    viewer.sees("This session has ended.");
    CHECK(user->waitUntil([](const Seen& seen) { return !seen.connected; }));
    scene.stage.departure(scene.stage.jid("phone"));
    scene.stage.record("kicked");
    viewer.go("#/away");
    viewer.row("romeo", "Cause", "Disconnected");
  }

  TEST_CASE("what a client says does nothing, however it is written") {
    PageStage scene;
    auto& viewer = scene.viewer;
    const std::vector<std::string> words{
        "<script>window.harmed=1</script>",
        "\"><img src=x onerror=\"window.harmed=2\">",
        "</bdi></a><svg onload='window.harmed=3'>",
        "javascript:window.harmed=4//%0A{{window.harmed}}",
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
        "a & b &lt; c",
        std::string(1000, 'W'),
    };
    std::vector<std::unique_ptr<RawClient>> users;
    for (const auto& text : words)
      users.push_back(rawClient(scene.stage, "mercutio", escaped(text),
                                "<presence><status>" + escaped(text) + "\u202Etxt.exe</status></presence>"));
    scene.signIn("light", "#/sessions?q=mercutio");
    for (const auto& text : words) {
      // What cannot be seen is told by its number.
      const auto shown = text.substr(0, 100);
      const auto row = viewer.row(shown, "State", "Reachable");
      CAPTURE(shown);
      CAPTURE(row.at("Resource"));
      CHECK(has(row.at("Resource"), shown));
      CHECK(has(row.at("Presence"), shown));
      if (text.size() < 100) CHECK(has(row.at("Presence"), "U+202Etxt.exe"));
    }
    viewer.follow(words.front());
    viewer.sees("is reachable since");
    users.front()->send("<presence type='unavailable'><status>" + escaped(words.front()) +
                        "</status></presence>");
    REQUIRE(users.front()->roundTrip());  // before the others are lost
    users.clear();
    viewer.go("#/away");
    viewer.row("mercutio", "Cause", "Connection lost");
    viewer.go("#/user/mercutio%40localhost");
    viewer.sees("1 logout on record");
  }

  TEST_CASE("all of it is done with the keyboard alone") {
    PageStage scene;
    auto& viewer = scene.viewer;
    auto user = scene.stage.user();
    scene.signIn("light", "#/sessions?q=romeo");
    viewer.row("phone", "State", "Reachable");
    viewer.key("Tab");
    CHECK(viewer.focus() == "Skip to the content");
    viewer.key("Enter");
    viewer.keyUntil("Tab", "phone");
    viewer.key("Enter");
    viewer.sees("Came online");
    viewer.keyUntil("Tab", "Disconnect");
    viewer.key("Enter");
    CHECK(viewer.focus() == "Cancel");
    viewer.key("Escape");
    CHECK(viewer.focus() == "Disconnect");
    viewer.key("Enter");
    viewer.keyUntil("Tab", "Disconnect");
    viewer.key("Enter");
    viewer.sees("This session has ended.");
    CHECK(user->waitUntil([](const Seen& seen) { return !seen.connected; }));
  }

  TEST_CASE("it is there in light, in dark and on a phone") {
    PageStage scene;
    auto phone = scene.stage.user("phone");
    auto laptop = scene.stage.user("laptop");
    laptop->available("writing a letter", "away");
    for (const std::string look : {"light", "dark", "phone"}) {
      scene.signIn(look);
      scene.viewer.row("laptop", "Presence", "writing a letter");
      MESSAGE(scene.viewer.shot("sessions-" + look));
      scene.viewer.follow("laptop");
      scene.viewer.sees("Came online");
      MESSAGE(scene.viewer.shot("session-" + look));
      scene.viewer.go("#/plots");
      scene.viewer.drawn();
      MESSAGE(scene.viewer.shot("plots-" + look));
      CHECK(scene.viewer.problems() == "");
    }
  }
}

}  // namespace liveness::e2e
