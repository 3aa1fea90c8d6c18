// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/gloox_session.h"

#include <gloox/delayeddelivery.h>
#include <gloox/error.h>
#include <gloox/event.h>
#include <gloox/message.h>
#include <gloox/presence.h>

namespace liveness::support {
namespace {

std::string streamErrorName(gloox::StreamError error) {
  switch (error) {
    case gloox::StreamErrorConnectionTimeout:
      return "connection-timeout";
    case gloox::StreamErrorConflict:
      return "conflict";
    case gloox::StreamErrorSystemShutdown:
      return "system-shutdown";
    case gloox::StreamErrorPolicyViolation:
      return "policy-violation";
    default:
      return "stream error " + std::to_string(error);
  }
}

SeenPresence describe(const gloox::Presence& presence) {
  SeenPresence seen{SteadyClock::now(), presence.from().full(), "available", {}, presence.status(), false};
  switch (presence.presence()) {
    case gloox::Presence::Available:
      break;
    case gloox::Presence::Chat:
      seen.show = "chat";
      break;
    case gloox::Presence::Away:
      seen.show = "away";
      break;
    case gloox::Presence::DND:
      seen.show = "dnd";
      break;
    case gloox::Presence::XA:
      seen.show = "xa";
      break;
    case gloox::Presence::Unavailable:
      seen.type = "unavailable";
      break;
    default:
      seen.type = "other";
  }
  seen.delayed = presence.findExtension(gloox::ExtDelay) != nullptr;
  return seen;
}

}  // namespace

GlooxSession::GlooxSession(const Endpoint& endpoint, const Login& login, SeenLog& seen,
                           GlooxConnection::Sent sent)
    : seen_(seen),
      client_(gloox::JID(login.fullJid()), login.password),
      connection_(new GlooxConnection(&client_, endpoint, std::move(sent))) {
  client_.setConnectionImpl(connection_);
  client_.setTls(gloox::TLSDisabled);
  client_.setCompression(false);
  client_.disableRoster();
  client_.registerStanzaExtension(new gloox::DelayedDelivery());
  client_.registerConnectionListener(this);
  client_.registerPresenceHandler(this);
  client_.registerMessageHandler(this);
  client_.removeIqHandler(&client_, gloox::ExtPing);  // gloox would answer every ping itself
  client_.registerIqHandler(this, gloox::ExtPing);
}

void GlooxSession::ping() {
  client_.xmppPing(gloox::JID(client_.jid().server()), this);
}

void GlooxSession::onConnect() {
  seen_.change([](Seen& seen) { seen.connected = true; });
}

void GlooxSession::onDisconnect(gloox::ConnectionError error) {
  const auto condition = error == gloox::ConnStreamError ? streamErrorName(client_.streamError()) : "";
  seen_.change([&](Seen& seen) {
    seen.connected = false;
    seen.stream_error = condition;
  });
}

void GlooxSession::handlePresence(const gloox::Presence& presence) {
  seen_.change([&](Seen& seen) { seen.presences.push_back(describe(presence)); });
}

void GlooxSession::handleMessage(const gloox::Message& message, gloox::MessageSession*) {
  seen_.change([&](Seen& seen) { seen.messages.push_back({message.from().full(), message.body()}); });
}

bool GlooxSession::handleIq(const gloox::IQ& iq) {
  if (iq.subtype() != gloox::IQ::Get) return false;
  seen_.change([&](Seen& seen) { seen.pings.push_back({SteadyClock::now(), iq.from().full()}); });
  switch (reaction_) {
    case PingReaction::result: {
      gloox::IQ answer(gloox::IQ::Result, iq.from(), iq.id());
      client_.send(answer);
      break;
    }
    case PingReaction::error: {
      gloox::IQ answer(gloox::IQ::Error, iq.from(), iq.id());
      answer.addExtension(
          new gloox::Error(gloox::StanzaErrorTypeCancel, gloox::StanzaErrorFeatureNotImplemented));
      client_.send(answer);
      break;
    }
    case PingReaction::whitespace:
      connection_->send(" ");
      break;
    case PingReaction::partial_stanza:
      connection_->send(partial_begun_ ? " and more"
                                       : "<message to='" + client_.jid().bare() + "'><body>a piece");
      partial_begun_ = true;
      break;
    case PingReaction::none:
      break;
  }
  return true;
}

void GlooxSession::handleEvent(const gloox::Event& event) {
  if (event.eventType() == gloox::Event::PingPong || event.eventType() == gloox::Event::PingError)
    seen_.change([&](Seen&) { ++pongs_; });
}

}  // namespace liveness::support
