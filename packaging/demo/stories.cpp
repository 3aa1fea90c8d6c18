// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "stories.h"

#include <cstdio>
#include <ctime>
#include <sstream>

namespace liveness::demo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Seen;
using support::SeenPresence;
using support::StoredLastSeen;
using support::UtcMillis;
using support::XmppClient;

constexpr const char* kAlice = "alice@localhost";
constexpr const char* kBob = "bob@localhost";
constexpr const char* kPhone = "alice@localhost/phone";

// Nothing here is exact to the millisecond: a byte takes its way, and the machine may be busy.
constexpr milliseconds kTolerance{1000};
constexpr milliseconds kPatience{15000};

std::string clockTime(UtcMillis when) {
  const auto total = when.time_since_epoch();
  const std::time_t whole = std::chrono::duration_cast<seconds>(total).count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(total.count() % 1000));
  return text;
}

std::string inSeconds(milliseconds span) {
  char text[32];
  std::snprintf(text, sizeof text, "%g s", std::chrono::duration<double>(span).count());
  return text;
}

std::string inWords(const std::string& text) {
  return text.empty() ? "" : ": \"" + text + "\"";
}

bool near(UtcMillis one, UtcMillis other) {
  return std::chrono::abs(one - other) <= kTolerance;
}

}  // namespace

Stories::Stories(DemoServer& server, Timeline& timeline)
    : server_(server), timeline_(timeline), bob_(server.near(), login("bob", "laptop")) {
  bob_.available();
}

support::Login Stories::login(const std::string& username, const std::string& resource) const {
  return {username, resource, "localhost", server_.prepared().password};
}

void Stories::comeOnline(XmppClient& alice, const std::string& status) {
  timeline_.line("alice", "logs in and comes online" + inWords(status));
  alice.available(status);
  ++arrivals_;
  const bool came = bob_.waitUntil(
      [&](const Seen& seen) { return seen.from(kPhone, "available").size() >= arrivals_; }, kPatience);
  timeline_.check(came, "bob sees alice come online");
  if (!came) return;
  const auto seen = bob_.seen().from(kPhone, "available").back();
  timeline_.line(seen.at, "bob", "sees alice online" + inWords(seen.status));
}

std::optional<SeenPresence> Stories::waitForDeparture() {
  ++departures_;
  const bool went =
      bob_.waitUntil([&](const Seen& seen) { return seen.from(kPhone, "unavailable").size() >= departures_; },
                     server_.prepared().idle_timeout + kPatience);
  timeline_.check(went, "bob sees alice go");
  if (!went) return std::nullopt;
  auto seen = bob_.seen().from(kPhone, "unavailable").back();
  timeline_.line(seen.at, "bob", "sees alice go" + inWords(seen.status));
  return seen;
}

std::optional<StoredLastSeen> Stories::record(const std::string& bare_jid,
                                              const std::function<bool(const StoredLastSeen&)>& accepts) {
  std::optional<StoredLastSeen> found;
  const bool good = support::eventually(support::kPatience, [&] {
    found = server_.lastSeen(bare_jid);
    return found && accepts(*found);
  });
  timeline_.note("record", !found ? "nothing on " + bare_jid
                                  : found->cause + ", last heard " + clockTime(found->last_heard_at) +
                                        ", logged out " + clockTime(found->logged_out_at) +
                                        inWords(found->status));
  timeline_.check(good, "the record of " + bare_jid + " says what happened");
  return found;
}

void Stories::expectDeparture(const Departure& expected) {
  const auto seen = waitForDeparture();
  if (seen && !expected.status.empty())
    timeline_.check(seen->status == expected.status, "bob sees alice's own words");
  record(kAlice, [&](const StoredLastSeen& found) {
    return found.cause == expected.cause && near(found.last_heard_at, expected.heard) &&
           found.logged_out_at >= found.last_heard_at && found.logged_out_at <= support::utcNow() &&
           (expected.status.empty() || found.status == expected.status);
  });
  // Whatever the server has sent to bob by now has come once he has the answer to a ping.
  timeline_.check(bob_.roundTrip(), "bob can still talk to the server");
  timeline_.check(bob_.seen().from(kPhone, "unavailable").size() == departures_,
                  "bob sees alice go exactly once");
}

