// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/prosody/own_options.h"

#include <arpa/inet.h>

#include <algorithm>

namespace liveness::hosts::prosody {

namespace {

bool isFlag(const OptionValue& value) {
  return std::holds_alternative<bool>(value);
}

bool isListOfNetworks(const OptionValue& value) {
  const auto* list = std::get_if<TextList>(&value);
  return list != nullptr && std::all_of(list->begin(), list->end(), isNetwork);
}

/// A number of bits as it is usually written: one to three digits.
bool isPrefixLength(const std::string& text, int most) {
  const auto is_digit = [](unsigned char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= 3 && std::all_of(text.begin(), text.end(), is_digit) &&
         std::stoi(text) <= most;
}

}  // namespace

bool isNetwork(const std::string& text) {
  const auto slash = text.find('/');
  const std::string address = text.substr(0, slash);
  if (address.find('\0') != std::string::npos) return false;
  unsigned char bits[16];
  const bool is_v4 = inet_pton(AF_INET, address.c_str(), bits) == 1;
  if (!is_v4 && inet_pton(AF_INET6, address.c_str(), bits) != 1) return false;
  return slash == std::string::npos || isPrefixLength(text.substr(slash + 1), is_v4 ? 32 : 128);
}

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
