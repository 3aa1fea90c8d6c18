// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/web/gate.h"

#include <algorithm>

#include "report/web/forwarded.h"

namespace liveness::report::web {

namespace {

using Kind = ForwardingHeader::Kind;

std::vector<Network> networksOf(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts)
    if (const auto network = Network::parse(text)) networks.push_back(*network);
  return networks;
}

bool contain(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

Chain chainOf(const ForwardingHeader& header, const std::string& value) {
  if (header.kind == Kind::proxy) return {};
  return header.kind == Kind::list ? chainOfList(value) : parseForwarded(value).chain;
}

}  // namespace

const std::vector<ForwardingHeader>& forwardingHeaders() {
  static const std::vector<ForwardingHeader> all{
      {"x-forwarded-for", Kind::list},     {"forwarded", Kind::forwarded},
      {"x-real-ip", Kind::list},           {"x-client-ip", Kind::list},
      {"x-cluster-client-ip", Kind::list}, {"true-client-ip", Kind::list},
      {"cf-connecting-ip", Kind::list},    {"via", Kind::proxy},
      {"x-forwarded-host", Kind::proxy},   {"x-forwarded-proto", Kind::proxy},
      {"x-forwarded-server", Kind::proxy},
  };
  return all;
}

const char* nameOf(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none:
      return "none";
    case Refusal::not_served:
      return "not_served";
    case Refusal::silent_proxy:
      return "silent_proxy";
    case Refusal::no_one_client:
      return "no_one_client";
    case Refusal::in_the_clear:
      return "in_the_clear";
  }
  return "none";
}

Gate::Gate(const std::vector<std::string>& networks, const std::vector<std::string>& trusted_proxies)
    : networks_(networksOf(networks)), trusted_(networksOf(trusted_proxies)) {}

Refusal Gate::judge(const Asker& asker) const {
  const auto address = Address::parse(asker.address);
  if (!address || !contain(networks_, *address)) return Refusal::not_served;
  return address->isLoopback() ? judgeLoopback(asker) : judgeOther(asker, *address);
}

bool Gate::isTrusted(const Address& address) const noexcept {
  return contain(trusted_, address);
}

/// A proxy on this machine may pass on what somebody elsewhere asked: then it looks as if the machine itself
/// had asked.
Refusal Gate::judgeLoopback(const Asker& asker) {
  const auto is_loopback = [](const std::optional<Address>& one) { return one && one->isLoopback(); };
  if (!is_loopback(Address::parse(asker.peer))) return Refusal::silent_proxy;
  const ForwardingHeader* const believed = &forwardingHeaders().front();
  bool told = asker.headers.empty();
  for (const auto& [header, value] : asker.headers) {
    told = told || header == believed;
    const Chain chain = chainOf(*header, value);
    if (!std::all_of(chain.begin(), chain.end(), is_loopback))
      return header == believed ? Refusal::silent_proxy : Refusal::no_one_client;
  }
  return told ? Refusal::none : Refusal::silent_proxy;
}

Refusal Gate::judgeOther(const Asker& asker, const Address& address) const {
  if (isTrusted(address)) return Refusal::silent_proxy;  // it is the proxy's own
  bool secure = asker.secure;
  for (const auto& [header, value] : asker.headers) {
    const Chain chain = chainOf(*header, value);
    // What stands before the first that is no proxy of ours, seen from here, anybody may have written.
    const auto client = std::find_if(chain.rbegin(), chain.rend(),
                                     [this](const auto& one) { return !one || !isTrusted(*one); });
    if (client != chain.rend() && *client != address) return Refusal::no_one_client;
    if (header->kind == Kind::forwarded) secure = secure && parseForwarded(value).all_secure;
  }
  return secure ? Refusal::none : Refusal::in_the_clear;
}

}  // namespace liveness::report::web
