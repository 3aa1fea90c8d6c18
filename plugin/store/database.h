// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "liveness/last_seen.h"

namespace liveness::store {

/// Why a database did not do what it was asked; what() tells an operator what is wrong and what to do.
class DatabaseError : public std::runtime_error {
 public:
  enum class Kind {
    away,     ///< it may be back any moment: locked, full, not there
    unfit,    ///< it is there, but not for us to touch: somebody has to decide
    refused,  ///< there is nothing wrong with it, but with one of the records
  };

  DatabaseError(Kind why, const std::string& text) : std::runtime_error(text), kind(why) {}

  const Kind kind;
};

/// A database as the writer sees it. Lives on the writer's thread; may block. All but close() throw
/// DatabaseError, and leave the database as it was before the call.
class Database {
 public:
  virtual ~Database() = default;

  /// What an operator knows it by.
  virtual const std::string& name() const noexcept = 0;

  /// Connects, and brings the schema up to date. Closed before, or closed by it.
  virtual void open() = 0;

  /// Closing what is not open does nothing.
  virtual void close() noexcept = 0;

  /// All of them in one transaction, on disk when it returns. No user is in it twice.
  virtual void write(const std::vector<const LastSeen*>& records) = 0;

  /// The user's row; nullopt where there is none. `refused`: there is one, but it cannot be read.
  virtual std::optional<LastSeen> find(const std::string& bare_jid) = 0;
};

}  // namespace liveness::store
