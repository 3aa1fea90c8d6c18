// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

namespace liveness::store {

/// What a connection string for PostgreSQL comes to.
struct PostgresqlTarget {
  std::string name;      ///< for an operator: without the password
  std::string keywords;  ///< for libpq, password included: key='value' ...
};

/// Takes libpq's URIs (`postgresql://user:password@host:port/database?option=value`) and SOCI's style, which
/// has libpq's keywords behind the slashes (`postgresql://host=/run/postgresql dbname=liveness`). Adds what
/// keeps a dead network from holding the writer up, where the operator has not said otherwise. Asks no
/// server. Throws StoreError, whose text has no password in it either.
PostgresqlTarget parsePostgresql(const std::string& connection_string);

/// Any such string as a log may show it, also one that nobody can read.
std::string withoutPassword(const std::string& connection_string);

}  // namespace liveness::store
