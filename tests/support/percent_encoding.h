// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cctype>
#include <cstring>
#include <string>

namespace liveness::support {

/// Every byte but letters, digits and those in `plain` as % and two of the `digits`.
inline std::string percentEncoded(const std::string& text, const char* plain, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || (c != '\0' && std::strchr(plain, c) != nullptr)) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace liveness::support
