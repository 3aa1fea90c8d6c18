// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/load_client.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "support/xmpp_stream.h"

namespace liveness::support {
namespace {

constexpr std::string_view kQuestion = "echo-please-";
constexpr std::string_view kEcho = "echo-of-";

bool startsWith(std::string_view text, std::string_view begin) {
  return text.substr(0, begin.size()) == begin;
}

bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

std::string nowAsText() {
  return std::to_string(SteadyClock::now().time_since_epoch().count());
}

}  // namespace

LoadClient::LoadClient(const Endpoint& endpoint, LoadLogin login)
    : login_(std::move(login)), socket_(endpoint) {
  openStream();
}

void LoadClient::openStream() {
  send(
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
      "to='" +
      login_.domain + "'>");
}

void LoadClient::send(std::string_view bytes) {
  if (silent_ || state_ == State::ended) return;
  spoke_at_ = SteadyClock::now();
  unsent_ += bytes;
  handleWritable();
}

void LoadClient::handleWritable() {
  while (!unsent_.empty() && state_ != State::ended) {
    const auto sent = ::send(fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (sent <= 0) return end("the connection broke");
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
}

void LoadClient::handleReadable() {
  std::array<char, 16384> buffer;
  while (state_ != State::ended) {
    const auto got = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return end("the server closed the connection");
    splitter_.feed({buffer.data(), static_cast<std::size_t>(got)});
    while (auto stanza = splitter_.next()) {
      if (state_ == State::negotiating)
        negotiate(*stanza);
      else if (state_ == State::online)
        handle(*stanza);
    }
    if (static_cast<std::size_t>(got) < buffer.size()) return;  // that was all: spares a system call
  }
}

void LoadClient::negotiate(const std::string& stanza) {
  if (startsWith(stanza, "<?") || startsWith(stanza, "<stream:stream")) return;
  switch (step_) {
    case Step::mechanisms:
      if (!contains(stanza, "<mechanism>PLAIN</mechanism>")) return end("no PLAIN is offered: " + stanza);
      send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" +
           base64(std::string(1, '\0') + login_.username + std::string(1, '\0') + login_.password) +
           "</auth>");
      step_ = Step::success;
      return;
    case Step::success:
      if (!startsWith(stanza, "<success")) return end("cannot authenticate: " + stanza);
      openStream();
      step_ = Step::bind;
      return;
    case Step::bind:
      if (!contains(stanza, "urn:ietf:params:xml:ns:xmpp-bind")) return end("no bind is offered: " + stanza);
      send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" +
           login_.resource + "</resource></bind></iq>");
      step_ = Step::jid;
      return;
    case Step::jid: {
      const auto begin = stanza.find("<jid>");
      if (begin == std::string::npos) return end("cannot bind: " + stanza);
      full_jid_ = stanza.substr(begin + 5, stanza.find("</jid>") - begin - 5);
      if (!login_.stream_management) return goOnline();
      send(login_.resumable ? "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"
                            : "<enable xmlns='urn:xmpp:sm:3'/>");
      step_ = Step::enabled;
      return;
    }
    case Step::enabled:
      if (!startsWith(stanza, "<enabled")) return end("cannot enable XEP-0198: " + stanza);
      counting_ = true;
      return goOnline();
    case Step::done:
      return;
  }
}

void LoadClient::goOnline() {
  send("<presence/>");
  step_ = Step::done;
  state_ = State::online;
}

void LoadClient::handle(const std::string& stanza) {
  const bool iq = startsWith(stanza, "<iq");
  const bool message = startsWith(stanza, "<message");
  if (counting_ && (iq || message || startsWith(stanza, "<presence"))) ++handled_;
  if (iq) {
    handleIq(stanza);
  } else if (message) {
    handleMessage(stanza);
  } else if (startsWith(stanza, "<r ") || startsWith(stanza, "<r/")) {
    if (!silent_) ++requests_answered_;
    send("<a xmlns='urn:xmpp:sm:3' h='" + std::to_string(handled_) + "'/>");
  } else if (startsWith(stanza, "<stream:error")) {
    farewell_ = stanza;
  } else if (startsWith(stanza, "</stream")) {
    end("the server closed the stream");
  }
}

void LoadClient::handleIq(const std::string& stanza) {
  if (attribute(stanza, "type") != "get") return;
  if (!silent_) ++pings_answered_;
  send("<iq type='result' id='" + attribute(stanza, "id") + "' to='" + attribute(stanza, "from") + "'/>");
}

void LoadClient::handleMessage(const std::string& stanza) {
  const auto id = attribute(stanza, "id");
  if (startsWith(id, kQuestion)) {
    send("<message type='chat' to='" + attribute(stanza, "from") + "' id='" + std::string(kEcho) +
         id.substr(kQuestion.size()) + "'><body>so you said</body></message>");
  } else if (startsWith(id, kEcho) && on_echo_ && !silent_) {
    const SteadyClock::duration asked{std::strtoll(id.c_str() + kEcho.size(), nullptr, 10)};
    on_echo_(SteadyClock::now().time_since_epoch() - asked);
  }
}

void LoadClient::chat(const std::string& to) {
  send("<message type='chat' to='" + to + "' id='" + std::string(kQuestion) + nowAsText() +
       "'><body>what I wanted to say</body></message>");
}

void LoadClient::end(std::string_view why) {
  if (state_ == State::ended) return;
  if (state_ == State::negotiating) problem_ = why;
  state_ = State::ended;
  ended_at_ = SteadyClock::now();
  unsent_.clear();
  socket_.close();
}

}  // namespace liveness::support
