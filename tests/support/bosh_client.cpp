// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/bosh_client.h"

#include <algorithm>

#include "support/stanza_splitter.h"

namespace liveness::support {
namespace {

/// Whether an HTTP response has come whole. The header's Content-Length is all that Prosody uses.
bool isWhole(const std::string& response) {
  const auto body = response.find("\r\n\r\n");
  if (body == std::string::npos) return false;
  auto header = response.substr(0, body);
  std::transform(header.begin(), header.end(), header.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto at = header.find("content-length:");
  return at != std::string::npos && response.size() - body - 4 >= std::stoul(header.substr(at + 15));
}

}  // namespace

BoshClient::BoshClient(Endpoint http, std::string domain, std::chrono::seconds wait)
    : http_(std::move(http)), domain_(std::move(domain)), wait_(wait) {}

void BoshClient::open(const std::string& domain, bool anew) {
  const auto to = " to='" + domain + "' xml:lang='en' xmlns:xmpp='urn:xmpp:xbosh'";
  if (anew) return request(to + " xmpp:restart='true'", "");
  request(to + " ver='1.6' hold='1' xmpp:version='1.0' wait='" + std::to_string(wait_.count()) + "'", "");
  // Nothing can be asked before the session has a name.
  const auto end = SteadyClock::now() + kPatience;
  while (sid_.empty() && !ended() && SteadyClock::now() < end) pump(milliseconds{200});
}

void BoshClient::send(const std::string& stanza) {
  request("", withNamespace(stanza));
}

void BoshClient::poll() {
  request("", "");
}

void BoshClient::terminate() {
  request(" type='terminate'", "");
}

void BoshClient::request(const std::string& attributes, const std::string& content) {
  std::string body = "<body xmlns='http://jabber.org/protocol/httpbind' rid='" + std::to_string(++rid_) + "'";
  if (!sid_.empty()) body += " sid='" + sid_ + "'";
  body += attributes + ">" + content + "</body>";
  open_.push_back({TcpSocket(http_), {}});
  open_.back().socket.send("POST /http-bind HTTP/1.1\r\nHost: " + domain_ +
                           "\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
}

void BoshClient::pump(milliseconds deadline) {
  if (open_.empty()) {
    if (sid_.empty()) return end();
    poll();
  }
  auto& oldest = open_.front();  // answered in order
  const auto bytes = oldest.socket.receive(deadline);
  if (!bytes) return;
  oldest.response += *bytes;
  if (!bytes->empty() && !isWhole(oldest.response)) return;
  const auto response = std::move(oldest.response);
  open_.pop_front();
  takeBody(response);
}

void BoshClient::takeBody(const std::string& response) {
  const auto begin = response.find("<body");
  if (begin == std::string::npos) return end();
  const auto body = response.substr(begin);
  if (sid_.empty()) sid_ = attribute(body, "sid");
  const auto content = body.find('>') + 1;
  const auto close = body.rfind("</body>");
  if (close != std::string::npos && close > content) {
    StanzaSplitter splitter;
    splitter.feed(std::string_view(body).substr(content, close - content));
    while (auto stanza = splitter.next()) take(*std::move(stanza));
  }
  if (attribute(body, "type") == "terminate") end();
}

}  // namespace liveness::support
