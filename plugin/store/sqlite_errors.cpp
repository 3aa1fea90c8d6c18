// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_errors.h"

#include <soci/sqlite3/soci-sqlite3.h>

namespace liveness::store {

namespace {

using Kind = DatabaseError::Kind;

struct Meaning {
  int code;
  Kind kind;
  const char* advice;  // what an operator is to do
};

constexpr Meaning kMeanings[] = {
    {SQLITE_BUSY, Kind::away, "another program has a lock on it: let it finish, or end it"},
    {SQLITE_LOCKED, Kind::away, "another program has a lock on it: let it finish, or end it"},
    {SQLITE_READONLY, Kind::away, "see that the server's user may write the file and its folder"},
    {SQLITE_PERM, Kind::away, "see that the server's user may write the file and its folder"},
    {SQLITE_CANTOPEN, Kind::away, "see that the server's user may write the file and its folder"},
    {SQLITE_FULL, Kind::away, "make room on its disk"},
    {SQLITE_IOERR, Kind::away, "see the system's log for its disk, and whether there is room on it"},
    {SQLITE_NOTADB, Kind::away, "move it away (a new one is made), or set another path"},
    {SQLITE_CORRUPT, Kind::away, "move it away (a new one is made), or put a backup in its place"},
    {SQLITE_CONSTRAINT, Kind::refused, "the schema was changed by hand"},
    {SQLITE_MISMATCH, Kind::refused, "the schema was changed by hand"},
    {SQLITE_TOOBIG, Kind::refused, "it is too large"},
};

}  // namespace

DatabaseError describe(const soci::soci_error& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  if (sqlite != nullptr) {
    const int code = sqlite->result() & 0xff;  // without SQLite's extensions
    for (const Meaning& m : kMeanings) {
      if (m.code != code) continue;
      DatabaseError described(m.kind, std::string(sqlite_api::sqlite3_errstr(code)) + "; " + m.advice);
      described.spoiled = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
      return described;
    }
  }
  DatabaseError described(Kind::away, error.get_error_message());  // without SOCI's context: the users' words
  described.spoiled =
      sqlite != nullptr && (sqlite->result() & 0xff) == SQLITE_ERROR;  // tables that are not ours
  return described;
}

}  // namespace liveness::store
