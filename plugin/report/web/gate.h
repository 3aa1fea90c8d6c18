// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/web/address.h"

namespace liveness::report::web {

/// A header by which a proxy speaks of whom it asks for, or betrays at least that it is one.
struct ForwardingHeader {
  enum class Kind { list, forwarded, proxy };
  const char* name;  ///< in lower case
  Kind kind;         ///< addresses; RFC 7239; nothing of the client
};

/// All that are looked at. An adapter gives the gate those of them that a request has.
const std::vector<ForwardingHeader>& forwardingHeaders();

/// A request, as far as it says where it comes from.
struct Asker {
  std::string peer;     ///< the other end of the TCP connection
  std::string address;  ///< whom the server takes for the client, after what it believes of the headers
  bool secure = false;  ///< likewise: HTTPS was spoken with the client
  std::vector<std::pair<const ForwardingHeader*, std::string>> headers;  ///< lines of one joined by commas
};

/// Why a request is refused.
enum class Refusal {
  none,           ///< it is not
  not_served,     ///< the client's address is in no network that is let in
  silent_proxy,   ///< a proxy asks, and it cannot be told for whom
  no_one_client,  ///< the headers name different clients, or one that is no address
  in_the_clear,   ///< a password would cross the network without encryption
};

const char* nameOf(Refusal refusal) noexcept;

/// From where the page may be asked for, and over what. Told by addresses alone, before anything else is
/// looked at. A server believes one header of a trusted proxy; a proxy that sets another lets a client write
/// the one that is believed. So all headers that name a client have to name the same one, or the request is
/// refused.
class Gate {
 public:
  /// What is no network in `trusted_proxies` counts for nothing; `networks` are right (Network::parse()).
  Gate(const std::vector<std::string>& networks, const std::vector<std::string>& trusted_proxies);

  Refusal judge(const Asker& asker) const;

 private:
  bool isTrusted(const Address& address) const noexcept;
  static Refusal judgeLoopback(const Asker& asker);
  Refusal judgeOther(const Asker& asker, const Address& address) const;

  std::vector<Network> networks_;
  std::vector<Network> trusted_;
};

}  // namespace liveness::report::web
