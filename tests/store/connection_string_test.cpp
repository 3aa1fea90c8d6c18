// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/connection_string.h"

#include <doctest/doctest.h>

#include "store_world.h"

namespace liveness::store {

namespace {

std::string refusal(const std::string& connection_string) {
  try {
    openStore(connection_string);
  } catch (const StoreError& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("store/connection_string") {
  TEST_CASE("a string that names no database is refused in words for an operator") {
    for (const std::string bad : {"", "sqlite3", "sqlite3:", "sqlite3:/x", "/var/lib/x", "://x", "mysql://db",
                                  "PostgreSQL://host/db", "SQLITE3:///x", " sqlite3:///x", "sqlite://x"}) {
      CAPTURE(bad);
      CHECK(contains(refusal(bad), "\"" + bad + "\""));
      CHECK(contains(refusal(bad), "accepted is sqlite3://PATH"));
    }
    CHECK(contains(refusal("sqlite3://"), "there is no path in it"));
    CHECK(contains(refusal("sqlite3:///var/lib/"), "the path is a folder's"));
    CHECK(contains(refusal("sqlite3://:memory:"), "forgotten with the process"));
    CHECK(contains(refusal(std::string("sqlite3:///a\0b", 14)), "NUL"));
    CHECK(contains(refusal("sqlite3:///a=\"b\""), "SOCI"));
  }

  TEST_CASE("a path may have any other character in it") {
    for (const char* name :
         {"a b.db", "a  b=c d.db", "=", "x=\xc3\xa4.db", "host%2eexample", "it's", "say \"so\"", "timeout=5",
          "dbname=x", "?mode=ro", "#", "semi;colon", "-dash", "back\\slash"}) {
      CAPTURE(name);
      const support::TempDir folder("liveness-store");
      const auto file = folder.path() / name;
      const auto store = openStore("sqlite3://" + file.string());
      store->start();
      store->recordLogout(nextLogin(), logout("a@x"));
      store->stop();
      CHECK(store->stats().records_written == 1);
      REQUIRE(std::filesystem::is_regular_file(file));
      CHECK(Sqlite(file).ask("SELECT bare_jid FROM last_seen") == "a@x");
      CHECK(std::filesystem::is_empty(file.string() + "-lock"));
      const auto entries = std::filesystem::directory_iterator(folder.path());
      CHECK(std::distance(begin(entries), end(entries)) == 2);
    }
  }

  TEST_CASE("a relative path is a path, also where SQLite would see a URI") {
    const support::TempDir folder("liveness-store");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    for (const char* name : {"plain.db", "file:x.db?mode=memory"}) {
      const auto store = openStore(std::string("sqlite3://") + name);
      store->start();
      store->recordLogout(nextLogin(), logout("a@x"));
      store->stop();
      CHECK(std::filesystem::is_regular_file(folder.path() / name));
    }
    std::filesystem::current_path(before);
  }

  TEST_CASE("a refusal shows no password, whatever the kind of database") {
    CHECK(contains(refusal("mysql://me:s3cret@db/chat"), "\"mysql://me:***@db/chat\""));
    CHECK_FALSE(contains(refusal("pgsql://host=db password=s3cret"), "s3cret"));
    CHECK_FALSE(contains(refusal("postgresql://db/chat?p%61ssword=s3cret&no=1"), "s3cret"));
    CHECK_FALSE(contains(refusal("postgresql://db/chat?PassWor%64=s3cret&no=1"), "s3cret"));
  }

  TEST_CASE("a refusal is one line, whatever stands in the string") {
    for (const char* kind : {"mysql://", "postgresql://", "postgresql://host=", "sqlite3://x\n=\""})
      CHECK_FALSE(contains(refusal(std::string(kind) + "a\nb\x1b[31m:x@y/\n?\n"), "\n"));
  }

  TEST_CASE("a database that is merely away is no reason to refuse") {
    CHECK_NOTHROW(openStore("postgresql://127.0.0.1:1/chat"));
    CHECK_NOTHROW(openStore("sqlite3:///no/such/folder/liveness.sqlite3"));
  }
}

}  // namespace liveness::store
