// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/example/commands.h"

#include "hosts/tcp_info.h"

namespace liveness::hosts::example {

// On an XMPP server: Probe::Kind::ping is XEP-0199's to the full JID, Probe::Kind::ack_request is XEP-0198's
// <r/>. This protocol has one way to ask, so both are that.
void Commands::probe(SessionId id, const Probe& probe) {
  Session* session = find(id);
  // Never into the queue of a held one: it would be answered much later, and measure nothing.
  if (session != nullptr && session->connection != nullptr)
    server_.send(*session, "ping " + std::to_string(probe.number));
}

// The session may be gone, which is the usual reason for this: so it comes by name.
void Commands::broadcast(const std::string& full_jid, const Presence& presence, Audience audience) {
  if (audience == Audience::directed_only) return;  // this protocol has no directed presence
  const std::size_t at = full_jid.find('@'), slash = full_jid.find('/');
  server_.tellOthers(full_jid.substr(0, at) + full_jid.substr(slash),
                     (presence.available ? "here " : "gone ") + presence.status);
}

// Broadcast now, and shown from now on to whoever asks or comes: chat_server.cpp shows Session::shown where
// it would show the client's own words.
void Commands::showHeld(SessionId id, const HeldView& view) {
  Session* session = find(id);
  if (session == nullptr || !session->words) return;
  session->shown = view.available ? "away " + *session->words : "gone";
  server_.tellOthers(session->user + '/' + session->resource, *session->shown);
}

void Commands::showAgain(SessionId id) {
  Session* session = find(id);
  if (session == nullptr || !session->shown) return;
  session->shown.reset();
  server_.tellOthers(session->user + '/' + session->resource, "here " + session->words.value_or(""));
}

// What comes of it is told as whatever it is, by Adapter::onHeld() or onEnded(): before this returns, which
// the plugin is prepared for.
void Commands::closeStream(SessionId id, StreamError error) {
  Session* session = find(id);
  if (session == nullptr) return;
  switch (error) {
    case StreamError::connection_timeout:
      server_.drop(*session, "you were not heard for too long");
  }
}

void Commands::endSession(SessionId id) {
  if (Session* session = find(id)) server_.end(*session, "an operator ended this", Ending::kicked);
}

// Optional. It makes the difference between "network_gone" and "client_silent" on record.
Wire Commands::wire(SessionId id, std::chrono::milliseconds since) const {
  const Session* session = find(id);
  if (session == nullptr || session->connection == nullptr) return Wire::unknown;
  return TcpConnection{session->connection->fd}.ask(since);
}

Session* Commands::find(SessionId id) const {
  for (Session* session : server_.sessions())  // a real server has an index
    if (session->id == id) return session;
  return nullptr;
}

std::string Commands::fullJid(const std::string& user, const std::string& resource) const {
  return user + '@' + domain_ + '/' + resource;
}

}  // namespace liveness::hosts::example