void Stories::normalLogout() {
  timeline_.story("A normal logout");
  XmppClient alice(server_.near(), login("alice", "phone"));
  comeOnline(alice, "at my desk");
  timeline_.line("alice", "says goodbye: \"back on Monday\"");
  alice.unavailable("back on Monday");
  const auto said = alice.lastSentAt();
  expectDeparture({"logged_out", "back on Monday", said});
  const auto before = server_.lastSeen(kAlice);
  timeline_.check(before && before->offline_presence.find("back on Monday") != std::string::npos,
                  "alice's last presence is kept");
  timeline_.line("alice", "closes the stream, which adds nothing");
  alice.closeStream();
  bob_.roundTrip();
  const auto after = server_.lastSeen(kAlice);
  timeline_.check(bob_.seen().from(kPhone, "unavailable").size() == departures_,
                  "bob sees nothing of the closed stream");
  timeline_.check(before && after && after->logged_out_at == before->logged_out_at, "the record stays");
  timeline_.verdict();
}

void Stories::brokenConnection() {
  timeline_.story("A broken connection");
  XmppClient alice(server_.near(), login("alice", "phone"));
  comeOnline(alice, "on the train");
  const auto said = alice.lastSentAt();
  timeline_.line("alice", "loses the connection (TCP reset), without a word");
  alice.reset();
  expectDeparture({"connection_lost", {}, said});
  timeline_.verdict();
}

// What an operator would be told while alice is only under suspicion.
void Stories::askTheServer() {
  const auto table = server_.shell("liveness:sessions(\"" + std::string(kAlice) + "\")");
  if (bob_.seen().from(kPhone, "unavailable").size() > departures_) {
    timeline_.line("server", "has been asked for its sessions too late to still show alice");
    return;
  }
  std::istringstream lines(table);
  std::string row;
  while (std::getline(lines, row) && row.find(kAlice) == std::string::npos) continue;
  timeline_.line("server", "calls her " + std::string(row.find("suspect") != std::string::npos
                                                          ? "suspect (liveness:sessions() in its shell)"
                                                          : "something else: " + row));
  timeline_.check(row.find("suspect") != std::string::npos, "a silent client is suspect\n" + table);
}

void Stories::silence() {
  const auto idle = server_.prepared().idle_timeout;
  const bool cable = server_.hasCable();
  timeline_.story(cable ? "A pulled cable" : "A client that hangs");
  if (!cable) timeline_.note("", "(Without a cable to pull, alice only falls silent.)");
  XmppClient alice(server_.far(), login("alice", "phone"));
  comeOnline(alice, "in the garden");
  const auto said = alice.lastSentAt();
  const auto said_at = alice.lastSentSteady();
  if (cable) {
    server_.pullCable();
    timeline_.line("alice", "is cut off: her cable is pulled, and her connection still stands");
  } else {
    alice.goSilent();
    timeline_.line("alice", "hangs: her connection stands, but she reads and sends nothing");
  }
  const auto pings_before = bob_.seen().pings.size();
  bob_.waitUntil(
      [&](const Seen& seen) { return seen.from(kPhone, "unavailable").size() > departures_; },
      std::chrono::duration_cast<milliseconds>(said_at + idle * 5 / 8 - support::SteadyClock::now()));
  askTheServer();
  expectDeparture({"timed_out", {}, said});
  if (const auto found = server_.lastSeen(kAlice)) {
    const auto silent = found->logged_out_at - found->last_heard_at;
    timeline_.check(silent >= idle - milliseconds{500} && silent <= idle + kTolerance * 2,
                    "the server waits for " + inSeconds(idle) + ", not " + inSeconds(silent));
  }
  const auto pings = bob_.seen().pings.size() - pings_before;
  const bool here = bob_.seen().connected;
  timeline_.line("bob", "was as quiet, was asked " + std::to_string(pings) + " times" +
                            (here ? ", answered, and is still here" : ", and is logged out as well"));
  timeline_.check(pings > 0 && here, "a quiet client is asked, and stays when it answers");
  timeline_.verdict();
}

void Stories::serverStop() {
  timeline_.story("The server stops, with bob still online");
  bob_.roundTrip();
  const auto said = bob_.lastSentAt();
  const auto status = server_.stop();
  timeline_.line("server", "has stopped, with status " + (status ? std::to_string(*status) : "none yet"));
  timeline_.check(status == 0, "the server stops in order");
  record(kBob, [&](const StoredLastSeen& found) {
    return found.cause == "server_stopped" && near(found.last_heard_at, said);
  });
  const auto alice = server_.lastSeen(kAlice);
  timeline_.check(alice && alice->cause == "timed_out", "alice's record stays");
  timeline_.verdict();
}

}  // namespace liveness::demo
