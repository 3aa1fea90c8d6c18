// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/eventhandler.h>
#include <gloox/iqhandler.h>
#include <gloox/messagehandler.h>
#include <gloox/presencehandler.h>

#include <condition_variable>
#include <mutex>

#include "support/gloox_connection.h"
#include "support/quiet_client.h"
#include "support/xmpp_client.h"

namespace liveness::support {

/// What a client has seen, shared between its thread and the test's.
class SeenLog {
 public:
  template <class Change>
  void change(Change&& change) {
    {
      const std::lock_guard lock(mutex_);
      change(seen_);
    }
    changed_.notify_all();
  }
  Seen copy() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  template <class Condition>
  bool waitUntil(Condition&& condition, milliseconds deadline) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return condition(seen_); });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Seen seen_;
};

/// gloox's half of an XmppClient: lives on the client's thread, writes down what comes, reacts to pings.
class GlooxSession : gloox::ConnectionListener,
                     gloox::PresenceHandler,
                     gloox::MessageHandler,
                     gloox::IqHandler,
                     gloox::EventHandler {
 public:
  GlooxSession(const Endpoint& endpoint, const Login& login, SeenLog& seen, GlooxConnection::Sent sent);

  bool connect() { return client_.connect(false); }
  void receive() { client_.recv(0); }
  gloox::Client& client() noexcept { return client_; }
  GlooxConnection& connection() noexcept { return *connection_; }

  void setReaction(PingReaction reaction) noexcept { reaction_ = reaction; }
  void ping();
  int pongs() const noexcept { return pongs_; }

 private:
  void onConnect() override;
  void onDisconnect(gloox::ConnectionError error) override;
  bool onTLSConnect(const gloox::CertInfo&) override { return true; }
  void handlePresence(const gloox::Presence& presence) override;
  void handleMessage(const gloox::Message& message, gloox::MessageSession*) override;
  bool handleIq(const gloox::IQ& iq) override;
  void handleIqID(const gloox::IQ&, int) override {}
  void handleEvent(const gloox::Event& event) override;

  SeenLog& seen_;
  PingReaction reaction_ = PingReaction::result;
  bool partial_begun_ = false;
  int pongs_ = 0;
  QuietClient client_;
  GlooxConnection* connection_;  // owned by client_
};

}  // namespace liveness::support
