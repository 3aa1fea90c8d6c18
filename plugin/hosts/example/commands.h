// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Step 1: what the plugin may ask of your server. Continue with direct_host.h.
#pragma once

#include <string>
#include <utility>

#include "hosts/example/chat_server.h"
#include "liveness/host.h"

namespace liveness::hosts::example {

/// The commands of liveness::Host, carried out on the server. A command may be late: the session that it is
/// about may have ended, come back on another connection, or be held by now. It looks the session up by its
/// SessionId, which never names another one, and does nothing where there is none.
class Commands {
 public:
  Commands(ChatServer& server, std::string domain) : server_(server), domain_(std::move(domain)) {}

  const std::string& domain() const noexcept { return domain_; }

  void probe(SessionId id, const Probe& probe);
  void broadcast(const std::string& full_jid, const Presence& presence, Audience audience);
  void showHeld(SessionId id, const HeldView& view);
  void showAgain(SessionId id);
  void closeStream(SessionId id, StreamError error);
  void endSession(SessionId id);
  Wire wire(SessionId id, std::chrono::milliseconds since) const;

  /// nullptr: it has ended.
  Session* find(SessionId id) const;

  std::string fullJid(const std::string& user, const std::string& resource) const;

 private:
  ChatServer& server_;
  const std::string domain_;
};

}  // namespace liveness::hosts::example
