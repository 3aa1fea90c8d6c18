// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/secrets.h"

#include <regex>

namespace liveness::core {

std::string withoutPassword(std::string text) {
  constexpr std::size_t kLongest = 4096;  // std::regex recurses
  text.resize(text.size() < kLongest ? text.size() : kLongest);
  // user:password@machine; greedy, because a password that was not escaped may hold any of these signs.
  static const std::regex kOfUri("://([^:/@]*):.*@");
  // password = 'x y', in libpq's own words; whatever follows may still be part of it.
  static const std::regex kOfKeyword("(pass[a-z]*)\\s*=.*", std::regex::icase);
  text = std::regex_replace(text, kOfUri, "://$1:***@");
  return std::regex_replace(text, kOfKeyword, "$1=***");
}

}  // namespace liveness::core
