// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/secrets.h"

#include <regex>

namespace liveness::core {

namespace {

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Takes one character, which may be escaped, off the text.
char take(std::string_view& text) noexcept {
  const bool escaped = text.size() > 2 && text[0] == '%' && digit(text[1]) >= 0 && digit(text[2]) >= 0;
  const char c = escaped ? static_cast<char>(digit(text[1]) * 16 + digit(text[2])) : text[0];
  text.remove_prefix(escaped ? 3 : 1);
  return c;
}

bool beginsWithPass(std::string_view text) noexcept {
  for (const char wanted : {'p', 'a', 's', 's'})
    if (text.empty() || (take(text) | 0x20) != wanted) return false;
  return true;
}

}  // namespace

std::size_t findPass(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (beginsWithPass(text.substr(at))) return at;
  return std::string_view::npos;
}

std::string withoutPassword(std::string text) {
  constexpr std::size_t kLongest = 4096;  // std::regex recurses
  text.resize(text.size() < kLongest ? text.size() : kLongest);
  // user:password@machine; greedy, because a password that was not escaped may hold any of these signs.
  static const std::regex kOfUri("://([^:/@]*):.*@");
  // password = 'x y', in libpq's own words; whatever follows may still be part of it.
  static const std::regex kOfKeyword("(pass[a-z]*)\\s*=.*", std::regex::icase);
  text = std::regex_replace(text, kOfUri, "://$1:***@");
  text = std::regex_replace(text, kOfKeyword, "$1=***");
  const auto found = findPass(text);
  if (found != std::string::npos && text.find('%', found) != std::string::npos)
    text.replace(found, std::string::npos, "***");
  return text;
}

}  // namespace liveness::core
