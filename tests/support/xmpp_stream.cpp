// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/xmpp_stream.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdexcept>

namespace liveness::support {
namespace {

bool isLeft(SteadyClock::time_point end) {
  return SteadyClock::now() < end;
}

milliseconds leftUntil(SteadyClock::time_point end) {
  return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(end - SteadyClock::now()));
}

}  // namespace

void XmppStream::authenticate(const std::string& username, const std::string& password,
                              const std::string& domain) {
  authenticateBy("PLAIN", base64(std::string(1, '\0') + username + std::string(1, '\0') + password), domain);
}

void XmppStream::authenticateBy(const std::string& mechanism, const std::string& response,
                                const std::string& domain) {
  domain_ = domain;
  open(domain, false);
  if (!expect("<mechanism>" + mechanism + "</mechanism>"))
    throw std::runtime_error("the server offers no " + mechanism);
  send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + response +
       "</auth>");
  const auto answer = expect("urn:ietf:params:xml:ns:xmpp-sasl");
  if (!answer || !answer->contains("<success"))
    throw std::runtime_error("cannot authenticate: " + (answer ? answer->xml : "no answer"));
  open(domain, true);
  if (!expect("urn:ietf:params:xml:ns:xmpp-bind")) throw std::runtime_error("the server offers no bind");
}

void XmppStream::logIn(const std::string& username, const std::string& password, const std::string& domain,
                       const std::string& resource) {
  authenticate(username, password, domain);
  bind(resource);
}

void XmppStream::logInAnonymously(const std::string& domain, const std::string& resource) {
  authenticateBy("ANONYMOUS", "", domain);
  bind(resource);
}

void XmppStream::bind(const std::string& resource) {
  send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource +
       "</resource></bind></iq>");
  const auto answer = expect([](const Received& r) { return attribute(r.xml, "id") == "bind"; });
  const auto begin = answer ? answer->xml.find("<jid>") : std::string::npos;
  if (begin == std::string::npos)
    throw std::runtime_error("cannot bind: " + (answer ? answer->xml : "no answer"));
  full_jid_ = answer->xml.substr(begin + 5, answer->xml.find("</jid>") - begin - 5);
}

std::optional<Received> XmppStream::expect(const Matches& matches, milliseconds deadline) {
  const auto end = SteadyClock::now() + deadline;
  while (true) {
    while (seen_ < received_.size())
      if (matches(received_[seen_++])) return received_[seen_ - 1];
    if (ended_ || !isLeft(end)) return std::nullopt;
    pump(leftUntil(end));
  }
}

std::optional<Received> XmppStream::expect(const std::string& text, milliseconds deadline) {
  return expect([&](const Received& r) { return r.contains(text); }, deadline);
}

bool XmppStream::roundTrip() {
  static std::atomic<int> serial{0};  // of all streams: a resumed one gets answers of its predecessor again
  const auto id = "roundtrip-" + std::to_string(++serial);
  send("<iq type='get' id='" + id + "' to='" + domain_ + "'><ping xmlns='urn:xmpp:ping'/></iq>");
  return expect([&](const Received& r) { return attribute(r.xml, "id") == id; }).has_value();
}

void XmppStream::listen(milliseconds span) {
  const auto end = SteadyClock::now() + span;
  while (!ended_ && isLeft(end)) pump(leftUntil(end));
}

bool XmppStream::awaitEnd(milliseconds deadline) {
  listen(deadline);
  return ended_;
}

std::vector<Received> XmppStream::receivedThat(const std::string& contains) const {
  std::vector<Received> found;
  std::copy_if(received_.begin(), received_.end(), std::back_inserter(found),
               [&](const Received& r) { return r.contains(contains); });
  return found;
}

std::string attribute(const std::string& xml, const std::string& name) {
  const auto tag = xml.substr(0, xml.find('>'));
  for (const char quote : {'\'', '"'}) {
    const auto key = " " + name + "=" + quote;
    const auto at = tag.find(key);
    if (at == std::string::npos) continue;
    const auto begin = at + key.size();
    return tag.substr(begin, tag.find(quote, begin) - begin);
  }
  return {};
}

std::string withNamespace(const std::string& stanza) {
  for (const char* name : {"<iq", "<message", "<presence"})
    if (stanza.rfind(name, 0) == 0 && attribute(stanza, "xmlns").empty())
      return std::string(name) + " xmlns='jabber:client'" + stanza.substr(std::strlen(name));
  return stanza;
}

std::string base64(std::string_view bytes) {
  constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8) | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= group.size() ? letters[(bits >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

}  // namespace liveness::support
