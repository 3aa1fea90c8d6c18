// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/bounded_text.h"

#include <boost/locale/utf.hpp>
#include <iterator>

namespace liveness::core {

std::string boundedText(std::string_view text, std::size_t max_bytes) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  constexpr boost::locale::utf::code_point kReplacement = 0xFFFD;

  std::string kept;
  kept.reserve(text.size() < max_bytes ? text.size() : max_bytes);
  for (const char *p = text.data(), *end = p + text.size(); p != end;) {
    const char* next = p;
    auto c = Utf8::decode(next, end);
    if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete || c == 0) {
      c = kReplacement;
      next = p + 1;  // resynchronise at the next byte, whatever the decoder had taken
    }
    if (kept.size() + static_cast<std::size_t>(Utf8::width(c)) > max_bytes) break;
    Utf8::encode(c, std::back_inserter(kept));
    p = next;
  }
  return kept;
}

}  // namespace liveness::core
