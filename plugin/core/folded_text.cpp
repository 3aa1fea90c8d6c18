// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/folded_text.h"

#include <locale.h>
#include <wctype.h>

#include <boost/locale/utf.hpp>
#include <iterator>

namespace liveness::core {

namespace {

/// Letters, whatever the server's own locale is. Where the C library has no such locale only ASCII's are
/// folded.
class Letters {
 public:
  Letters() noexcept : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~Letters() {
    if (locale_ != nullptr) freelocale(locale_);
  }
  Letters(const Letters&) = delete;
  Letters& operator=(const Letters&) = delete;

  std::uint32_t small(std::uint32_t letter) const noexcept {
    return locale_ == nullptr ? letter : static_cast<std::uint32_t>(towlower_l(letter, locale_));
  }

 private:
  locale_t locale_;
};

const Letters kLetters;

}  // namespace

void fold(std::string_view text, std::string& into) {
  using Utf8 = boost::locale::utf::utf_traits<char>;

  into.clear();
  for (const char *p = text.data(), *end = p + text.size(); p != end;) {
    const auto byte = static_cast<unsigned char>(*p);
    if (byte < 0x80) {
      into += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : *p;
      ++p;
      continue;
    }
    const char* next = p;
    const auto letter = Utf8::decode(next, end);
    if (letter == boost::locale::utf::illegal || letter == boost::locale::utf::incomplete) {
      into += *p++;
      continue;
    }
    Utf8::encode(kLetters.small(letter), std::back_inserter(into));
    p = next;
  }
}

std::string folded(std::string_view text) {
  std::string into;
  into.reserve(text.size());
  fold(text, into);
  return into;
}

}  // namespace liveness::core
