// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "e2e/stage.h"

namespace liveness::e2e {

/// romeo with a session that may be resumed (XEP-0198), available and seen by juliet.
struct ResumableUser {
  explicit ResumableUser(Stage& stage);

  /// As a client would count: the stanzas it has handled since <enabled/>.
  std::size_t handled() const;

  /// Answers an <r/>: all that was handled.
  void acknowledge();

  /// Breaks the connection, and waits until the server holds the session.
  void loseConnection(Stage& stage);

  RawClient client;
  std::string id;  ///< to resume by
};

/// Resumes on a new connection. Answers with what the server says: <resumed/> or <failed/>.
std::string resume(RawClient& again, const std::string& id, std::size_t handled);

}  // namespace liveness::e2e
