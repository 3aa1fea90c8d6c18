// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "support/prosody_server.h"
#include "support/raw_client.h"
#include "support/skip.h"
#include "support/xmpp_client.h"

namespace liveness::e2e {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::attribute;
using support::ChildProcess;
using support::Endpoint;
using support::eventually;
using support::kPatience;
using support::Login;
using support::PingReaction;
using support::ProsodyServer;
using support::RawClient;
using support::Received;
using support::Seen;
using support::SeenPresence;
using support::ServerSetup;
using support::Skip;
using support::SteadyClock;
using support::StoredLastSeen;
using support::UtcMillis;
using support::utcNow;
using support::XmppClient;
using namespace std::chrono_literals;

/// How far a measured time may be from what it should be: the plugin counts in sixteenths of a second, and
/// the machine that runs the tests has other things to do.
constexpr milliseconds kTolerance{300};

/// How much later than planned something may be seen to happen on a machine that is busy. How punctual the
/// plugin is, its unit tests judge, whose clock is virtual, and bench/detection.
constexpr milliseconds kLateness{10000};

/// For how long nothing may come where nothing should: what is sent in answer to an event on the same machine
/// is there within a few milliseconds.
constexpr milliseconds kQuiet{400};

/// The setup of almost every scenario: romeo, whose life is watched, juliet, subscribed to him and he to her,
/// and mercutio, who knows nobody. `options` are the host's.
ServerSetup usualSetup(const std::string& options = {});

/// Where the built plugin is (LIVENESS_PLUGINS). Throws Skip where that is not said.
std::filesystem::path pluginPath();

/// The same with modules/mod_made_up_moments.lua: stall(), soon() and at_next_command() in the server's
/// shell. Throws Skip where that is not at hand (LIVENESS_E2E_MODULES).
ServerSetup withMoments(ServerSetup setup);

/// A running server with juliet available on it. Every scenario ends with a look into the server's log.
class Stage {
 public:
  explicit Stage(const std::string& options = {}) : Stage(usualSetup(options)) {}
  explicit Stage(const ServerSetup& setup);

  /// With juliet somewhere else in the network than the server.
  Stage(const ServerSetup& setup, const Endpoint& contact_from);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  ProsodyServer server;
  XmppClient contact;

  static constexpr const char* kUser = "romeo@localhost";
  static std::string jid(const std::string& resource) { return std::string(kUser) + "/" + resource; }

  /// romeo, bound and available, and seen by juliet.
  std::unique_ptr<XmppClient> user(const std::string& resource = "phone",
                                   PingReaction reaction = PingReaction::result);

  /// The same, as a client that is all bytes and answers nothing.
  std::unique_ptr<RawClient> rawUser(const std::string& resource = "phone");

  /// Waits for the contact's `nth` unavailable presence from a full JID, and checks that it is the last one.
  SeenPresence departure(const std::string& full_jid, std::size_t nth = 1, milliseconds deadline = kPatience);

  /// Checks that the contact has got no unavailable presence from a full JID, nor gets one in a while.
  void noDeparture(const std::string& full_jid, milliseconds in = kQuiet);

  /// Waits for romeo's record with this cause, and checks what is true of every record.
  StoredLastSeen record(const std::string& cause, milliseconds deadline = kPatience);
  StoredLastSeen record(const std::string& bare_jid, const std::string& cause,
                        milliseconds deadline = kPatience);

  /// What is on record of why romeo timed out: network_gone, client_silent, or nothing.
  std::string evidence() const;

  /// Waits until everything that was put on record so far is on disk. The store keeps the order: so mercutio
  /// comes and goes, and when that is on disk, the rest is.
  void settleRecords();

  /// module:load, :reload or :unload of the plugin on localhost. Answers with what the shell says.
  std::string module(const std::string& verb) const;

  /// The shell's table of romeo's sessions.
  std::string userSessions() const;

  /// Waits until a session of the user is held.
  void awaitHeld() const;

 private:
  int settled_ = 0;
};

void checkNear(UtcMillis measured, UtcMillis expected, milliseconds tolerance = kTolerance);

/// Something took as long as expected: never less, but for the tolerance, and hardly more.
void checkNear(SteadyClock::duration measured, milliseconds expected, milliseconds tolerance = kTolerance);

/// How often a text stands in another.
std::size_t countOf(const std::string& text, const std::string& in);

}  // namespace liveness::e2e
