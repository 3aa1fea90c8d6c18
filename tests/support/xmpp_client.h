// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/eventually.h"
#include "support/stored_last_seen.h"
#include "support/tcp_socket.h"

namespace liveness::support {

struct Login {
  std::string username;
  std::string resource = "phone";
  std::string domain = "localhost";
  std::string password = "secret";
  std::string bareJid() const { return username + "@" + domain; }
  std::string fullJid() const { return bareJid() + "/" + resource; }
};

/// What a client does when it is pinged.
enum class PingReaction {
  result,
  error,
  whitespace,      ///< one space, and nothing else
  partial_stanza,  ///< a piece of a message that never ends
  none,
};

struct SeenPresence {
  SteadyClock::time_point at;
  std::string from;
  std::string type;  ///< "available" where the stanza has none
  std::string show;
  std::string status;
  bool delayed = false;
};

struct SeenPing {
  SteadyClock::time_point at;
  std::string from;
};

struct SeenMessage {
  std::string from;
  std::string body;
};

/// What has come to a client, copied out.
struct Seen {
  std::vector<SeenPresence> presences;
  std::vector<SeenPing> pings;
  std::vector<SeenMessage> messages;
  bool connected = false;
  std::string stream_error;  ///< its condition, where the server closed with one

  /// Presences from a full JID, in order; with `type`, only those.
  std::vector<SeenPresence> from(const std::string& full_jid, const std::string& type = {}) const;
};

/// A real client (gloox) on a thread of its own. Bound after construction, but not available: nobody has been
/// told anything yet. Its own methods may be called from one other thread.
class XmppClient {
 public:
  /// Throws std::runtime_error if it cannot log in within ten seconds.
  XmppClient(const Endpoint& endpoint, Login login, PingReaction reaction = PingReaction::result);

  /// Drops the connection (FIN) without a word.
  ~XmppClient();
  XmppClient(const XmppClient&) = delete;
  XmppClient& operator=(const XmppClient&) = delete;

  const Login& login() const noexcept;
  std::string fullJid() const { return login().fullJid(); }

  void available(const std::string& status = {}, const std::string& show = {}, int priority = 0);
  void unavailable(const std::string& status = {});
  void message(const std::string& to, const std::string& body);

  /// Bytes as they are. Whole stanzas, or gloox's own will be broken by them.
  void sendBytes(const std::string& bytes);

  /// Sends a ping to the server and waits for the answer. Everything that the server had sent before is then
  /// in seen(). False if there is none before the deadline.
  bool roundTrip(milliseconds deadline = kPatience);

  void reactToPings(PingReaction reaction);

  /// From now on nothing is read and nothing is sent, while the socket stays open: a client that hangs.
  void goSilent();
  void wake();

  void reset();        ///< RST
  void drop();         ///< FIN, without </stream:stream>
  void halfClose();    ///< FIN of our side; still reads
  void closeStream();  ///< </stream:stream>, without a presence before it; then waits for the server's

  Seen seen() const;

  /// Waits until what has come fulfils `condition`.
  bool waitUntil(const std::function<bool(const Seen&)>& condition, milliseconds deadline = kPatience) const;

  /// Waits for a presence of this kind from a full JID.
  bool sees(const std::string& full_jid, const std::string& type, milliseconds deadline = kPatience) const;

  UtcMillis lastSentAt() const;                    ///< when it last put a byte on the wire
  SteadyClock::time_point lastSentSteady() const;  ///< the same

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace liveness::support
