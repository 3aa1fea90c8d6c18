// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/prosody/own_options.h"

#include <algorithm>

#include "report/web/address.h"

namespace liveness::hosts::prosody {

namespace {

bool isFlag(const OptionValue& value) {
  return std::holds_alternative<bool>(value);
}

bool isNetwork(const std::string& text) {
  return report::web::Network::parse(text).has_value();
}

bool isListOfNetworks(const OptionValue& value) {
  const auto* list = std::get_if<TextList>(&value);
  return list != nullptr && std::all_of(list->begin(), list->end(), isNetwork);
}

}  // namespace

const std::vector<HostOption>& ownOptions() {
  static const std::vector<HostOption> all{
      {{"page", "false", "true or false",
        "serve the page, and the JSON behind it, to administrators at /liveness/ of Prosody's HTTP server"},
       isFlag},
      {{"page_networks", R"({ "127.0.0.1", "::1" })",
        R"(a list of addresses and networks, like { "127.0.0.1", "192.0.2.0/24", "2001:db8::/32" })",
        "from where the page may be asked for"},
       isListOfNetworks},
      {{"public_presence", "false", "true or false",
        "let users who say so (in an ad-hoc command) show everybody whether they are there, at /presence/ of "
        "Prosody's "
        "HTTP server"},
       isFlag},
  };
  return all;
}

}  // namespace liveness::hosts::prosody
