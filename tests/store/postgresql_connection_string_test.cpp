// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_connection_string.h"

#include <doctest/doctest.h>

#include "store/soci_store.h"

namespace liveness::store {

namespace {

std::string refusal(const std::string& connection_string) {
  try {
    parsePostgresql(connection_string);
  } catch (const StoreError& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("store/postgresql_connection_string") {
  TEST_CASE("a URI and SOCI's keywords come to the same") {
    const auto uri = parsePostgresql("postgresql://me:pw@db.example.org:5433/chat?sslmode=require");
    const auto keywords = parsePostgresql(
        "postgresql://host=db.example.org port=5433 user=me password=pw dbname=chat sslmode=require");
    CHECK(uri.keywords == keywords.keywords);
    CHECK(uri.name == keywords.name);
    CHECK(contains(uri.keywords, "host='db.example.org'"));
    CHECK(contains(uri.keywords, "password='pw'"));
  }

  TEST_CASE("a socket is reached by its folder") {
    for (const char* text :
         {"postgresql:///chat?host=/run/postgresql", "postgresql://%2Frun%2Fpostgresql/chat",
          "postgresql://dbname=chat host=/run/postgresql"}) {
      CAPTURE(text);
      const auto target = parsePostgresql(text);
      CHECK(contains(target.keywords, "host='/run/postgresql'"));
      CHECK(target.name == "postgresql:///chat?host=/run/postgresql");
    }
  }

  TEST_CASE("what the operator calls it has no password in it, and everything else that tells it apart") {
    CHECK(parsePostgresql("postgresql://me:s3cret@db:5433/chat").name == "postgresql://me@db:5433/chat");
    CHECK(parsePostgresql("postgresql://db/chat?user=me&password=s3cret").name == "postgresql://me@db/chat");
    CHECK(parsePostgresql("postgresql://dbname=chat password='s3 cret'").name == "postgresql:///chat");
    CHECK(parsePostgresql("postgresql://").name == "postgresql:///");
    CHECK(parsePostgresql("postgresql://a,b:5433/chat").name == "postgresql://a,b:,5433/chat");
    CHECK(parsePostgresql("postgresql://hostaddr=127.0.0.1 dbname=x").name == "postgresql://127.0.0.1/x");
    CHECK(parsePostgresql("postgresql://[::1]:5433/x").name == "postgresql://[::1]:5433/x");
    CHECK(parsePostgresql("postgresql://service=chat").name == "postgresql:///?service=chat");
  }

  TEST_CASE("values with quotes and backslashes reach libpq whole") {
    const auto target = parsePostgresql("postgresql://me:it%27s%5C%20%3D@db/chat");
    CHECK(contains(target.keywords, "password='it\\'s\\\\ ='"));
    CHECK(parsePostgresql("postgresql://" + target.keywords).keywords == target.keywords);
  }

  TEST_CASE("a dead network is given up on, unless the operator said when") {
    const auto plain = parsePostgresql("postgresql://db/chat").keywords;
    CHECK(contains(plain, "connect_timeout='2'"));
    CHECK(contains(plain, "tcp_user_timeout='10000'"));
    CHECK(contains(plain, "keepalives_idle='5'"));
    CHECK(contains(plain, "fallback_application_name='liveness'"));
    const auto set = parsePostgresql("postgresql://db/chat?connect_timeout=30&tcp_user_timeout=1").keywords;
    CHECK(contains(set, "connect_timeout='30'"));
    CHECK(contains(set, "tcp_user_timeout='1'"));
  }

  TEST_CASE("texts travel as UTF-8, whatever the operator says") {
    CHECK(contains(parsePostgresql("postgresql://db/chat?client_encoding=LATIN1").keywords,
                   "client_encoding='UTF8'"));
  }

  TEST_CASE("a string that libpq cannot read is refused in words for an operator") {
    for (const std::string bad :
         {"postgresql://db:port/chat", "postgresql://db:0/chat", "postgresql://db:70000/chat",
          "postgresql://db/chat?colour=red", "postgresql://colour=red", "postgresql://dbname='chat",
          "postgresql://[::1/chat", "postgresql://db/chat?host", "postgresql://db/%zz",
          "postgresql://db/chat?connect_timeout=soon", "postgresql://me:12/3@db/chat"}) {
      CAPTURE(bad);
      CHECK(contains(refusal(bad), "store \"postgresql://"));
      CHECK(contains(refusal(bad), "accepted is postgresql://USER:PASSWORD@HOST:PORT/DATABASE"));
    }
    CHECK(contains(refusal("postgresql://db/chat?colour=red"), "colour"));
    CHECK(contains(refusal("postgresql://db:70000/chat"), "port"));
    CHECK(contains(refusal(std::string("postgresql://a\0b", 16)), "NUL"));
  }

  TEST_CASE("a refusal does not show the password either") {
    for (const std::string bad :
         {"postgresql://me:s3cret@db:port/chat", "postgresql://me:s3cret@[db/chat",
          "postgresql://me:%zzs3cret@db/chat", "postgresql://me:x@s3cret@db:port/chat",
          "postgresql://me:12/s3cret@db/chat", "postgresql://db/chat?password=s3cret&colour=red",
          "postgresql://db/chat?password=s3cret=", "postgresql://db/chat?%70%61%73%73word=s3cret&colour=red",
          "postgresql://db/chat?PASSWORD=s3cret", "postgresql://password=x s3cret",
          "postgresql://password='s3cret", "postgresql://colour=1 password=s3cret",
          "postgresql://db/chat?sslpassword=s3cret&x=y"}) {
      CAPTURE(bad);
      CHECK(refusal(bad) != "");
      CHECK_FALSE(contains(refusal(bad), "s3cret"));
    }
  }
}

}  // namespace liveness::store
