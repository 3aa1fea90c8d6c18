// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_values.h"

#include <doctest/doctest.h>

#include <limits>

#include "store/database.h"
#include "store/utc_text.h"

namespace liveness::store {

TEST_SUITE("store/postgresql_values") {
  TEST_CASE("an array has its texts between quotes, and nothing in them ends it") {
    PostgresqlArray array;
    CHECK(array.text() == "{}");
    for (const char* text : {"a", "", "it's", "\"", "\\", "{,}", "NULL", "\xf0\x9f\x90\x9f"}) array.add(text);
    CHECK(array.text() == R"({"a","","it's","\"","\\","{,}","NULL",")"
                          "\xf0\x9f\x90\x9f\"}");
  }

  TEST_CASE("an array goes on where its text was taken, and begins anew when it is cleared") {
    PostgresqlArray array;
    array.add("}");
    CHECK(array.text() == "{\"}\"}");
    CHECK(array.text() == "{\"}\"}");
    array.addNumber(std::numeric_limits<std::uint64_t>::max());
    array.addNull();
    array.addOrNull("");
    array.addOrNull("x");
    CHECK(array.text() == "{\"}\",18446744073709551615,NULL,NULL,\"x\"}");
    array.clear();
    CHECK(array.text() == "{}");
    array.addNumber(7);
    CHECK(array.text() == "{7}");
  }

  TEST_CASE("a text with a NUL in it is refused, and not cut") {
    PostgresqlArray array;
    CHECK_THROWS_AS(array.add(std::string_view("a\0b", 3)), DatabaseError);
  }

  TEST_CASE("times are read as they were written") {
    const auto same = [](const char* iso, const char* written, const char* read) {
      const auto time = *fromUtcText(iso);
      CHECK(toPostgresqlTime(time) == written);
      REQUIRE(fromPostgresqlTime(read).has_value());
      CHECK(*fromPostgresqlTime(read) == time);
    };
    same("2026-11-23T00:44:48.123Z", "2026-11-23T00:44:48.123Z", "2026-11-23 00:44:48.123+00");
    same("2026-11-23T00:44:48.120Z", "2026-11-23T00:44:48.120Z", "2026-11-23 00:44:48.12+00");
    same("2026-11-23T00:44:48.000Z", "2026-11-23T00:44:48.000Z", "2026-11-23 00:44:48+00");
    same("2026-11-23T00:44:48.123Z", "2026-11-23T00:44:48.123Z", "2026-11-23 00:44:48.123999+00");
    same("0000-02-29T00:00:00.001Z", "0001-02-29T00:00:00.001Z BC", "0001-02-29 00:00:00.001+00 BC");
    same("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "0001-01-01 00:00:00+00");
    same("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "9999-12-31 23:59:59.999+00");
  }

  TEST_CASE("what is no time that a record may have is not taken for one") {
    for (const char* text :
         {"", "infinity", "-infinity", "+00", "10000-01-01 00:00:00+00", "2026-11-23+00",
          "0002-01-01 00:00:00+00 BC", "2026-11-23 00:44:48+01", "2026-11-23 00:44:48",
          "2026-13-23 00:44:48+00", "2026-11-23T00:44:48+00", "2026-11-23 00:44:48.1x+00"}) {
      CAPTURE(text);
      CHECK_FALSE(fromPostgresqlTime(text).has_value());
    }
  }
}

}  // namespace liveness::store
