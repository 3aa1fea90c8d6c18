// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/raw_client.h"

namespace liveness::support {

void RawClient::open(const std::string& domain, bool /*anew*/) {
  send(
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='" +
      domain + "'>");
}

void RawClient::pump(milliseconds deadline) {
  const auto bytes = socket_.receive(deadline);
  if (!bytes) return;
  if (bytes->empty()) return end();
  splitter_.feed(*bytes);
  while (auto stanza = splitter_.next()) take(*std::move(stanza));
}

}  // namespace liveness::support
