// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/stage.h"

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "support/skip.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

SteadyClock::duration magnitude(SteadyClock::duration d) {
  return d.count() < 0 ? -d : d;
}

}  // namespace

std::filesystem::path pluginPath() {
  const char* path = std::getenv("LIVENESS_PLUGINS");
  if (path == nullptr) throw Skip("LIVENESS_PLUGINS is not set: run this with `meson test --suite e2e`");
  return path;
}

ServerSetup usualSetup(const std::string& options) {
  ServerSetup setup;
  setup.plugin_path = pluginPath();
  setup.hosts.push_back({"localhost", {{"romeo"}, {"juliet"}, {"mercutio"}}, options});
  befriend(setup, "romeo@localhost", "juliet@localhost");
  return setup;
}

ServerSetup withMoments(ServerSetup setup) {
  const char* modules = std::getenv("LIVENESS_E2E_MODULES");
  if (modules == nullptr)
    throw Skip("LIVENESS_E2E_MODULES is not set: run this with `meson test --suite e2e`");
  setup.more_plugins = modules;
  setup.modules.push_back("made_up_moments");
  return setup;
}

Stage::Stage(const ServerSetup& setup)
    : server(setup), contact(server.c2s(), {"juliet", "balcony", setup.hosts.front().name}) {
  contact.available();
}

Stage::Stage(const ServerSetup& setup, const Endpoint& contact_from)
    : server(setup),
      contact({contact_from.address, server.c2s().port, contact_from.network_namespace},
              {"juliet", "balcony", setup.hosts.front().name}) {
  contact.available();
}

Stage::~Stage() {
  if (std::uncaught_exceptions() > 0) {
    std::fprintf(stderr, "the server's log:\n%s\n", server.log().c_str());
    return;
  }
  for (const auto& line : server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
}

std::unique_ptr<XmppClient> Stage::user(const std::string& resource, PingReaction reaction) {
  const auto before = contact.seen().from(jid(resource), "available").size();
  auto client = std::make_unique<XmppClient>(server.c2s(), Login{"romeo", resource}, reaction);
  client->available();
  REQUIRE(contact.waitUntil(
      [&](const Seen& seen) { return seen.from(jid(resource), "available").size() > before; }));
  return client;
}

std::unique_ptr<RawClient> Stage::rawUser(const std::string& resource) {
  const auto before = contact.seen().from(jid(resource), "available").size();
  auto client = std::make_unique<RawClient>(server.c2s());
  client->logIn("romeo", "secret", "localhost", resource);
  client->send("<presence/>");
  REQUIRE(contact.waitUntil(
      [&](const Seen& seen) { return seen.from(jid(resource), "available").size() > before; }));
  return client;
}

SeenPresence Stage::departure(const std::string& full_jid, std::size_t nth, milliseconds deadline) {
  CAPTURE(full_jid);
  const auto count = [&](const Seen& seen) { return seen.from(full_jid, "unavailable").size(); };
  REQUIRE(contact.waitUntil([&](const Seen& seen) { return count(seen) >= nth; }, deadline));
  REQUIRE(contact.roundTrip());
  CHECK_FALSE(contact.waitUntil([&](const Seen& seen) { return count(seen) > nth; }, kQuiet));
  return contact.seen().from(full_jid, "unavailable").at(nth - 1);
}

void Stage::noDeparture(const std::string& full_jid, milliseconds in) {
  CAPTURE(full_jid);
  CHECK_FALSE(contact.sees(full_jid, "unavailable", in));
  CHECK(contact.roundTrip());
  CHECK(contact.seen().from(full_jid, "unavailable").empty());
}

StoredLastSeen Stage::record(const std::string& cause, milliseconds deadline) {
  return record(kUser, cause, deadline);
}

StoredLastSeen Stage::record(const std::string& bare_jid, const std::string& cause, milliseconds deadline) {
  CAPTURE(bare_jid);
  const auto found = server.lastSeenThat(
      bare_jid, [&](const StoredLastSeen& record) { return record.cause == cause; }, deadline);
  REQUIRE_MESSAGE(found, "never on record");
  REQUIRE(found->cause == cause);
  CHECK(found->last_heard_at <= found->logged_out_at);
  CHECK(found->logged_out_at <= utcNow());
  return *found;
}

std::string Stage::evidence() const {
  const auto file = server.files().hostData("localhost") / "liveness.sqlite3";
  return support::SqliteFile(file).one(
      "SELECT coalesce(evidence, '') FROM last_seen WHERE bare_jid = 'romeo@localhost'");
}

void Stage::settleRecords() {
  const auto word = "settled " + std::to_string(++settled_);
  XmppClient other(server.c2s(), {"mercutio"});
  other.available();
  other.unavailable(word);
  const auto written = server.lastSeenThat(
      "mercutio@localhost", [&](const StoredLastSeen& record) { return record.status == word; });
  REQUIRE(written);
  REQUIRE(written->status == word);
}

std::string Stage::module(const std::string& verb) const {
  return server.shell("module:" + verb + R"(("liveness", "localhost"))");
}

std::string Stage::userSessions() const {
  return server.shell(R"(liveness:sessions("romeo@localhost"))");
}

void Stage::awaitHeld() const {
  REQUIRE(eventually(kPatience, [&] { return userSessions().find("held") != std::string::npos; }));
}

void checkNear(UtcMillis measured, UtcMillis expected, milliseconds tolerance) {
  const auto off = (measured - expected).count();
  CAPTURE(off);
  CHECK(magnitude(measured - expected) <= tolerance);
}

void checkNear(SteadyClock::duration measured, milliseconds expected, milliseconds tolerance) {
  const auto took = std::chrono::duration_cast<milliseconds>(measured).count();
  CAPTURE(took);
  CAPTURE(expected.count());
  CHECK(measured >= expected - tolerance);
  CHECK(measured <= expected + std::max(tolerance, kLateness));
}

std::size_t countOf(const std::string& text, const std::string& in) {
  std::size_t count = 0;
  for (auto at = in.find(text); at != std::string::npos; at = in.find(text, at + text.size())) ++count;
  return count;
}

}  // namespace liveness::e2e
