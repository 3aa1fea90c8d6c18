// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/folded_text.h"

#include <doctest/doctest.h>

#include <string>

namespace liveness::core {

TEST_SUITE("core/folded_text") {
  TEST_CASE("texts that differ in capitals only are the same, in any alphabet") {
    CHECK(folded("JULIET @[`{ 09") == "juliet @[`{ 09");
    CHECK(folded("\xc3\x84nne") == "\xc3\xa4nne");                                    // Latin
    CHECK(folded("\xce\xa9\xd0\x9f") == "\xcf\x89\xd0\xbf");                          // Greek, Cyrillic
    CHECK(folded("\xf0\x90\x90\x80\xe6\xbc\xa2") == "\xf0\x90\x90\xa8\xe6\xbc\xa2");  // Deseret; Han has none
    CHECK(folded(folded("\xc4\xb0\xe1\xba\x9e")) == folded("\xc4\xb0\xe1\xba\x9e"));
    CHECK(folded("").empty());
  }

  TEST_CASE("what is not UTF-8 stays as it is, and so does what stands around it") {
    for (const char* const bytes : {"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
      CAPTURE(bytes);
      CHECK(folded(std::string("A") + bytes + "B") == std::string("a") + bytes + "b");
      CHECK(folded(bytes) == bytes);
    }
    CHECK(folded(std::string("A\0B", 3)) == std::string("a\0b", 3));
  }

  TEST_CASE("a text that is reused holds nothing of what it was") {
    std::string text = "something longer";
    fold("SHORT", text);
    CHECK(text == "short");
  }
}

}  // namespace liveness::core
