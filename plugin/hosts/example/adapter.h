// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How to add a server to liveness, by the example of a small one. Read in this order:
//
//     include/liveness/host.h    what an adapter implements and emits
//     commands.h, commands.cpp   step 1: the plugin's commands, on this server
//     direct_host.h              step 2: the Host, in one of two styles
//     adapter.h, adapter.cpp     steps 3 to 7: beginning, hearing, telling, ticking, ending
//     main.cpp                   where the server calls it
//
// ../README.md has the checklist for a server of your own. An adapter translates; no rule of liveness is in
// here: who is asked when, who is logged out, what is on record is the plugin's business.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "hosts/example/chat_server.h"
#include "hosts/example/commands.h"
#include "hosts/queued_host.h"
#include "liveness/plugin.h"

namespace liveness::hosts::example {

/// The adapter of one served domain. Everything in it, and all calls to it, are of the server's one thread.
/// The server outlives it; its sessions do too, where the adapter is taken out of a running server.
class Adapter final : public Watcher {
 public:
  enum class Style { at_once, queued };

  struct Setup {
    std::string domain;
    Options options;            ///< as they stand in the server's configuration
    std::string default_store;  ///< where nobody set the option `store`
    std::string spool;          ///< a file for records that a database which is away cannot take at the end
    Style style = Style::at_once;
  };

  /// Takes over the sessions that are there. Throws OptionError or store::StoreError, before anything of the
  /// server was touched. Starts a thread: not before the server has forked for the last time.
  Adapter(ChatServer& server, const Setup& setup);

  /// Out of a server that goes on serving: nobody is logged out. Blocks until everything is on disk.
  ~Adapter() override;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  /// How long the server may wait for other things before tick(). Never more than a second.
  std::chrono::milliseconds untilTick() const;

  void tick();

  /// The server stops: everybody is logged out on record. Only the destructor may follow.
  void stop();

  void onBytes(Session& session) override;
  void onLogin(Session& session) override;
  void onPresence(Session& session, const std::string& last_words) override;
  void onPong(Session& session, std::uint32_t number) override;
  void onHeld(Session& session) override;
  void onResumed(Session& session) override;
  void onEnded(Session& session, Ending why) override;
  void onLastAsked(Session& session, const std::string& user) override;
  void onSessionsAsked(Session& session) override;
  void onProbeOrdered(const std::string& user, const std::string& resource) override;
  void onKickOrdered(const std::string& user, const std::string& resource) override;

 private:
  std::unique_ptr<Host> makeHost(Style style);
  void adopt(Session& session);
  void open(Session& session);
  void present(const Session& session, const std::string& last_words);
  void requestTick(std::chrono::milliseconds delay);
  void carryOut();
  void carryOut(const QueuedHost::Action& action);
  void log();

  // In the order in which they are needed, so that they go in the reverse of it: the plugin borrows the other
  // two.
  ChatServer& server_;
  Commands commands_;
  std::unique_ptr<Host> host_;
  QueuedHost* queued_ = nullptr;  // the same, in that style
  std::unique_ptr<Store> store_;
  std::unique_ptr<Plugin> plugin_;

  MonotonicTime next_tick_{};
  bool carrying_out_ = false;
};

}  // namespace liveness::hosts::example
