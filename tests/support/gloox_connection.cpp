// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/gloox_connection.h"

#include <stdexcept>

namespace liveness::support {

gloox::ConnectionError GlooxConnection::connect() {
  try {
    socket_ = TcpSocket(endpoint_);
  } catch (const std::runtime_error&) {
    return gloox::ConnConnectionRefused;
  }
  m_state = gloox::StateConnected;
  m_handler->handleConnect(this);
  return gloox::ConnNoError;
}

gloox::ConnectionError GlooxConnection::recv(int timeout_microseconds) {
  const auto bytes = socket_.receive(milliseconds{timeout_microseconds / 1000});
  if (!bytes) return gloox::ConnNoError;
  if (!bytes->empty()) {
    m_handler->handleReceivedData(this, *bytes);
    return gloox::ConnNoError;
  }
  socket_.close();
  if (m_state == gloox::StateDisconnected) return gloox::ConnNotConnected;
  m_state = gloox::StateDisconnected;
  m_handler->handleDisconnect(this, gloox::ConnStreamClosed);
  return gloox::ConnStreamClosed;
}

bool GlooxConnection::send(const std::string& data) {
  const bool sent = socket_.send(data);
  if (sent) sent_();
  return sent;
}

gloox::ConnectionError GlooxConnection::receive() {
  auto result = gloox::ConnNoError;
  while (result == gloox::ConnNoError) result = recv(1000000);
  return result;
}

void GlooxConnection::disconnect() {
  socket_.close();
  m_state = gloox::StateDisconnected;
}

void GlooxConnection::cleanup() {
  disconnect();
}

void GlooxConnection::getStatistics(long int& total_in, long int& total_out) {
  total_in = total_out = 0;
}

gloox::ConnectionBase* GlooxConnection::newInstance() const {
  return new GlooxConnection(m_handler, endpoint_, sent_);  // gloox takes ownership
}

}  // namespace liveness::support
