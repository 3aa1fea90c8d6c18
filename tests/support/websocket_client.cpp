// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/websocket_client.h"

#include <stdexcept>

namespace liveness::support {
namespace {

std::string bigEndian(std::uint64_t number, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>((number >> shift) & 0xFF);
  return out;
}

}  // namespace

WebSocketClient::WebSocketClient(const Endpoint& http, const std::string& domain) : socket_(http) {
  socket_.send("GET /xmpp-websocket HTTP/1.1\r\nHost: " + domain +
               "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: " +
               base64("sixteen letters.") + "\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n");
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    const auto bytes = socket_.receive(kPatience);
    if (!bytes || bytes->empty()) throw std::runtime_error("no WebSocket handshake: " + buffer_);
    buffer_ += *bytes;
  }
  if (buffer_.compare(0, 12, "HTTP/1.1 101") != 0) throw std::runtime_error("no WebSocket: " + buffer_);
  buffer_.erase(0, end + 4);
}

void WebSocketClient::open(const std::string& domain, bool /*anew*/) {
  send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' to='" + domain + "'/>");
}

// A client masks what it sends (RFC 6455 section 5.3). The key may be anything; zero leaves the text readable
// in a capture.
void WebSocketClient::sendFrame(std::uint8_t opcode, const std::string& payload) {
  constexpr std::uint8_t masked = 0x80;
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(masked | payload.size());
  } else if (payload.size() < 65536) {
    frame += static_cast<char>(masked | 126) + bigEndian(payload.size(), 2);
  } else {
    frame += static_cast<char>(masked | 127) + bigEndian(payload.size(), 8);
  }
  socket_.send(frame + std::string(4, '\0') + payload);
}

bool WebSocketClient::takeFrame() {
  if (buffer_.size() < 2) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(buffer_[i]); };
  std::uint64_t size = byte(1) & 0x7F;
  const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (buffer_.size() < 2 + wide) return false;
  if (wide != 0) size = 0;
  for (std::size_t i = 0; i < wide; ++i) size = (size << 8) | byte(2 + i);
  if (buffer_.size() < 2 + wide + size) return false;
  const auto opcode = byte(0) & 0x0F;
  if (opcode == kText) take(buffer_.substr(2 + wide, size));
  if (opcode == kClose) end();
  buffer_.erase(0, 2 + wide + size);
  return true;
}

void WebSocketClient::pump(milliseconds deadline) {
  const auto bytes = socket_.receive(deadline);
  if (!bytes) return;
  if (bytes->empty()) return end();
  buffer_ += *bytes;
  while (takeFrame()) {
  }
}

}  // namespace liveness::support
