// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_errors.h"

#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/bounded_text.h"

namespace liveness::store {

namespace {

using Kind = DatabaseError::Kind;

struct Meaning {
  std::string_view state;  // or how it begins: the first that fits is it
  Kind kind;
  const char* what;
  const char* advice;  // what an operator is to do
};

// What we had prepared is gone, or is there already.
constexpr const char* kNotOurs = "a pooler in front of it gives our session to others between transactions";
constexpr const char* kKeepSessions =
    "set pool_mode = session for this database in PgBouncer, or connect to PostgreSQL itself";

constexpr Meaning kMeanings[] = {
    {"28P01", Kind::away, "the password is refused",
     "set the right one in the connection string, or in ~/.pgpass of the server's user"},
    {"28", Kind::away, "this user may not connect",
     "see that the role exists, and that pg_hba.conf lets it into this database from here"},
    {"3D000", Kind::away, "there is no such database", "make it: createdb --owner=USER DATABASE"},
    {"42501", Kind::away, "the user lacks a right there",
     "make it the owner of the database: ALTER DATABASE ... OWNER TO ..."},
    {"25006", Kind::away, "it takes no writes; it may be a standby",
     "connect to the primary, or name all and add target_session_attrs=read-write"},
    {"53100", Kind::away, "its disk is full", "make room on it"},
    {"53200", Kind::away, "it is out of memory", "see PostgreSQL's log"},
    {"53300", Kind::away, "it has too many connections", "end some, or raise max_connections"},
    {"53", Kind::away, "it is short of something", "see PostgreSQL's log"},
    {"57P01", Kind::away, "it was shut down, or an administrator ended the connection",
     "start it, where nobody is about to"},
    {"57P02", Kind::away, "it crashed, and restarts", "see PostgreSQL's log"},
    {"57P03", Kind::away, "it is starting up, or shutting down", "wait, or see PostgreSQL's log"},
    {"57014", Kind::away, "it took too long for a statement, or somebody cancelled it",
     "look for locks (pg_stat_activity) and for load"},
    {"55P03", Kind::away, "somebody else has a lock on a table", "look for it in pg_locks, and end it"},
    {"40", Kind::away, "another writer was in the way", "nothing: it is tried again"},
    {"25P03", Kind::away, "it ended the connection for being idle", "nothing: it is made again"},
    {"08", Kind::away, "there is no connection",
     "see that PostgreSQL runs, and that it can be reached from here"},
    {"26", Kind::unfit, kNotOurs, kKeepSessions},
    {"42P05", Kind::unfit, kNotOurs, kKeepSessions},
    {"42P01", Kind::away, "a table of ours is missing", "put a backup in its place"},
    {"42703", Kind::away, "a column of ours is missing", "put a backup in its place"},
    {"58", Kind::away, "it has trouble with its files", "see PostgreSQL's log, and its disk"},
    {"XX001", Kind::away, "its files are damaged", "put a backup in its place"},
    {"XX002", Kind::away, "an index of it is damaged", "make it anew: REINDEX DATABASE"},
    {"21", Kind::refused, "a record is in it twice", "nothing: they are written one by one"},
    {"22", Kind::refused, "a value does not fit", "the schema was changed by hand"},
    {"23", Kind::refused, "a constraint forbids it", "the schema was changed by hand"},
    {"54", Kind::refused, "it is too large", "nothing: it is dropped"},
};

/// "ERROR:  relation ... does not exist\nLINE 1: ..." -> "relation ... does not exist". The rest may have the
/// users' words in it.
std::string firstLine(std::string_view text) {
  for (const std::string_view level : {"ERROR:", "FATAL:", "PANIC:"}) {
    const auto found = text.find(level);
    if (found != std::string_view::npos) text.remove_prefix(found + level.size());
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  return core::boundedText(text.substr(0, text.find_first_of("\r\n")), 256);
}

/// A connection that ended while somebody waited for it has no code; SOCI leaves blanks.
std::string stateOf(const soci::soci_error& error) {
  const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  const std::string state = postgresql == nullptr ? "" : postgresql->sqlstate();
  return state.find_first_not_of(' ') == std::string::npos ? "08006" : state;
}

}  // namespace

DatabaseError describeState(const std::string& state, const std::string& message) {
  for (const Meaning& m : kMeanings)
    if (state.compare(0, m.state.size(), m.state) == 0)
      return {m.kind, std::string(m.what) + "; " + m.advice};
  return {Kind::away, firstLine(message)};
}

DatabaseError describePostgresql(const soci::soci_error& error) {
  return describeState(stateOf(error), error.get_error_message());
}

bool wasInTheWay(const soci::soci_error& error) {
  return stateOf(error).compare(0, 2, "40") == 0;
}

}  // namespace liveness::store
