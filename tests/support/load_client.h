// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "support/stanza_splitter.h"
#include "support/tcp_socket.h"

namespace liveness::support {

/// Who a LoadClient is.
struct LoadLogin {
  std::string username;
  std::string resource = "load";
  std::string domain = "localhost";
  std::string password = "secret";
  bool stream_management = false;  ///< enables XEP-0198
  bool resumable = false;          ///< and asks for its session to be kept
};

/// One of thousands of clients in a process: a connection that never blocks, and that does of XMPP over plain
/// TCP what a server load needs. It logs in (PLAIN, bind, XEP-0198 if wanted, presence), answers pings and
/// XEP-0198 requests, echoes messages that ask for it, and can fall silent with its connection standing.
class LoadClient {
 public:
  enum class State : std::uint8_t { negotiating, online, ended };

  /// What became of a message that chat() sent: its round trip.
  using OnEcho = std::function<void(SteadyClock::duration)>;

  /// Connects and begins to log in. Throws std::runtime_error if the server does not take the connection.
  LoadClient(const Endpoint& endpoint, LoadLogin login);

  int fd() const noexcept { return socket_.fd(); }
  State state() const noexcept { return state_; }
  SteadyClock::time_point endedAt() const noexcept { return ended_at_; }
  SteadyClock::time_point spokeAt() const noexcept { return spoke_at_; }  ///< sent its last byte
  const std::string& problem() const noexcept { return problem_; }        ///< why it could not log in
  const std::string& farewell() const noexcept { return farewell_; }      ///< the server's stream error
  const std::string& fullJid() const noexcept { return full_jid_; }

  /// Reads and answers what has come.
  void handleReadable();

  /// Sends what the socket did not take before.
  void handleWritable();
  bool wantsToWrite() const noexcept { return !unsent_.empty(); }

  /// From now on not a byte is sent, whatever comes.
  void fallSilent() noexcept { silent_ = true; }
  bool silent() const noexcept { return silent_; }

  void sendSpace() { send(" "); }  ///< what clients keep connections alive with

  /// Sends a message that the other, if a LoadClient too, sends back.
  void chat(const std::string& to);
  void onEcho(OnEcho slot) { on_echo_ = std::move(slot); }

  std::uint64_t pingsAnswered() const noexcept { return pings_answered_; }
  std::uint64_t requestsAnswered() const noexcept { return requests_answered_; }  ///< of XEP-0198

 private:
  enum class Step : std::uint8_t { mechanisms, success, bind, jid, enabled, done };

  void send(std::string_view bytes);
  void openStream();
  void negotiate(const std::string& stanza);
  void goOnline();
  void handle(const std::string& stanza);
  void handleIq(const std::string& stanza);
  void handleMessage(const std::string& stanza);
  void end(std::string_view why);

  LoadLogin login_;
  TcpSocket socket_;
  StanzaSplitter splitter_;
  std::string unsent_;
  std::string full_jid_;
  std::string problem_;
  std::string farewell_;
  OnEcho on_echo_;
  SteadyClock::time_point ended_at_{};
  SteadyClock::time_point spoke_at_{};
  std::uint64_t pings_answered_ = 0;
  std::uint64_t requests_answered_ = 0;
  std::uint32_t handled_ = 0;  // stanzas, as XEP-0198 counts them
  Step step_ = Step::mechanisms;
  State state_ = State::negotiating;
  bool counting_ = false;
  bool silent_ = false;
};

}  // namespace liveness::support
