// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/eventually.h"

namespace liveness::support {

/// One stanza as it came, and when.
struct Received {
  SteadyClock::time_point at;
  std::string xml;
  bool contains(std::string_view text) const { return xml.find(text) != std::string::npos; }
};

/// An XMPP client that is all bytes: it says what it is told, and answers nothing by itself. Over TCP,
/// WebSocket or BOSH, which only differ in what carries the stanzas. Everything happens on the caller's
/// thread, while it waits for something.
class XmppStream {
 public:
  virtual ~XmppStream() = default;

  /// Authenticates with PLAIN and binds, without a presence. Throws std::runtime_error with what the server
  /// said if that fails.
  void logIn(const std::string& username, const std::string& password, const std::string& domain,
             const std::string& resource);

  /// As logIn(), but stops before the resource is bound: for resuming.
  void authenticate(const std::string& username, const std::string& password, const std::string& domain);

  /// As logIn(), without an account (SASL ANONYMOUS): the server gives the name.
  void logInAnonymously(const std::string& domain, const std::string& resource);

  virtual void send(const std::string& stanza) = 0;

  /// Waits for a stanza that `matches`, skipping others; nullopt after the deadline or at the stream's end.
  using Matches = std::function<bool(const Received&)>;
  std::optional<Received> expect(const Matches& matches, milliseconds deadline = kPatience);

  /// The same for a stanza that holds a text.
  std::optional<Received> expect(const std::string& text, milliseconds deadline = kPatience);

  /// Sends a ping to the server and waits for the answer: all that the server had sent before it has come.
  bool roundTrip();

  /// Reads for as long as it is told, or to the stream's end.
  void listen(milliseconds span);

  /// Reads to the stream's end: false where none comes.
  bool awaitEnd(milliseconds deadline = kPatience);

  /// Everything so far, in order.
  const std::vector<Received>& received() const noexcept { return received_; }
  std::vector<Received> receivedThat(const std::string& contains) const;
  bool ended() const noexcept { return ended_; }  ///< the server has closed it

  const std::string& fullJid() const noexcept { return full_jid_; }

 protected:
  /// Opens the stream, or opens it anew after authentication.
  virtual void open(const std::string& domain, bool anew) = 0;

  /// Waits for whole stanzas and hands them to take(); calls end() when the transport has ended.
  virtual void pump(milliseconds deadline) = 0;

  void take(std::string xml) { received_.push_back({SteadyClock::now(), std::move(xml)}); }
  void end() noexcept { ended_ = true; }

 private:
  std::vector<Received> received_;
  std::size_t seen_ = 0;  ///< how many of received_ expect() has passed
  bool ended_ = false;
  void authenticateBy(const std::string& mechanism, const std::string& response, const std::string& domain);
  void bind(const std::string& resource);

  std::string domain_;
  std::string full_jid_;
};

/// The value of an attribute in the first tag of a stanza; empty where there is none.
std::string attribute(const std::string& xml, const std::string& name);

/// A stanza as it must be written where no stream around it declares the namespace: WebSocket and BOSH.
std::string withNamespace(const std::string& stanza);

std::string base64(std::string_view bytes);

}  // namespace liveness::support
