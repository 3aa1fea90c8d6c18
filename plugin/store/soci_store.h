// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "liveness/store.h"
#include "store/timing.h"

namespace liveness::store {

/// A connection string that no database can be meant by. what() is one line for the server's log that says
/// what is wrong with it and what is accepted.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whose store it is.
struct Identity {
  std::string node;    ///< the server's name among those that share a database; one that lives has it alone
  std::string domain;  ///< the VirtualHost
  std::string spool_path;  ///< where what waits outlives the process while the database is away (see Spool)
};

/// Throws StoreError where openStore() would.
void checkConnectionString(const std::string& connection_string);

/// The store that `connection_string` names:
///
/// - `sqlite3://PATH`: everything behind the slashes is the file's path, as it is (`sqlite3:///var/lib/x`).
///   The file is made where there is none, readable by the server's user only; its folder is not.
/// - `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`, as libpq takes it, or its keywords behind
///   the slashes (`postgresql://host=HOST dbname=DATABASE`). The schema `liveness` is made in it; the
///   database is not. Several servers may share it.
///
/// Touches no database and starts no thread: that is Store::start(). Throws StoreError where the string
/// itself is unusable; a database that is merely away is a Notice later.
///
/// What survives: a record that Store::Stats counts as written is on disk, also after a loss of power
/// (SQLite's WAL with synchronous=FULL, PostgreSQL with the synchronous_commit that its operator chose: one
/// flush for each batch, paid by the writer's thread alone). A killed process loses what was waiting for a
/// database that works, and leaves a sound file; what waited for one that is away is in the spool file. The
/// next start puts on record who was with it, before it writes anything else.
/// Each user has one row, the logout put last. Times do not decide, but between two servers: a clock that was
/// once in the future would shut out all that follows.
///
/// Store::stop() gives a database that is away about two seconds, then writes the spool file, or says how
/// many records were lost. Destroying the store is stop(), but nobody is called back: whoever asked may be
/// gone by then.
std::unique_ptr<Store> openStore(const std::string& connection_string, const Identity& identity = {},
                                 const Timing& timing = {});

}  // namespace liveness::store
