// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Not part of the tutorial but its subject: a small chat server, which stands here for yours. It knows
// nothing of liveness's rules. Read adapter.h first.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "liveness/heard.h"
#include "liveness/session.h"

namespace liveness::hosts::example {

/// A TCP connection that speaks in lines, with or without somebody logged in on it.
struct Connection {
  int fd = -1;
  std::string in;   ///< what has arrived of a line that is not whole yet
  std::string out;  ///< what the socket has not taken yet
  struct Session* session = nullptr;
};

/// Somebody who logged in with a resource.
struct Session {
  std::string user, resource;
  bool keeps = false;  ///< wants to resume after the connection was lost
  std::optional<std::string>
      words;  ///< what they told everybody when they came; none: they have not, or went
  std::optional<std::string>
      shown;  ///< what everybody sees instead, of one that is held ("gone", "away ...")
  Connection* connection = nullptr;  ///< none: held, or ended
  std::deque<std::string> queue;     ///< what was said to one that is held
  std::chrono::steady_clock::time_point held_until;
  bool ended = false;

  // Places for whoever watches, as every server has somewhere.
  SessionId id;
  Heard heard;
  std::optional<UtcTime> last_heard, held_since;  ///< what one that goes leaves to the next one
};

/// How a session ended.
enum class Ending : std::uint8_t { lost, quit, replaced, hold_over, kicked };

/// Where others may hook in. May call the server back.
class Watcher {
 public:
  virtual ~Watcher() = default;

  virtual void onBytes(Session& session) = 0;  ///< something arrived, at most once for each read
  virtual void onLogin(Session& session) = 0;
  virtual void onPresence(Session& session, const std::string& last_words) = 0;  ///< session.words is new
  virtual void onPong(Session& session, std::uint32_t number) = 0;
  virtual void onHeld(Session& session) = 0;
  virtual void onResumed(Session& session) = 0;
  virtual void onEnded(Session& session, Ending why) = 0;

  // Questions and orders that are for whoever watches. There are no operators here: everybody is one.
  virtual void onLastAsked(Session& session, const std::string& user) = 0;
  virtual void onSessionsAsked(Session& session) = 0;
  virtual void onProbeOrdered(const std::string& user, const std::string& resource) = 0;
  virtual void onKickOrdered(const std::string& user, const std::string& resource) = 0;
};

/// One room in which everybody sees everybody. A client says, a line each:
///
///     login USER RESOURCE [keep]     resume USER RESOURCE     quit
///     here [WORDS]     gone [WORDS]     say USER TEXT     pong NUMBER
///     last USER     sessions     probe USER RESOURCE     kick USER RESOURCE
///
/// and hears `welcome`, `resumed`, `see USER/RESOURCE here|away|gone [WORDS]`, `said USER/RESOURCE TEXT`,
/// `ping NUMBER`, `last USER ...`, `session ...`, `bye REASON` and `error TEXT`. There are no passwords: it
/// is for loopback.
class ChatServer {
 public:
  ChatServer(std::uint16_t port, std::chrono::seconds hold);
  ~ChatServer();
  ChatServer(const ChatServer&) = delete;
  ChatServer& operator=(const ChatServer&) = delete;

  /// May be changed between two rounds; nullptr: nobody watches.
  void watch(Watcher* watcher) noexcept { watcher_ = watcher; }

  /// One round: waits for at most so long, then does what there is to do.
  void serve(std::chrono::milliseconds longest);

  /// Those who have not ended, the held ones included.
  std::vector<Session*> sessions();

  void send(Session& session, const std::string& line);

  /// Everybody else who is here reads that this one (user/resource) is now so: "here ...", "gone ...".
  void tellOthers(const std::string& who, const std::string& state);

  /// Takes the connection away. A session that may resume is held, another one ends (Ending::lost).
  void drop(Session& session, const std::string& reason);

  /// Ends the session for good, held or not.
  void end(Session& session, const std::string& reason, Ending why);

 private:
  void accept();
  bool read(Connection& connection);
  void write(Connection& connection);
  void handle(Connection& connection, const std::string& line);
  void logIn(Connection& connection, const std::string& user, const std::string& resource, bool keeps);
  void resume(Connection& connection, const std::string& user, const std::string& resource);
  void present(Session& session, bool here, const std::string& words);
  bool ask(Session& session, const std::string& what, std::string rest);
  void say(const Session& from, const std::string& user, const std::string& text);
  void lose(Session& session);
  void detach(Session& session, const std::string& reason);
  void endOverdueHolds();
  void sweep();
  Session* find(const std::string& user, const std::string& resource);

  int listener_ = -1;
  std::chrono::seconds hold_;
  Watcher* watcher_ = nullptr;
  std::list<Connection> connections_;
  std::list<Session>
      sessions_;  // ended ones stay until the round is over: somebody may be in the middle of one
};

}  // namespace liveness::hosts::example
